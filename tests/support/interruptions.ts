/** Ways in which a run of Pulumi comes to a sudden end, and what it then leaves. */
import { readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import type { PulumiRun } from "./pulumi-run";
import type { RunProcess } from "./run-processes";

export const INTERRUPTIONS = {
  "the provider killed": (run) => void run.kill("provider"),
  "the agent killed": (run) => killAgents(run),
  "the agent and its watchdog killed": (run) => void run.kill("agent"),
  "the engine killed": (run) => void run.kill("engine"),
  "Ctrl-C once": (run) => pressCtrlC(run),
  "Ctrl-C twice": async (run) => {
    pressCtrlC(run);
    await pause(30);
    pressCtrlC(run);
  },
} as const satisfies Record<string, (run: PulumiRun) => void | Promise<void>>;

export type Interruption = keyof typeof INTERRUPTIONS;

/** Not its watchdog, which is a child of the agent's and looks like it. */
function killAgents(run: PulumiRun): void {
  const alike = run.processes().filter(({ role }) => role === "agent");
  const pids = alike.map(({ pid }) => String(pid));
  // All chosen before the first is killed: a watchdog whose agent is gone has another parent.
  const agents = pids.filter((pid) => !pids.includes(field(pid, Stat.PARENT) ?? ""));
  for (const pid of agents) send(Number(pid), "SIGKILL");
}

/** As a terminal does: to all of the group that the CLI is in. */
function pressCtrlC(run: PulumiRun): void {
  const all = run.processes();
  const engine = all.find(({ role }) => role === "engine");
  if (engine === undefined) return;
  const group = field(engine.pid, Stat.GROUP);
  for (const { pid } of all.filter((one) => field(one.pid, Stat.GROUP) === group))
    send(pid, "SIGINT");
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It ended meanwhile.
  }
}

/** Fields of /proc/PID/stat, counted from the one after the name. */
const Stat = { PARENT: 1, GROUP: 2 } as const;

function field(pid: number | string, number: number): string | undefined {
  try {
    // The name, in parentheses, may hold anything.
    return readFileSync(`/proc/${pid}/stat`, "utf8")
      .replace(/^.*\) /s, "")
      .split(" ")[number];
  } catch {
    return undefined;
  }
}

/**
 * Interrupts the run so many milliseconds after its agent appeared, and waits for its end. False
 * when it had ended before.
 */
export async function interrupt(
  run: PulumiRun,
  interruption: Interruption,
  milliseconds: number,
): Promise<boolean> {
  const ended = run.ended().then(() => true);
  await run.until(() => run.processes().some(({ role }) => role === "agent"), "its agent came");
  if (await Promise.race([ended, pause(milliseconds, false)])) return false;
  await INTERRUPTIONS[interruption](run);
  await ended;
  return true;
}

/**
 * What outlives the run and should not. The language host, and the program that it runs, are left by
 * the engine itself when that is killed.
 */
export async function outliving(run: PulumiRun): Promise<RunProcess[]> {
  const ours = (all: RunProcess[]): RunProcess[] =>
    all.filter(({ role }) => role !== "language host" && role !== "program");
  // A second, and another for a machine that does other things too.
  const until = performance.now() + 2000;
  while (ours(run.processes()).length > 0 && performance.now() < until) await pause(20);
  return ours(run.processes());
}
