import assert from "node:assert/strict";
import { KINDS } from "../../provider/link/model";
import { PROPERTIES, PROPERTY_NAMES } from "../../provider/link/properties";
import { SHOWN } from "../support/ip-link";
import { useLab } from "../support/kernel-lab";
import { LinkResource } from "../support/link-resource";

const FIXED = {
  name: ["link0", "link1"],
  mode: ["private", "bridge"],
  macAddress: ["02:00:5e:10:00:01", "02:00:5e:10:00:02"],
  numTxQueues: [3, 4],
  numRxQueues: [5, 2],
  lowerDevice: ["lower", "wire"],
} as const;
type Fixed = keyof typeof FIXED;

describe("A property that makes another link", () => {
  const lab = useLab();

  it("has a row here, each of the table", () => {
    const fixed = PROPERTY_NAMES.filter((name) => PROPERTIES[name].change === "replacement");
    assert.deepEqual([...Object.keys(FIXED), "lowerNetns", "netns"].sort(), fixed.sort());
  });

  for (const kind of KINDS) {
    for (const property of Object.keys(FIXED) as Fixed[]) {
      const [first, second] = FIXED[property];

      it(`${property} of a ${kind}: made, and replaced in the order of the diff`, async () => {
        const lowerNetns = lab().host();
        const base = { kind, lowerDevice: "lower", lowerNetns, name: "link0", mode: "bridge" };
        const old = new LinkResource(lab(), { ...base, [property]: first }, `${kind}-${property}`);
        await old.create();
        const shown = lab().link(lowerNetns, old.state.name);
        assert.deepEqual(shown && SHOWN[property](shown), first);
        assert.deepEqual(old.state[property], first);
        assert.equal((await old.diff()).changes, "none");

        const next = { ...base, [property]: second };
        const { replaces, deleteBeforeReplace } = await old.diff(next);
        assert.deepEqual(replaces, [property]);
        const made = new LinkResource(lab(), next, old.resourceName);
        if (deleteBeforeReplace) await old.delete();
        // A replacement is one resource: its identity goes along.
        await made.createFrom({ ...made.unchecked(), identity: old.inputs.identity });
        if (!deleteBeforeReplace) await old.delete();
        const [left, ...more] = lab().macvlans(lowerNetns);
        assert.deepEqual(more, []);
        assert.deepEqual(left && SHOWN[property](left), second);
        assert.equal((await made.diff()).changes, "none");
      });
    }

    it(`the namespaces of a ${kind}: replaced`, async () => {
      const [lowerNetns, other] = [lab().host(), lab().host()];
      const base = { kind, lowerDevice: "lower", lowerNetns };
      const link = new LinkResource(lab(), base);
      await link.create();
      assert.deepEqual((await link.diff({ ...base, lowerNetns: other })).replaces.sort(), [
        "lowerNetns",
        "netns",
      ]);
      assert.deepEqual((await link.diff({ ...base, netns: other })).replaces, ["netns"]);
      assert.deepEqual((await link.diff({ ...base, netns: lowerNetns })).replaces, []);
    });

    it(`a ${kind} that is declared as the other kind is replaced, after its deletion`, async () => {
      const base = { kind, lowerDevice: "lower", lowerNetns: lab().host() };
      const link = new LinkResource(lab(), base);
      await link.create();
      const other = KINDS.find((each) => each !== kind);
      const { replaces, deleteBeforeReplace } = await link.diff({ ...base, kind: other });
      assert.deepEqual(
        { replaces, deleteBeforeReplace },
        {
          replaces: ["kind"],
          deleteBeforeReplace: true,
        },
      );
    });
  }
});
