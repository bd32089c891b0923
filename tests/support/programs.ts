import { spawnSync } from "node:child_process";

/** Says which program is missing, where a test needs one. */
export function skipWithout(program: string, context: Mocha.Context): void {
  if (spawnSync("sh", ["-c", 'command -v "$0"', program]).status === 0) return;
  console.log(`    skipped: ${program} is missing; scripts/debian-packages installs it`);
  context.skip();
}
