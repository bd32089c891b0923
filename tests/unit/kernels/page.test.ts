import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { PROPERTIES, PROPERTY_NAMES } from "../../../provider/link/properties";
import { SETTING_NAMES } from "../../../provider/port/properties";
import { PACKAGES } from "../../kernels/kernels";
import { LOWER_DEVICES } from "../../kernels/lower-devices";
import { page } from "../../kernels/page";
import { PAGE, pageOf, writtenDown } from "../../kernels/write";

describe("the page of kernels", () => {
  const written = writtenDown();

  it("is committed as it was measured", () => {
    assert.equal(readFileSync(PAGE, "utf8"), pageOf(written), "run scripts/kernels none");
  });

  it("has a column for each kernel that can be had, with a row for all that there is", () => {
    // A tap device is one of the ways, and so is `arp`.
    const elsewhere = ["tap", "arp"];
    const live = PROPERTY_NAMES.filter((name) => PROPERTIES[name].change === "live");
    const rows = live.filter((name) => !elsewhere.includes(name));
    for (const kernel of Object.keys(PACKAGES)) {
      const { properties = {}, ports = {}, lowerDevices = {} } = written[kernel] ?? {};
      assert.deepEqual(Object.keys(properties).sort(), [...rows].sort());
      assert.deepEqual(Object.keys(ports).sort(), [...SETTING_NAMES].sort());
      assert.deepEqual(
        Object.keys(lowerDevices),
        LOWER_DEVICES.map(({ title }) => title),
      );
    }
  });

  it("says once what several kernels say, and what one does not have", () => {
    const empty = { properties: {}, ways: {}, ports: {}, refusals: {}, wireless: {} };
    const said = "no: it is too <small>";
    const shown = page(
      {
        "6.1": { ...empty, lowerDevices: { veth: "yes", bond: said, team: "not there" } },
        "6.2": { ...empty, lowerDevices: { veth: "yes", bond: said, team: said } },
      },
      { "6.1": "linux-image-amd64" },
    );
    assert.match(shown, /\| 6\.1 \| Debian's linux-image-amd64 \|/);
    assert.match(shown, /\| veth \| ✓ \| ✓ \|\n\| bond \| 1 \| 1 \|\n\| team \| – \| 1 \|/);
    assert.match(shown, /\n1\. it is too \\<small\\>\n/);
  });
});
