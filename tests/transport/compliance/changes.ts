import assert from "node:assert/strict";
import type { Undone } from "../../../provider/agent/protocol";
import { MACVLAN_MODE_PASSTHRU } from "../../../provider/netlink/constants";
import { Errno } from "../../../provider/netlink/errno";
import { linkNames, makeMacvlan, removeMacvlan, setMtu } from "../../support/macvlan-messages";
import { eventually, childrenOf } from "../../support/processes";
import { TestNamespace } from "../../support/test-namespace";
import type { Fixture } from "../compliance";
import { opened } from "./messages";

const LONG = 60_000;

export function changesComeAndGo(fixture: () => Fixture): void {
  describe("changes", () => {
    it("stay when they are disarmed", async () => {
      const { namespace, session: start } = fixture();
      const session = await start();
      const there = await session.open({ name: namespace.name });
      const step = makeMacvlan(there, { name: "m0", lower: namespace.lowerIndex });
      const changed = await session.change(1, LONG, [step]);
      assert.deepEqual([changed.done, changed.errno], [1, 0]);
      assert.deepEqual(linkNames(changed.datagrams), ["m0"]);
      assert.equal(await session.disarm(1), "disarmed");
      assert.equal(await session.disarm(1), "unknown");
      await session.close();
      assert.deepEqual(namespace.links, ["m0"]);
    });

    it("go when they are undone, and are reported", async () => {
      const { namespace, session: start } = fixture();
      const session = await start();
      const there = await session.open({ name: namespace.name });
      const reports: Undone[] = [];
      session.onUndone((undone) => reports.push(undone));
      await session.change(1, LONG, [
        makeMacvlan(there, { name: "m0", lower: namespace.lowerIndex }),
      ]);
      await session.change(2, LONG, [
        makeMacvlan(there, { name: "m1", lower: namespace.lowerIndex }),
      ]);
      assert.deepEqual(await session.undo(1), { settlement: "undone", errnos: [0] });
      assert.deepEqual(reports, [{ undoId: 1, reason: "requested", errnos: [0] }]);
      assert.deepEqual(namespace.links, ["m1"]);
      assert.equal(await session.disarm(1), "undone");
      assert.equal(await session.disarm(2), "disarmed");
    });

    it("end with the first refusal: what was done is undone, newest first, the rest is not sent", async () => {
      const { namespace, session: start } = fixture();
      const session = await start();
      const there = await session.open({ name: namespace.name });
      const lower = namespace.lowerIndex;
      const reports: Undone[] = [];
      session.onUndone((undone) => reports.push(undone));
      const steps = ["m0", "m1", "m1", "m2"].map((name) => makeMacvlan(there, { name, lower }));
      const [changed, later] = await Promise.all([
        session.change(1, LONG, steps),
        session.change(1, LONG, [makeMacvlan(there, { name: "m3", lower })]),
      ]);
      assert.deepEqual([changed.done, changed.errno, changed.undone], [2, Errno.EEXIST, [0, 0]]);
      assert.deepEqual([later.done, later.errno], [0, Errno.ECANCELED]);
      assert.deepEqual(reports, [{ undoId: 1, reason: "refused", errnos: [0, 0] }]);
      assert.deepEqual(namespace.links, []);
      assert.equal(await session.disarm(1), "undone");
    });

    const FORWARDING = "/proc/sys/net/ipv6/conf/lower/forwarding";
    const forwarding = (text: string, path = FORWARDING): Uint8Array =>
      Buffer.from(JSON.stringify({ path, text }));

    it("may be the writing of a sysctl, undone like any other", async () => {
      const { session, handle } = await opened(fixture());
      const read = () => session.file({ op: "read", handle, path: FORWARDING });
      const inverses = [{ handle, message: forwarding("0") }];
      const on = { handle, message: forwarding("1"), inverses };
      assert.deepEqual((await session.change(1, LONG, [on])).errno, 0);
      assert.deepEqual(await read(), { text: "1\n" });
      assert.deepEqual(await session.undo(1), { settlement: "undone", errnos: [0] });
      assert.deepEqual(await read(), { text: "0\n" });

      const wrong = { handle, message: forwarding("no number"), inverses: [] };
      const refused = await session.change(2, LONG, [on, wrong]);
      assert.deepEqual([refused.done, refused.errno, refused.undone], [1, Errno.EINVAL, [0]]);
      assert.deepEqual(await read(), { text: "0\n" });

      const reports: Undone[] = [];
      session.onUndone((undone) => reports.push(undone));
      await session.change(3, 150, [on]);
      await eventually("the deadline is missed", () => reports.length === 1);
      assert.deepEqual(await read(), { text: "0\n" });
    });

    it("write no other file, and are refused as a whole before anything happens", async () => {
      const { namespace, session: start } = fixture();
      const session = await start();
      const there = await session.open({ name: namespace.name });
      const link = makeMacvlan(there, { name: "m0", lower: namespace.lowerIndex });
      const { handle } = there;
      for (const path of ["/proc/sys/kernel/hostname", "/proc/sys/net/../kernel/hostname"]) {
        const step = { handle, message: forwarding("x", path), inverses: [] };
        const inverse = { ...link, inverses: [{ handle, message: forwarding("x", path) }] };
        for (const steps of [[link, step], [inverse]])
          assert.equal((await session.change(1, LONG, steps)).errno, Errno.EACCES);
      }
      assert.deepEqual(namespace.links, []);
    });

    it("that write what is no text end neither agent nor watchdog", async () => {
      const { session, handle } = await opened(fixture());
      const good = { handle, message: forwarding("1") };
      const bad = [
        '"text":5',
        '"text":"\\ud800"',
        '"text":"1\\u0000"',
        '"path":["x"],"text":""',
        '"t":""',
      ];
      for (const [n, words] of bad.entries()) {
        const message = Buffer.from(`{"path":"${FORWARDING}",${words}}`);
        for (const step of [
          { handle, message, inverses: [] },
          { ...good, inverses: [{ handle, message }] },
        ])
          assert.equal((await session.change(n + 1, LONG, [step])).errno, Errno.EINVAL, words);
      }
      const read = await session.file({ op: "read", handle, path: FORWARDING });
      assert.deepEqual(read, { text: "0\n" });
    });

    it("refused, leave a foreign link of the same name alone", async () => {
      const { namespace, session: start } = fixture();
      namespace.ip("link", "add", "m0", "link", "lower", "type", "macvlan");
      const index = namespace.indexOf("m0");
      const session = await start();
      const there = await session.open({ name: namespace.name });
      const step = makeMacvlan(there, { name: "m0", lower: namespace.lowerIndex });
      const { errno, undone } = await session.change(1, LONG, [step]);
      assert.deepEqual([errno, undone], [Errno.EEXIST, []]);
      await session.close();
      assert.equal(namespace.indexOf("m0"), index);
    });

    it("are all undone when one deadline is missed", async () => {
      const { namespace, session: start } = fixture();
      const session = await start();
      const there = await session.open({ name: namespace.name });
      const lower = namespace.lowerIndex;
      const reports: Undone[] = [];
      session.onUndone((undone) => reports.push(undone));
      await session.change(1, LONG, [makeMacvlan(there, { name: "m0", lower })]);
      await session.change(2, 150, [makeMacvlan(there, { name: "m1", lower })]);
      await session.change(3, LONG, [makeMacvlan(there, { name: "m2", lower })]);
      assert.equal(await session.disarm(3), "disarmed");
      await eventually("both are reported", () => reports.length === 2);
      assert.deepEqual(namespace.links, ["m2"]);
      assert.deepEqual(reports.map(({ undoId, reason }) => [undoId, reason]).sort(), [
        [1, "deadline"],
        [2, "deadline"],
      ]);
      const { errno } = await session.change(2, LONG, [makeMacvlan(there, { name: "m3", lower })]);
      assert.equal(errno, Errno.ECANCELED);
      assert.deepEqual(await Promise.all([1, 2].map((id) => session.disarm(id))), [
        "undone",
        "undone",
      ]);
    });

    it("are undone newest first across undo ids", async () => {
      const { namespace, session: start } = fixture();
      const session = await start();
      const there = await session.open({ name: namespace.name });
      namespace.ip("link", "add", "m0", "link", "lower", "type", "macvlan", "mode", "bridge");
      const m0 = namespace.indexOf("m0");
      // Deleting m0 made way for a passthru, so m0 can only come back when that is gone.
      await session.change(1, LONG, [removeMacvlan(there, m0, "m0", namespace.lowerIndex)]);
      const passthru = makeMacvlan(there, {
        name: "p0",
        lower: namespace.lowerIndex,
        mode: MACVLAN_MODE_PASSTHRU,
      });
      assert.equal((await session.change(2, LONG, [passthru])).errno, 0);
      await session.close();
      await eventually("m0 is back", () => namespace.links.join() === "m0");
    });

    it("of a plan in several parts share one fate", async () => {
      const { namespace, session: start } = fixture();
      const session = await start();
      const there = await session.open({ name: namespace.name });
      const lower = namespace.lowerIndex;
      await session.change(9, LONG, [makeMacvlan(there, { name: "m0", lower })]);
      await session.change(9, LONG, [makeMacvlan(there, { name: "m1", lower })]);
      assert.deepEqual((await session.undo(9)).errnos, [0, 0]);
      assert.deepEqual(namespace.links, []);
    });

    it("are undone into other namespaces, by the number that the agent has for them", async () => {
      const { namespace, session: start } = fixture();
      const other = new TestNamespace();
      try {
        const session = await start();
        const there = await session.open({ name: namespace.name });
        const lower = namespace.lowerIndex;
        await session.change(1, LONG, [setMtu(there, lower, 1400)]);
        const { fd } = await session.open({ name: other.name });
        const inverse = makeMacvlan(there, { name: "m0", lower, into: fd });
        await session.change(2, LONG, [{ ...setMtu(there, lower, 1450), inverses: [inverse] }]);
        assert.deepEqual((await session.undo(2)).errnos, [0]);
        assert.deepEqual([namespace.links, other.links], [[], ["m0"]]);
      } finally {
        other.remove();
      }
    });

    it("are armed and disarmed by the thousand", async function () {
      this.timeout(60_000);
      const { namespace, session: start } = fixture();
      const session = await start();
      const there = await session.open({ name: namespace.name });
      const lower = namespace.lowerIndex;
      const settle = async (id: number): Promise<string> => {
        await session.change(id, LONG, [setMtu(there, lower, 1400 + (id % 100))]);
        return session.disarm(id);
      };
      const all = await Promise.all(Array.from({ length: 3000 }, (_, n) => settle(n + 1)));
      assert.ok(all.every((settlement) => settlement === "disarmed"));
      assert.equal(childrenOf(session.hello.pid).length, 1);
    });
  });
}
