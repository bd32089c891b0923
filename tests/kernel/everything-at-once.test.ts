import assert from "node:assert/strict";
import { statSync } from "node:fs";
import type { Kind } from "../../provider/link/model";
import { broadcastLimitOf } from "../support/raw-link";
import { SHOWN } from "../support/ip-link";
import { useLab } from "../support/kernel-lab";
import { LinkResource } from "../support/link-resource";

const ALL = {
  lowerDevice: "lower",
  name: "full0",
  mode: "source",
  macAddress: "02:00:5e:20:00:01",
  mtu: 1400,
  txQueueLength: 250,
  numTxQueues: 3,
  numRxQueues: 4,
  adminState: "up",
  addrGenMode: "none",
  noDst: true,
  broadcastQueueLength: 2500,
  broadcastLimit: 6,
  sourceMacAddresses: ["02:00:5e:20:00:0a", "02:00:5e:20:00:0b"],
  group: 42,
  alias: "every property at once",
  altNames: ["full-alternative", "second-alternative"],
} as const;

const TAP = { owner: "daemon", group: "1", mode: "0660" };

describe("A link with every property", () => {
  const lab = useLab();

  for (const kind of ["macvlan", "macvtap"] as const satisfies readonly Kind[]) {
    it(`is what ip says: ${kind}`, async () => {
      const [lowerNetns, netns] = [lab().host(), lab().namespace()];
      const args = { ...ALL, kind, lowerNetns, netns, ...(kind === "macvtap" && { tap: TAP }) };
      const link = new LinkResource(lab(), args);
      const state = await link.create();
      const shown = lab().link(netns, "full0");
      assert(shown);
      for (const [property, value] of Object.entries(ALL)) {
        if (property === "broadcastLimit" || property === "lowerDevice") continue;
        assert.deepEqual(SHOWN[property as keyof typeof SHOWN](shown), value, property);
      }
      assert.equal(broadcastLimitOf(netns, "full0"), ALL.broadcastLimit);
      assert.equal(shown.link_index, lab().link(lowerNetns, "lower")?.ifindex);
      assert.equal(shown.linkinfo?.info_kind, kind);

      const { ifindex, operState, usedBroadcastQueueLength, actualLowerDevice } = state;
      assert.equal(ifindex, shown.ifindex);
      assert.equal(operState, shown.operstate);
      assert.equal(usedBroadcastQueueLength, shown.linkinfo?.info_data?.usedbcqueuelen);
      assert.equal(actualLowerDevice, "lower");
      for (const [property, value] of Object.entries({ ...args, declared: Object.keys(state) })) {
        if (property in ALL) assert.deepEqual(state[property as keyof typeof ALL], value);
      }
      if (kind === "macvtap") {
        const node = statSync(state.tapDevice ?? "");
        assert.equal(node.uid, 1);
        assert.equal(node.gid, 1);
        assert.equal(node.mode & 0o7777, 0o660);
        assert.deepEqual(state.tap, TAP);
      }

      assert.equal((await link.diff()).changes, "none");
      const read = await link.read();
      assert.deepEqual(read?.state, state);
      assert.deepEqual(read.inputs, link.inputs);
      await link.delete();
      assert.equal(lab().link(netns, "full0"), undefined);
    });

    it(`is as its lower device and the kernel make it when nothing is declared: ${kind}`, async () => {
      const lowerNetns = lab().host();
      lab().ip(lowerNetns, "link", "set", "lower", "mtu", "1450");
      const link = new LinkResource(lab(), { kind, lowerDevice: "lower", lowerNetns });
      const state = await link.create();
      const shown = lab().link(lowerNetns, state.name);
      assert(shown);
      for (const property of Object.keys(SHOWN) as (keyof typeof SHOWN)[]) {
        if (["noPromisc", "sourceMacAddresses", "bridge"].includes(property)) continue;
        assert.deepEqual(SHOWN[property](shown), state[property], property);
      }
      assert.equal(shown.linkinfo?.info_data?.mode, "vepa");
      assert.equal(shown.mtu, 1450);
      assert(shown.flags.includes("UP"));
      assert.equal(shown.address, link.inputs.identity.macAddress);
      assert.equal(shown.inet6_addr_gen_mode, kind === "macvtap" ? "none" : "eui64");

      assert.equal((await link.diff()).changes, "none");
      const read = await link.read();
      assert.deepEqual(read?.state, state);
      assert.deepEqual(read.inputs, link.inputs);
    });
  }

  it("changes in all that is live at once, and stays the same link", async () => {
    const lowerNetns = lab().host();
    const args = { ...ALL, kind: "macvtap", lowerNetns, tap: TAP };
    const link = new LinkResource(lab(), args);
    const { ifindex } = await link.create();
    const next = {
      ...args,
      mtu: 1300,
      txQueueLength: 10,
      adminState: "down",
      addrGenMode: "random",
      noDst: false,
      broadcastQueueLength: 1500,
      broadcastLimit: 0,
      sourceMacAddresses: ["02:00:5e:20:00:0c"],
      group: 43,
      alias: "all changed",
      altNames: ["third-alternative"],
      tap: { owner: "bin", group: "bin", mode: "0640" },
    };
    const state = await link.update(next);
    const shown = lab().link(lowerNetns, "full0");
    assert(shown);
    assert.equal(shown.ifindex, ifindex);
    for (const [property, value] of Object.entries(next)) {
      const show = SHOWN[property as keyof typeof SHOWN];
      if (property in SHOWN && property !== "lowerDevice")
        assert.deepEqual(show(shown), value, property);
    }
    assert.deepEqual(state.tap, next.tap);
    assert.equal((await link.diff(next)).changes, "none");
  });
});
