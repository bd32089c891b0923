import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import { openHost } from "../../provider/host/open-host";
import { KINDS } from "../../provider/link/model";
import { useLab } from "../support/kernel-lab";
import { childrenOf, eventually, runs } from "../support/processes";
import { aMoment, assertAllOrNothing, interruptible, makeOverAndOver } from "./interruptions";

const ROUNDS = 25;
const STOPS = 15;
// Instead of ten seconds, so that many rounds fit in.
const DEADLINE_MS = 200;

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

  for (const kind of KINDS) {
    it(`stopped at ${STOPS} random moments: undone in time, whatever it does later, for a ${kind}`, async () => {
      const lowerNetns = lab().host();
      const left = () => lab().macvlans(lowerNetns);
      for (let round = 0; round < STOPS; round++) {
        const link = interruptible(lab(), kind, { lowerNetns });
        await link.createUnchecked();
        await link.delete();
        const { session } = await openHost({}, lab().config);
        Object.assign(session, { deadlineMs: DEADLINE_MS });
        const { pid } = session.hello;
        const watchdogs = childrenOf(pid);
        let stopped = false;
        const goesOn = (): boolean => !stopped;
        // What it says is the client's affair; here it counts what is left.
        const making = makeOverAndOver(link.inputs, lab().config, goesOn).catch(() => undefined);
        await pause(aMoment());
        process.kill(pid, "SIGSTOP");
        stopped = true;
        const isAllOrNothing = () => left().every(({ group }) => group === "5");
        await eventually("the watchdog has undone it", isAllOrNothing, 10_000);
        assertAllOrNothing(left(), link);

        // Also what the agent was about to do goes on only when the time is up.
        await pause(DEADLINE_MS + 50);
        // Half of the agents have lost their client when they go on.
        if (round % 2 === 0) void lab().endSession();
        process.kill(pid, "SIGCONT");
        await making;
        await lab().endSession();
        await eventually("agent and watchdog are gone", () => ![pid, ...watchdogs].some(runs));
        assertAllOrNothing(left(), link);
        await link.createUnchecked();
        assert.equal(left().length, 1);
        assertAllOrNothing(left(), link);
        assert.equal((await link.diff()).changes, "none");
        await link.delete();
      }
    }).timeout(120_000);
  }
});
