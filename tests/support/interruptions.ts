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
 * What is left of the run, and how many seconds it outlived the engine. Not counted: the language host
 * and the program that it runs, which the engine itself leaves when it is killed.
 */
export async function outliving(
  run: PulumiRun,
): Promise<{ readonly left: readonly RunProcess[]; readonly seconds: number }> {
  const ours = (): RunProcess[] =>
    run.processes().filter(({ role }) => role !== "language host" && role !== "program");
  const began = performance.now();
  const seconds = (): number => (performance.now() - began) / 1000;
  while (ours().length > 0 && seconds() < LONGEST_SECONDS) await pause(20);
  return { left: ours(), seconds: seconds() };
}

// A second was measured to be enough; a machine that does other things too may take its time.
const LONGEST_SECONDS = 15;
