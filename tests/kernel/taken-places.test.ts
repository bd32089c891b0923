/** Somebody else's link in the place of ours: under its number, under its name, on a lower device that is another. */
import assert from "node:assert/strict";
import { openHost } from "../../provider/host/open-host";
import { KINDS } from "../../provider/link/model";
import { useLab } from "../support/kernel-lab";
import { LinkResource } from "../support/link-resource";

describe("A place that was taken", () => {
  const lab = useLab();

  for (const kind of KINDS) {
    for (const [title, name, type] of [
      ["another's link of that kind", "theirs0", [kind, "mode", "vepa"]],
      ["another's link of that kind and of our name", "link0", [kind, "mode", "vepa"]],
      ["a device of another kind and of our name", "link0", ["bridge"]],
    ] as const)
      it(`ifindex of a ${kind} used again by ${title}: not read, changed or deleted`, async () => {
        const lowerNetns = lab().host();
        const args = { kind, lowerDevice: "lower", lowerNetns, name: "link0" };
        const link = new LinkResource(lab(), args);
        const { ifindex } = await link.create();
        lab().ip(lowerNetns, "link", "del", "dev", "link0");
        const below = type[0] === kind ? ["link", "lower"] : [];
        const index = ["index", String(ifindex)];
        lab().ip(lowerNetns, "link", "add", ...below, "name", name, ...index, "type", ...type);
        const before = lab().everything();
        assert.equal(before[lowerNetns]?.find((each) => each.ifindex === ifindex)?.ifname, name);

        assert.equal(await link.read(), undefined);
        await assert.rejects(
          link.updateTo(link.unchecked({ ...args, mtu: 1400 })),
          /the link is no longer there, or no longer ours/,
        );
        await link.delete();
        await lab().endSession();
        assert.deepEqual(lab().everything(), before);
      });

    it(`lower device of a ${kind} removed: gone with it, and made anew on another`, async () => {
      const lowerNetns = lab().host();
      const link = new LinkResource(lab(), { kind, lowerDevice: "lower", lowerNetns });
      const { name, ifindex } = await link.create();
      lab().ip(lowerNetns, "link", "del", "dev", "lower");
      assert.equal(await link.read(), undefined);
      await assert.rejects(link.updateTo(link.unchecked({ ...link.args, mtu: 1400 })), /no longer/);
      await link.delete();
      lab().veth(lowerNetns, "lower", "wire");
      assert.equal(await link.read(), undefined);
      await link.create();
      assert.equal(lab().link(lowerNetns, name)?.ifindex, link.state.ifindex);
      assert.notEqual(link.state.ifindex, ifindex);
    });

    it(`lower device of a ${kind} renamed, and its name another's: shown, and ours is deleted`, async () => {
      const lowerNetns = lab().host();
      const link = new LinkResource(lab(), { kind, lowerDevice: "lower", lowerNetns });
      const { name } = await link.create();
      lab().ip(lowerNetns, "link", "set", "dev", "lower", "down");
      lab().ip(lowerNetns, "link", "set", "dev", "lower", "name", "before");
      lab().veth(lowerNetns, "lower", "wire2");
      const theirs = ["link", "lower", "name", "theirs0", "type", kind];
      lab().ip(lowerNetns, "link", "add", ...theirs);
      const before = lab().link(lowerNetns, "theirs0");

      const { lowerDevice, actualLowerDevice } = await link.refresh();
      assert.deepEqual([lowerDevice, actualLowerDevice], ["before", "before"]);
      const { replaces } = await link.diff();
      assert.deepEqual(replaces, ["lowerDevice"]);
      await link.delete();
      assert.equal(lab().link(lowerNetns, name), undefined);
      assert.deepEqual(lab().link(lowerNetns, "theirs0"), before);
    });

    it(`name of a ${kind} taken while its undo was armed: the undo spares whose it is`, async () => {
      const lowerNetns = lab().host();
      const other = { deadline: 31 };
      lab().uses(other);
      for (let round = 0; round < 10; round++) {
        // Two programs that want one name at the same time, each with an agent of its own.
        const args = { kind, lowerDevice: "lower", lowerNetns, name: `link${round}` };
        const links = [args, { ...args, connection: other }].map(
          (each) => new LinkResource(lab(), each),
        );
        const [one, two] = await Promise.allSettled(links.map((link) => link.createUnchecked()));
        const failed = [one, two].filter((each) => each?.status === "rejected");
        assert.equal(failed.length, 1);
        assert.match(
          String((failed[0] as PromiseRejectedResult).reason),
          /name: |taken by a macv\w+/,
        );
        const winner = links[one?.status === "fulfilled" ? 0 : 1];
        const stands = (): void =>
          assert.equal(
            lab().link(lowerNetns, `link${round}`)?.ifalias,
            `[pulumi-macvlan:${winner?.inputs.identity.mark}]`,
          );
        stands();
        // What is still armed is undone when the agents leave.
        for (const connection of [{}, other]) await lab().endSession(connection);
        stands();
      }
      const { session } = await openHost({}, lab().config);
      assert.ok(session.isAlive);
    });
  }
});
