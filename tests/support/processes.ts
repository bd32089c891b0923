import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

/** Whether it runs; a process that waits to be reaped does not. */
export function runs(pid: number): boolean {
  const state = stateOf(pid);
  return state !== undefined && state.state !== "Z";
}

export function childrenOf(pid: number): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((candidate) => {
      const state = stateOf(candidate);
      return state?.parent === pid && state.state !== "Z";
    });
}

/** The kernel's name for it, "" when it is gone. */
export function commandName(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/comm`, "utf8").trim();
  } catch {
    return "";
  }
}

function stateOf(pid: number): { state: string; parent: number } | undefined {
  try {
    const [state = "", parent] = readFileSync(`/proc/${pid}/stat`, "utf8")
      .replace(/^.*\) /s, "")
      .split(" ");
    return { state, parent: Number(parent) };
  } catch {
    return undefined;
  }
}

/** Waits for what is true soon, or throws when it is not within the time. */
export async function eventually(what: string, holds: () => boolean, ms = 3000): Promise<void> {
  for (const end = Date.now() + ms; !holds(); await sleep(2)) {
    if (Date.now() > end) throw new Error(`Not within ${ms} ms: ${what}`);
  }
}

/** The most that was ever resident, in KiB. */
export function peakMemory(pid: number): number {
  return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]);
}
