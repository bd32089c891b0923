import assert from "node:assert/strict";
import { KINDS, type Kind } from "../../provider/link/model";
import { useLab } from "../support/kernel-lab";
import { LinkResource } from "../support/link-resource";

const MAC = "02:00:5e:50:00:01";

describe("Adoption of a link that something else made", () => {
  const lab = useLab();

  function foreign(kind: Kind): { lowerNetns: string; ifindex: number } {
    const lowerNetns = lab().host();
    const add = ["add", "link", "lower", "name", "theirs0", "address", MAC, "type", kind];
    lab().ip(lowerNetns, "link", ...add, "mode", "bridge");
    lab().ip(lowerNetns, "link", "set", "dev", "theirs0", "alias", "made by hand");
    return { lowerNetns, ifindex: lab().link(lowerNetns, "theirs0")?.ifindex ?? 0 };
  }

  for (const kind of KINDS) {
    it(`takes a ${kind} over as it is, and applies what is live`, async () => {
      const { lowerNetns, ifindex } = foreign(kind);
      const base = { kind, lowerDevice: "lower", lowerNetns, name: "theirs0", mode: "bridge" };
      const link = new LinkResource(lab(), { ...base, adopt: true, mtu: 1400 });
      const state = await link.create();
      const shown = lab().link(lowerNetns, "theirs0");
      assert.equal(shown?.ifindex, ifindex);
      assert.equal(shown.address, MAC);
      assert.equal(shown.ifalias, `made by hand [pulumi-macvlan:${state.identity.mark}]`);
      assert.equal(shown.mtu, 1400);
      assert(shown.flags.includes("UP"));
      assert.equal(state.alias, "made by hand");
      assert.equal(state.macAddress, MAC);

      assert.equal((await link.diff()).changes, "none");
      const read = await link.read();
      assert.deepEqual(read?.state, state);
      assert.deepEqual(read.inputs, link.inputs);
      await link.update({ ...base, adopt: true, group: 12 });
      assert.equal(lab().link(lowerNetns, "theirs0")?.address, MAC);
      await link.delete();
      assert.deepEqual(lab().macvlans(lowerNetns), []);
    });

    it(`takes a ${kind} over with its MAC address and another alias declared`, async () => {
      const { lowerNetns, ifindex } = foreign(kind);
      const base = { kind, lowerDevice: "lower", lowerNetns, name: "theirs0", mode: "bridge" };
      const args = { ...base, adopt: true, macAddress: MAC, alias: "ours now" };
      const link = new LinkResource(lab(), args);
      await link.create();
      const shown = lab().link(lowerNetns, "theirs0");
      assert.equal(shown?.ifindex, ifindex);
      assert.match(shown.ifalias ?? "", /^ours now \[pulumi-macvlan:/);
      assert.equal((await link.diff()).changes, "none");
    });

    for (const [title, declared, mismatch] of [
      ["kind", { kind: KINDS.find((each) => each !== kind) }, /its kind is macv\w+, not macv\w+/],
      ["mode", { mode: "private" }, /its mode is bridge, not private/],
      ["MAC", { macAddress: "02:00:5e:50:00:02" }, new RegExp(`its MAC address is ${MAC}, not`)],
      ["lower device", { lowerDevice: "wire" }, /its lower device/],
    ] as const) {
      it(`refuses a ${kind} of another ${title}, and leaves it alone`, async () => {
        const { lowerNetns } = foreign(kind);
        const base = { kind, lowerDevice: "lower", lowerNetns, name: "theirs0", mode: "bridge" };
        const link = new LinkResource(lab(), { ...base, ...declared, adopt: true });
        const before = lab().everything();
        const { failures } = await link.check();
        assert.deepEqual(
          failures.map(({ property }) => property),
          ["adopt"],
        );
        assert.match(failures[0]?.reason ?? "", mismatch);
        await assert.rejects(link.createUnchecked(), (error: Error) => {
          assert.match(error.message, mismatch);
          assert.match(error.message, /adopt: .*Declare what is there, or choose another name/);
          return true;
        });
        assert.deepEqual(lab().everything(), before);
      });
    }

    it(`of a ${kind} that is not there makes it`, async () => {
      const lowerNetns = lab().host();
      const args = { kind, lowerDevice: "lower", lowerNetns, name: "theirs0", adopt: true };
      const { macAddress, identity } = await new LinkResource(lab(), args).create();
      assert.equal(macAddress, identity.macAddress);
    });
  }

  it("refuses a device that is no macvlan at all", async () => {
    const lowerNetns = lab().host();
    const args = { kind: "macvlan", lowerDevice: "lower", lowerNetns, name: "wire", adopt: true };
    const before = lab().everything();
    await assert.rejects(
      new LinkResource(lab(), args).createUnchecked(),
      /its kind is veth, not macvlan/,
    );
    assert.deepEqual(lab().everything(), before);
  });
});
