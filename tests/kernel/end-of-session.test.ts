import assert from "node:assert/strict";
import { KINDS } from "../../provider/link/model";
import { useLab } from "../support/kernel-lab";
import { LinkResource } from "../support/link-resource";

describe("When the agent leaves", () => {
  const lab = useLab();

  for (const kind of KINDS) {
    it(`what was made and changed stays: ${kind}`, async () => {
      const lowerNetns = lab().host();
      const args = { kind, lowerDevice: "lower", lowerNetns, group: 5, altNames: ["kept0"] };
      const made = new LinkResource(lab(), args);
      await made.create();
      const changed = new LinkResource(lab(), { ...args, altNames: ["kept1"] });
      await changed.create();
      const next = { ...args, altNames: ["kept2"], mtu: 1400, group: 6, adminState: "down" };
      await changed.update(next);
      const before = lab().everything();
      await lab().endSession();
      assert.deepEqual(lab().everything(), before);
      assert.deepEqual((await made.read())?.state, made.state);
      assert.deepEqual((await changed.read())?.state, changed.state);
    });

    it(`what many made and changed at once stays: ${kind}`, async () => {
      const lowerNetns = lab().host();
      const args = { kind, lowerDevice: "lower", lowerNetns };
      const links = Array.from({ length: 100 }, () => new LinkResource(lab(), args));
      await Promise.all(links.map((link) => link.create()));
      await Promise.all(links.map((link) => link.update({ ...args, group: 6, mtu: 1400 })));
      const before = lab().everything();
      await lab().endSession();
      assert.deepEqual(lab().everything(), before);
      assert.equal(
        lab()
          .macvlans(lowerNetns)
          .filter(({ group }) => group === "6").length,
        100,
      );
    });
  }
});
