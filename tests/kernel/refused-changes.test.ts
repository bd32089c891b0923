import assert from "node:assert/strict";
import { isHostError } from "../../provider/errors";
import { KINDS } from "../../provider/link/model";
import { type KernelLab, useLab } from "../support/kernel-lab";
import { type Arguments, LinkResource } from "../support/link-resource";

interface RefusedChange {
  readonly title: string;
  readonly first?: Arguments;
  /** What happens to the host after the creation. */
  readonly arrange?: (lab: KernelLab, netns: string, link: LinkResource) => void;
  readonly next: Arguments;
  readonly property: string;
  readonly cause: RegExp;
  readonly cure: RegExp;
  /** Only the kernel knows that it will refuse. */
  readonly unseen?: true;
}

const ROWS: readonly RefusedChange[] = [
  {
    title: "an MTU above the lower device's",
    next: { mtu: 2000 },
    property: "mtu",
    cause: /an MTU of 2000 does not fit the lower device lower, whose MTU is 1500/i,
    cure: /Declare at most 1500/,
  },
  {
    title: "an MTU above the lower device's among other changes",
    first: { group: 3, alias: "before", altNames: ["before0"] },
    next: { group: 4, mtu: 2000, alias: "after", altNames: ["after0"], txQueueLength: 10 },
    property: "mtu",
    cause: /an MTU of 2000 does not fit the lower device lower/i,
    cure: /Declare at most 1500/,
  },
  {
    title: "an alternative name that another device has, after everything else was changed",
    arrange(lab, netns) {
      lab.ip(netns, "link", "property", "add", "dev", "wire", "altname", "taken0");
    },
    next: { altNames: ["free0", "taken0"], mtu: 1400, group: 8, adminState: "down" },
    property: "altNames",
    cause: /the name "taken0" is taken by a veth called wire/i,
    cure: /Choose another name/,
  },
  {
    title: "up, with the MAC address of a link that is up already",
    first: { adminState: "down", mode: "bridge" },
    arrange(lab, netns, { state: { macAddress = "" } }) {
      const twin = ["add", "link", "lower", "name", "twin0", "address", macAddress, "up"];
      lab.ip(netns, "link", ...twin, "type", "macvlan", "mode", "bridge");
    },
    next: { adminState: "up", mode: "bridge", mtu: 1400 },
    property: "macAddress",
    cause: /the link twin0 has the MAC address .* already/i,
    cure: /Give the link another macAddress/,
  },
  {
    title: "a transmit queue for which there is no memory",
    next: { txQueueLength: 2147483647, group: 6 },
    property: "txQueueLength",
    cause: /the host has no memory for a queue of that size \(ENOMEM\)/,
    cure: /Declare a smaller one/,
    unseen: true,
  },
];

describe("A change that the kernel refuses", () => {
  const lab = useLab();

  for (const kind of KINDS) {
    for (const row of ROWS) {
      // Only a macvtap has a queue of that length in memory.
      if (row.property === "txQueueLength" && kind === "macvlan") continue;

      it(`${row.title}: explained for a ${kind}, which stays as it was`, async () => {
        const lowerNetns = lab().host();
        const base = { kind, lowerDevice: "lower", lowerNetns, name: "link0" };
        const link = new LinkResource(lab(), { ...base, ...row.first });
        const { ...state } = await link.create();
        row.arrange?.(lab(), lowerNetns, link);
        const before = lab().everything();
        const next = { ...base, ...row.next };
        // What the check of one run saw it remembers; this is the next run.
        await lab().endSession();

        const { failures } = await link.check(next);
        if (row.unseen) {
          assert.deepEqual(failures, []);
        } else {
          assert.deepEqual(
            failures.map(({ property }) => property),
            [row.property],
          );
          assert.match(failures[0]?.reason ?? "", row.cause);
        }
        await assert.rejects(link.updateTo(link.unchecked(next)), (error: Error) => {
          assert(isHostError(error), `${error.name}: ${error.message}`);
          assert.match(error.message, row.cause);
          assert.match(error.message, row.cure);
          assert.match(
            error.message,
            new RegExp(`^Cannot update ${kind} link0 on lower on .*: ${row.property}: `),
          );
          return true;
        });
        assert.deepEqual(lab().everything(), before);
        assert.deepEqual(link.state, state);
        assert.deepEqual((await link.read())?.state, state);
      });
    }
  }

  it("of a tap device is half made: the state says what is there", async () => {
    const base = { kind: "macvtap", lowerDevice: "lower", lowerNetns: lab().host(), name: "link0" };
    const link = new LinkResource(lab(), { ...base, mtu: 1400 });
    await link.create();
    const next = { ...base, mtu: 1300, tap: { owner: "nobody-here" } };
    await assert.rejects(link.update(next), /no such user or group: nobody-here/);
    assert.equal(lab().link(base.lowerNetns, "link0")?.mtu, link.state.mtu);
    assert.deepEqual((await link.read())?.state, link.state);
    await link.update({ ...next, tap: { owner: "daemon" } });
    assert.equal(lab().link(base.lowerNetns, "link0")?.mtu, 1300);
  });
});
