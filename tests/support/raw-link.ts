/** What `ip` cannot do, without our codec. */
import { join } from "node:path";
import { PYTHON } from "./python";
import { type Run, runHere } from "./run-program";

const PROGRAM = join(__dirname, "raw-link.py");

/** `ip` shows and sets it from version 6.4 on. */
export function broadcastLimitOf(netns: string, link: string, run: Run = runHere): number {
  return Number(ask(run, netns, link, "limit"));
}

export function setBroadcastLimit(
  netns: string,
  link: string,
  limit: number,
  run: Run = runHere,
): void {
  ask(run, netns, link, "limit", String(limit));
}

/** `ip` takes no number above 2147483647. */
export function setGroup(netns: string, link: string, group: number): void {
  ask(runHere, netns, link, "group", String(group));
}

function ask(run: Run, ...args: string[]): string {
  return run(PYTHON, ["-I", PROGRAM, ...args]);
}
