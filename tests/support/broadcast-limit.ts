/** The broadcast limit without our codec: `ip` knows it from version 6.4 on only. */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { PYTHON } from "./python";

const PROGRAM = join(__dirname, "broadcast-limit.py");

export function broadcastLimitOf(netns: string, link: string): number {
  return Number(run(netns, link));
}

export function setBroadcastLimit(netns: string, link: string, limit: number): void {
  run(netns, link, String(limit));
}

function run(...args: string[]): string {
  return execFileSync(PYTHON, ["-I", PROGRAM, ...args], { encoding: "utf8", stdio: "pipe" });
}
