/** What `ip` cannot do, without our codec. */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { PYTHON } from "./python";

const PROGRAM = join(__dirname, "raw-link.py");

/** `ip` shows and sets it from version 6.4 on. */
export function broadcastLimitOf(netns: string, link: string): number {
  return Number(run(netns, link, "limit"));
}

export function setBroadcastLimit(netns: string, link: string, limit: number): void {
  run(netns, link, "limit", String(limit));
}

/** `ip` takes no number above 2147483647. */
export function setGroup(netns: string, link: string, group: number): void {
  run(netns, link, "group", String(group));
}

function run(...args: string[]): string {
  return execFileSync(PYTHON, ["-I", PROGRAM, ...args], { encoding: "utf8", stdio: "pipe" });
}
