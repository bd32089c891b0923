import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import { openHost } from "../../provider/host/open-host";
import { KINDS } from "../../provider/link/model";
import { useLab } from "../support/kernel-lab";
import { childrenOf, eventually, runs } from "../support/processes";
import { aMoment, assertAllOrNothing, interruptible, makeOverAndOver } from "./interruptions";

const ROUNDS = 25;

describe("An agent that is killed or stopped in the middle of a creation", () => {
  const lab = useLab();

  for (const kind of KINDS) {
    it(`killed at ${ROUNDS} random moments: nothing half-made is left of a ${kind}`, async () => {
      const lowerNetns = lab().host();
      for (let round = 0; round < ROUNDS; round++) {
        const elsewhere = round % 2 === 0 ? {} : { netns: lab().namespace() };
        const netns = elsewhere.netns ?? lowerNetns;
        const link = interruptible(lab(), kind, { lowerNetns, ...elsewhere });
        await link.createUnchecked();
        const { session } = await openHost({}, lab().config);
        const { pid } = session.hello;
        const watchdogs = childrenOf(pid);
        assert.equal(watchdogs.length, 1);
        await link.delete();

        const making = makeOverAndOver(link.inputs, lab().config);
        const over = assert.rejects(making, /was killed by SIGKILL/);
        await pause(aMoment());
        process.kill(pid, "SIGKILL");
        await over;
        await eventually("the watchdog has done its work", () => !watchdogs.some(runs));
        assertAllOrNothing(lab().macvlans(netns), link);

        // The next run makes it right, whatever it finds.
        await link.createUnchecked();
        assert.equal(lab().macvlans(netns).length, 1);
        assertAllOrNothing(lab().macvlans(netns), link);
        assert.equal((await link.diff()).changes, "none");
        await link.delete();
      }
    });
  }

  it("stopped at random moments: undone when its time is up, whatever the agent does later", async () => {
    const rows = Array.from({ length: 12 }, (_, n) => {
      // Each has an agent of its own.
      const connection = { deadline: 100 + n };
      lab().uses(connection);
      const lowerNetns = lab().host();
      const kind = KINDS[n % 2] ?? "macvlan";
      const link = interruptible(lab(), kind, { lowerNetns, connection });
      return { link, lowerNetns, connection };
    });
    const disturb = async ({ link, lowerNetns, connection }: (typeof rows)[number]) => {
      const left = () => lab().macvlans(lowerNetns);
      await link.createUnchecked();
      await link.delete();
      const host = await openHost(connection, lab().config);
      const { pid } = host.session.hello;
      const [watchdog = 0] = childrenOf(pid);
      let stopped = false;
      const making = makeOverAndOver(link.inputs, lab().config, () => !stopped).catch(
        (error: unknown) => error,
      );
      await pause(aMoment());
      process.kill(pid, "SIGSTOP");
      stopped = true;
      const allOrNothing = (): boolean => left().every(({ group }) => group === "5");
      await eventually("the watchdog has undone it", allOrNothing, 25_000);
      assertAllOrNothing(left(), link);

      process.kill(pid, "SIGCONT");
      await making;
      await lab().endSession(connection);
      await eventually("agent and watchdog are gone", () => !runs(pid) && !runs(watchdog));
      assertAllOrNothing(left(), link);
      await link.createUnchecked();
      assert.equal(left().length, 1);
      assertAllOrNothing(left(), link);
      assert.equal((await link.diff()).changes, "none");
    };
    const ends = await Promise.allSettled(rows.map(disturb));
    for (const end of ends) if (end.status === "rejected") throw end.reason;
  }).timeout(60_000);
});
