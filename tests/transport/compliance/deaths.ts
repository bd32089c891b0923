import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import { isHostError } from "../../../provider/errors";
import type { Session, SessionOptions } from "../../../provider/host/session";
import { Errno } from "../../../provider/netlink/errno";
import { dumpLinks } from "../../../provider/netlink/requests";
import { makeMacvlan, nextSequence } from "../../support/macvlan-messages";
import { childrenOf, eventually, runs } from "../../support/processes";
import type { TestNamespace } from "../../support/test-namespace";
import type { Fixture } from "../compliance";

const LONG = 60_000;

export function undoSurvives(fixture: () => Fixture): void {
  describe("undo", () => {
    it("happens at end of input, and leaves no process", async () => {
      const { session, namespace, watchdog } = await armed(fixture());
      await session.close();
      assert.deepEqual(namespace.links, []);
      await eventually("both are gone", () => !runs(watchdog) && !runs(session.hello.pid));
    });

    it("happens when the agent is killed", async () => {
      const { session, namespace, watchdog } = await armed(fixture());
      process.kill(session.hello.pid, "SIGKILL");
      await eventually("the link is gone", () => namespace.links.length === 0);
      await eventually("the watchdog is gone", () => !runs(watchdog));
    });

    it("happens when the watchdog is killed, and the agent after it", async () => {
      const { session, namespace, watchdog } = await armed(fixture());
      process.kill(watchdog, "SIGKILL");
      await eventually("there is another", () =>
        childrenOf(session.hello.pid).some((pid) => pid !== watchdog),
      );
      assert.deepEqual(namespace.links, ["m0"]);
      process.kill(session.hello.pid, "SIGKILL");
      await eventually("the link is gone", () => namespace.links.length === 0);
    });

    it("is still refused or granted by a second watchdog", async () => {
      const { session, namespace, watchdog } = await armed(fixture());
      process.kill(watchdog, "SIGKILL");
      assert.equal(await session.disarm(1), "disarmed");
      await session.close();
      assert.deepEqual(namespace.links, ["m0"]);
    });

    it("happens at its deadline when the agent is stopped, and nobody waits for ever", async () => {
      const fixed = fixture();
      const { session, namespace } = await armed(fixed, 400, { deadlineSeconds: 2 });
      const { handle } = await session.open({ name: namespace.name });
      process.kill(session.hello.pid, "SIGSTOP");
      const isLate = (kind: string) => (error: unknown) =>
        isHostError(error) && error.kind === kind && /did not answer/.test(error.message);
      const asked = session.request(handle, dumpLinks({ sequence: nextSequence() }));
      await Promise.all([
        assert.rejects(asked, isLate("broken")),
        assert.rejects(session.disarm(1), isLate("unknown")),
        eventually("the link is gone", () => namespace.links.length === 0),
      ]);
      await assert.rejects(session.open(null), isLate("broken"));
      if (!fixed.reachesStopped) process.kill(session.hello.pid, "SIGCONT");
      await eventually("the agent is gone", () => !runs(session.hello.pid));
    });

    it("is over when another agent that ends this one says so", async () => {
      const fixed = fixture();
      const { session, namespace, watchdog } = await armed(fixed);
      const other = await fixed.session();
      // It cannot leave by itself.
      process.kill(session.hello.pid, "SIGSTOP");
      while (!(await other.endAgent(session.hello))) await pause(2);
      assert.deepEqual(namespace.links, []);
      assert.ok(!runs(watchdog) && !runs(session.hello.pid));
      assert.ok(await other.endAgent(session.hello));
    });

    it("waits for a watchdog whose agent is gone, and no other process is touched", async () => {
      const fixed = fixture();
      const { session, namespace, watchdog } = await armed(fixed);
      const other = await fixed.session();
      process.kill(watchdog, "SIGSTOP");
      process.kill(session.hello.pid, "SIGKILL");
      await eventually("the agent is gone", () => !runs(session.hello.pid));
      const { pid } = other.hello;
      // As if the number were given anew: what started at another time is somebody else.
      assert.ok(!(await other.endAgent({ ...session.hello, pid })));
      assert.ok(!(await other.endAgent(session.hello)));
      assert.deepEqual(namespace.links, ["m0"]);
      process.kill(watchdog, "SIGCONT");
      await eventually("the link is gone", () => namespace.links.length === 0);
      while (!(await other.endAgent(session.hello))) await pause(2);
      assert.ok(!runs(watchdog) && runs(pid));
    });

    it("ends no process without an agent's lock", async () => {
      const session = await fixture().session();
      const { pid, started, lock } = session.hello;
      assert.match(lock, /^pulumi-macvlan-[0-9a-f]{32}$/);
      await assert.rejects(
        session.endAgent({ pid, started, lock: "" }),
        (error) => isHostError(error) && error.errno === Errno.EACCES,
      );
      assert.ok(
        await session.endAgent({ pid, started, lock: lock.replace(/.{32}$/, "0".repeat(32)) }),
      );
      assert.ok(runs(pid));
    });

    it("leaves callers with the reason when the agent is killed", async () => {
      const { session, namespace } = await armed(fixture());
      const there = await session.open({ name: namespace.name });
      process.kill(session.hello.pid, "SIGSTOP");
      const change = session.change(2, LONG, [
        makeMacvlan(there, { name: "m1", lower: namespace.lowerIndex }),
      ]);
      const outcomes = Promise.allSettled([change, session.open(null)]);
      await new Promise(setImmediate);
      process.kill(session.hello.pid, "SIGKILL");
      const kinds = (await outcomes).map(
        (outcome) =>
          outcome.status === "rejected" && isHostError(outcome.reason) && outcome.reason.kind,
      );
      assert.deepEqual(kinds, ["unknown", "broken"]);
      assert.ok(!session.isAlive);
      await eventually("nothing is left", () => namespace.links.length === 0);
    });
  });
}

/** A session with one link made and its undo armed under 1. */
async function armed(
  { namespace, session: start }: Fixture,
  deadlineMs = LONG,
  options?: SessionOptions,
): Promise<{ session: Session; namespace: TestNamespace; watchdog: number }> {
  const session = await start(options);
  const there = await session.open({ name: namespace.name });
  const step = makeMacvlan(there, { name: "m0", lower: namespace.lowerIndex });
  assert.equal((await session.change(1, deadlineMs, [step])).errno, 0);
  assert.deepEqual(namespace.links, ["m0"]);
  const [watchdog = 0] = childrenOf(session.hello.pid);
  assert.ok(runs(watchdog));
  return { session, namespace, watchdog };
}
