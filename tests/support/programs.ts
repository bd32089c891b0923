import { spawnSync } from "node:child_process";
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Says which program is missing, where a test needs one. */
export function skipWithout(program: string, context: Mocha.Context): void {
  if (spawnSync("sh", ["-c", 'command -v "$0"', program]).status === 0) return;
  console.log(`    skipped: ${program} is missing; scripts/debian-packages installs it`);
  context.skip();
}

/** A shell script under this name; answers its path. */
export function putProgram(folder: string, name: string, script: string): string {
  const path = join(folder, name);
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
  return path;
}
