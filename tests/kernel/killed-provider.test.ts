import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { KINDS } from "../../provider/link/model";
import { useLab } from "../support/kernel-lab";
import { childrenOf, eventually, runs } from "../support/processes";
import { aMoment, assertAllOrNothing, interruptible } from "./interruptions";

const PROGRAM = join(__dirname, "make-over-and-over.ts");
const AT_ONCE = 4;

describe("A provider that is killed in the middle of creations", () => {
  const lab = useLab();

  /** It makes and deletes each of the links until it dies. */
  async function provider(links: readonly unknown[]): Promise<ChildProcess & { pid: number }> {
    const args = ["--require", "ts-node/register/transpile-only", PROGRAM, JSON.stringify(links)];
    const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
    assert(child.stdout && child.pid !== undefined);
    const ended = once(child, "exit").then(() => assert.fail("The provider ended by itself"));
    await Promise.race([once(child.stdout, "data"), ended]);
    ended.catch(() => undefined);
    return Object.assign(child, { pid: child.pid });
  }

  for (const [title, victims] of [
    ["alone: its agent undoes", (pid: number) => [pid]],
    ["with its agent: the watchdog undoes", (pid: number) => [pid, ...childrenOf(pid)]],
    ["after its agent was stopped", (pid: number) => [pid]],
  ] as const) {
    it(`${title}, and nothing half-made is left`, async () => {
      for (let round = 0; round < 2; round++) {
        const places = Array.from({ length: AT_ONCE }, () => lab().host());
        const links = places.map((lowerNetns, n) =>
          interruptible(lab(), KINDS[n % 2] ?? "macvlan", { lowerNetns }),
        );
        const inputs = links.map((link) => link.unchecked());
        const { pid } = await provider(inputs);
        const agents = childrenOf(pid);
        const all = [...agents, ...agents.flatMap(childrenOf)];
        assert.equal(all.length, 2);
        await pause(aMoment());
        if (/stopped/.test(title)) for (const agent of agents) process.kill(agent, "SIGSTOP");
        for (const victim of victims(pid)) process.kill(victim, "SIGKILL");
        const left = () => places.flatMap((netns) => lab().macvlans(netns));
        const settled = () =>
          /stopped/.test(title) ? left().every(({ group }) => group === "5") : !all.some(runs);
        await eventually("what was armed is undone", settled, 25_000);
        if (/stopped/.test(title)) {
          for (const agent of agents) process.kill(agent, "SIGCONT");
          await eventually("agent and watchdog are gone", () => !all.some(runs));
        }

        for (const [n, link] of links.entries()) {
          const given = inputs[n];
          assert(given);
          const beside = () => lab().macvlans(places[n] ?? "");
          link.expect(given);
          assertAllOrNothing(beside(), link);
          await link.createUnchecked();
          assert.equal(beside().length, 1);
          assertAllOrNothing(beside(), link);
          assert.equal((await link.diff()).changes, "none");
        }
      }
    }).timeout(120_000);
  }
});
