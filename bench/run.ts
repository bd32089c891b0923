/** Runs every benchmark of this folder, one after the other; fails when one is above its limit. */
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";

const chosen = process.argv.slice(2);
const benchmarks = readdirSync(__dirname)
  .filter((file) => file.endsWith(".bench.ts"))
  .filter((file) => chosen.length === 0 || chosen.some((part) => file.includes(part)))
  .sort();

for (const file of benchmarks) {
  console.log(`\n=== ${file}`);
  const args = [...process.execArgv, join(__dirname, file)];
  const { status } = spawnSync(process.execPath, args, { stdio: "inherit" });
  if (status !== 0) process.exitCode = 1;
}
