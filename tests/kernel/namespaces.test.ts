import assert from "node:assert/strict";
import { KINDS } from "../../provider/link/model";
import { useLab } from "../support/kernel-lab";
import { LinkResource } from "../support/link-resource";

describe("Namespaces", () => {
  const lab = useLab();

  for (const kind of KINDS) {
    it(`a ${kind} in another named namespace: made, changed, read, deleted there`, async () => {
      const [lowerNetns, netns] = [lab().host(), lab().namespace()];
      const args = { kind, lowerDevice: "lower", lowerNetns, netns };
      const link = new LinkResource(lab(), args);
      const { name, ifindex } = await link.create();
      assert.equal(lab().link(lowerNetns, name), undefined);
      const shown = lab().link(netns, name);
      assert.equal(shown?.ifindex, ifindex);
      assert.equal(shown.link_index, lab().link(lowerNetns, "lower")?.ifindex);
      assert(shown.flags.includes("UP"));

      await link.update({ ...args, mtu: 1400, alias: "over there" });
      assert.equal(lab().link(netns, name)?.mtu, 1400);
      const read = await link.read();
      assert.deepEqual(read?.state, link.state);
      assert.deepEqual(read.inputs, link.inputs);
      await link.delete();
      assert.deepEqual(lab().macvlans(netns), []);
    });

    it(`a ${kind} in the namespace of a process, and in one given by its file`, async () => {
      const [lowerNetns, named] = [lab().host(), lab().namespace()];
      const pid = await lab().process();
      for (const netns of [
        { pid },
        { path: `/run/netns/${named}` },
        { pid: await lab().process(named) },
      ]) {
        const args = { kind, lowerDevice: "lower", lowerNetns, netns };
        const link = new LinkResource(lab(), args);
        const { name } = await link.create();
        assert.deepEqual(lab().macvlans(lowerNetns), []);
        if ("pid" in netns) assert(lab().namesBeside(netns.pid).includes(name));
        else assert(lab().link(named, name));
        assert.equal((await link.diff()).changes, "none");
        assert.deepEqual((await link.read())?.state, link.state);
        await link.delete();
        assert.equal(await link.read(), undefined);
      }
    });

    it(`a ${kind} beside the agent, with its lower device in another namespace`, async () => {
      const lowerNetns = lab().host();
      const netns = { path: "/proc/self/ns/net" };
      const link = new LinkResource(lab(), { kind, lowerDevice: "lower", lowerNetns, netns });
      const { name } = await link.create();
      assert(lab().namesBeside("self").includes(name));
      await link.delete();
      assert(!lab().namesBeside("self").includes(name));
    });
  }

  it("a name that the source namespace has already does not disturb creation in the target", async () => {
    const [lowerNetns, netns] = [lab().host(), lab().namespace()];
    lab().ip(lowerNetns, "link", "add", "link", "lower", "name", "same0", "type", "macvlan");
    const before = lab().link(lowerNetns, "same0");
    const args = { kind: "macvlan", lowerDevice: "lower", lowerNetns, netns, name: "same0" };
    const link = new LinkResource(lab(), args);
    await link.create();
    assert(lab().link(netns, "same0"));
    assert.deepEqual(lab().link(lowerNetns, "same0"), before);
    await link.delete();
    assert.deepEqual(lab().link(lowerNetns, "same0"), before);
  });

  for (const [netns, cause] of [
    ["nowhere", /there is no network namespace called "nowhere"/i],
    [{ pid: 4194304 }, /there is no process 4194304/i],
    [{ path: "/run/netns/nowhere" }, /\/run\/netns\/nowhere is no network namespace/i],
    [{ path: "/etc/passwd" }, /\/etc\/passwd is no network namespace/i],
    [{ path: "/proc/self/ns/mnt" }, /\/proc\/self\/ns\/mnt is no network namespace/i],
  ] as const) {
    it(`a namespace that is none, ${JSON.stringify(netns)}, is named by check and by create`, async () => {
      const lowerNetns = lab().host();
      const base = { kind: "macvlan", lowerDevice: "lower" };
      for (const [property, args] of [
        ["netns", { ...base, lowerNetns, netns }],
        ["lowerNetns", { ...base, lowerNetns: netns }],
      ] as const) {
        const link = new LinkResource(lab(), args);
        const { failures } = await link.check();
        assert.deepEqual(
          failures.map((failure) => failure.property),
          [property],
        );
        assert.match(failures[0]?.reason ?? "", cause);
        await assert.rejects(link.createUnchecked(), ({ message }: Error) => {
          assert.match(message, cause);
          assert.match(message, new RegExp(` ${property}: `));
          return true;
        });
      }
      assert.deepEqual(lab().macvlans(lowerNetns), []);
    });
  }

  it("a link is gone with its namespace: read says so, and delete has nothing to do", async () => {
    for (const [lowerNetns, netns] of [
      [lab().host(), lab().namespace()],
      [lab().host(), undefined],
    ]) {
      const args = { kind: "macvtap", lowerDevice: "lower", lowerNetns, ...(netns && { netns }) };
      const link = new LinkResource(lab(), args);
      await link.create();
      lab().deleteNamespace(netns ?? lowerNetns ?? "");
      assert.equal(await link.read(), undefined);
      await link.delete();
    }
  });

  it("a link is gone with its process", async () => {
    const lowerNetns = lab().host();
    const pid = await lab().process();
    const args = { kind: "macvlan", lowerDevice: "lower", lowerNetns, netns: { pid } };
    const link = new LinkResource(lab(), args);
    await link.create();
    await lab().end(pid);
    assert.equal(await link.read(), undefined);
    await link.delete();
  });

  it("a namespace made anew under its name has no link of ours", async () => {
    const [lowerNetns, netns] = [lab().host(), lab().namespace()];
    const link = new LinkResource(lab(), {
      kind: "macvlan",
      lowerDevice: "lower",
      lowerNetns,
      netns,
    });
    await link.create();
    lab().deleteNamespace(netns);
    lab().namespace(netns);
    assert.equal(await link.read(), undefined);
    await link.delete();
    // While the agent lives it holds the old namespace, and the link there keeps its MAC address.
    await lab().endSession();
    await link.create();
    assert(lab().link(netns, link.state.name));
  });
});
