import assert from "node:assert/strict";
import { PROPERTIES, PROPERTY_NAMES } from "../../provider/link/properties";
import { useLab } from "../support/kernel-lab";
import { LinkResource } from "../support/link-resource";
import { AROUND, CASES, changeByHand, LIVE, shown } from "./live-properties";

describe("A live property", () => {
  const lab = useLab();

  it("has a row here, each of the table", () => {
    const live = PROPERTY_NAMES.filter(
      (name) => PROPERTIES[name].change === "live" && name !== "tap" && name !== "arp",
    );
    assert.deepEqual([...LIVE, ...AROUND].map(({ property }) => property).sort(), live.sort());
  });

  for (const { kind, row } of CASES) {
    const { property, mode = "bridge", first, second, prepare } = row;
    const base = { kind, lowerDevice: "lower", mode, name: "link0" };
    const place = (lowerNetns: string) => ({ ...base, lowerNetns });

    it(`${property} of a ${kind}: made, changed and left out again`, async () => {
      const netns = lab().host();
      prepare?.(lab(), netns);
      const args = place(netns);
      const link = new LinkResource(lab(), { ...args, [property]: first });
      const { ifindex } = await link.create();
      assert.deepEqual(shown(lab(), netns, "link0", property), first);
      assert.deepEqual(link.state[property], first);
      assert.equal((await link.diff()).changes, "none");

      for (const [given, expected] of [
        [{ [property]: second }, second],
        [{ [property]: first }, first],
        [{}, row.omitted(kind)],
      ] as const) {
        const next = { ...args, ...given };
        await link.update(next);
        assert.deepEqual(shown(lab(), netns, "link0", property), expected);
        assert.equal(lab().link(netns, "link0")?.ifindex, ifindex);
        assert.equal((await link.diff(next)).changes, "none");
      }
    });

    it(`${property} of a ${kind}: changed by hand, seen and put back`, async () => {
      const netns = lab().host();
      prepare?.(lab(), netns);
      const args = { ...place(netns), [property]: first };
      const link = new LinkResource(lab(), args);
      const { ifindex } = await link.create();
      changeByHand(lab(), netns, "link0", row);
      const drifted = shown(lab(), netns, "link0", property);
      assert.notDeepEqual(drifted, first);

      const read = await link.refresh();
      assert.deepEqual(read[property], drifted);
      assert.deepEqual(link.inputs[property], drifted);
      await link.update(args);
      assert.deepEqual(shown(lab(), netns, "link0", property), first);
      assert.equal(lab().link(netns, "link0")?.ifindex, ifindex);
      assert.equal((await link.diff()).changes, "none");
    });
  }
});
