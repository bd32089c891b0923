/** Memory as PSS: shared pages count in proportion to how many processes share them. */
import { readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import type { PulumiRun } from "../tests/support/pulumi-run";

/** In MiB; undefined once the process is gone, or has let go of its memory. */
export function pssOf(pid: number): number | undefined {
  try {
    const kib = /^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, "utf8"))?.[1];
    return kib === undefined ? undefined : Number(kib) / 1024;
  } catch {
    return undefined;
  }
}

/** The most that a provider of the run had, in MiB. */
export async function mostOfProvider(run: PulumiRun, everyMs: number): Promise<number> {
  let isOver = false;
  void run
    .ended()
    .catch(() => undefined)
    .finally(() => (isOver = true));
  let most = 0;
  while (!isOver) {
    // Asked anew each time: before it there is a process that only looks for its program.
    const providers = run.processes().filter(({ role }) => role === "provider");
    most = Math.max(most, ...providers.map(({ pid }) => pssOf(pid) ?? 0));
    await pause(everyMs);
  }
  return most;
}
