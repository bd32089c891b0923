import assert from "node:assert/strict";
import { KINDS, MODES } from "../../provider/link/model";
import { useLab } from "../support/kernel-lab";
import { LinkResource } from "../support/link-resource";

describe("Modes", () => {
  const lab = useLab();

  for (const kind of KINDS) {
    for (const mode of MODES) {
      it(`${mode} on a ${kind}`, async () => {
        const lowerNetns = lab().host();
        const link = new LinkResource(lab(), { kind, lowerDevice: "lower", lowerNetns, mode });
        const state = await link.create();
        const shown = lab().link(lowerNetns, state.name);
        assert.equal(shown?.linkinfo?.info_data?.mode, mode);
        assert.equal(shown.linkinfo.info_kind, kind);
        assert.equal(state.mode, mode);
        assert.equal((await link.diff()).changes, "none");
        await link.delete();
        assert.deepEqual(lab().macvlans(lowerNetns), []);
      });
    }

    it(`passthru on a ${kind} takes over its lower device's MAC address`, async () => {
      const lowerNetns = lab().host();
      const args = { kind, lowerDevice: "lower", lowerNetns, mode: "passthru" };
      const link = new LinkResource(lab(), args);
      const { macAddress, name } = await link.create();
      const lower = lab().link(lowerNetns, "lower");
      assert.equal(lab().link(lowerNetns, name)?.address, lower?.address);
      assert.equal(macAddress, lower?.address);
      assert.equal((await link.diff()).changes, "none");
    });

    it(`noPromisc on a ${kind}, toggled up and down: the lower device's promiscuity stays right`, async () => {
      const lowerNetns = lab().host();
      const promiscuity = () => lab().link(lowerNetns, "lower")?.promiscuity;
      const base = { kind, lowerDevice: "lower", lowerNetns, mode: "passthru" };
      const link = new LinkResource(lab(), base);
      await link.create();
      assert.equal(promiscuity(), 1);
      const up = { ...base, adminState: "up" };
      const down = { ...base, adminState: "down" };
      for (const [next, expected] of [
        [{ ...up, noPromisc: true }, 0],
        [{ ...up, noPromisc: false }, 1],
        [{ ...down, noPromisc: false }, 0],
        [{ ...down, noPromisc: true }, 0],
        [{ ...down, noPromisc: false }, 0],
        [{ ...up, noPromisc: true }, 0],
        [{ ...down, noPromisc: false }, 0],
        [{ ...down, noPromisc: true }, 0],
        [up, 1],
        [{ ...down, noPromisc: true }, 0],
        [down, 0],
        [{ ...up, noPromisc: false }, 1],
      ] as const) {
        await link.update(next);
        assert.equal(promiscuity(), expected, JSON.stringify(next));
        assert.equal((await link.diff(next)).changes, "none");
      }
      await link.delete();
      assert.equal(promiscuity(), 0);
    });
  }

  it("a count that somebody brought to underflow is explained, and the link stays as it was", async () => {
    const lowerNetns = lab().host();
    const base = { kind: "macvlan", lowerDevice: "lower", lowerNetns, mode: "passthru" };
    const link = new LinkResource(lab(), { ...base, name: "link0", adminState: "down" });
    await link.create();
    // What this package never does: the flag of a link that is down.
    const flag = ["mode", "passthru", "flag", "nopromisc"];
    lab().ip(lowerNetns, "link", "set", "dev", "link0", "type", "macvlan", ...flag);
    assert.equal(lab().link(lowerNetns, "lower")?.promiscuity, 4294967295);
    const state = await link.refresh();
    assert.equal(state.noPromisc, true);
    const before = lab().everything();
    const next = { ...base, name: "link0", adminState: "up", noPromisc: false };
    await assert.rejects(link.updateTo(link.unchecked(next)), /EOVERFLOW/);
    assert.deepEqual(lab().everything(), before);
  });
});
