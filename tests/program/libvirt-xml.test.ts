/** What libvirt itself makes of `libvirtInterfaceXml`: held against its schema, and read. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { libvirtInterfaceXmlFor } from "../../provider/link/handover";

describe("libvirt's interface for a macvtap", function () {
  this.timeout(60_000);
  const MAC = "02:00:00:00:00:01";
  let folder: string;
  before(() => void (folder = mkdtempSync(join(tmpdir(), "pmv-libvirt-"))));
  after(() => rmSync(folder, { recursive: true }));

  /** The `<interface>` as libvirt has it; throws with what it says when it refuses it. */
  function taken(xml: string, validate = "--validate"): string {
    const file = join(folder, "domain.xml");
    const domain = [
      "<domain type='test'><name>vm</name><memory>8192</memory><os><type>hvm</type></os>",
      `<devices>${xml}</devices></domain>`,
    ];
    writeFileSync(file, domain.join("\n"));
    // libvirt's own test driver: no daemon, and nothing that outlives the command.
    const commands = `define ${validate} ${file}; dumpxml vm`;
    const said = execFileSync("virsh", ["-q", "-c", "test:///default", commands], {
      encoding: "utf8",
      stdio: "pipe",
    });
    return /<interface[^]*<\/interface>/.exec(said)?.[0] ?? said;
  }

  it("is taken for the device that is there, and held against the schema", () => {
    const xml = taken(libvirtInterfaceXmlFor("vm-1.a_b", MAC, 1400));
    assert.match(xml, /<interface type='ethernet'>/);
    assert.ok(xml.includes("<target dev='vm-1.a_b' managed='no'/>"), xml);
    assert.ok(xml.includes(`<mac address='${MAC}'/>`), xml);
    assert.ok(xml.includes("<mtu size='1400'/>"), xml);
  });

  for (const [name, shown] of [
    [`a'<&>"`, "a&apos;&lt;&amp;&gt;&quot;"],
    ["gäste", "gäste"],
  ] as const)
    it(`has any name right, though libvirt's schema allows fewer than the kernel: ${name}`, () => {
      const xml = libvirtInterfaceXmlFor(name, MAC, 1500);
      assert.ok(taken(xml, "").includes(`<target dev='${shown}' managed='no'/>`));
      assert.throws(() => taken(xml), /failed to validate against schema/);
    });

  it("would be refused, were it anything else", () => {
    const xml = libvirtInterfaceXmlFor("vm1", MAC, 1500).replace("managed='no'", "managed='it is'");
    assert.throws(() => taken(xml), /failed to validate against schema/);
  });
});
