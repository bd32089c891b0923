/**
 * Runs the benchmarks of this folder one after the other, or those whose names hold one of the words given, and
 * fails when one is beyond its limits. When all were run, docs/performance.md is written from what they found.
 */
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { main as writePage } from "../scripts/performance/main";

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
if (chosen.length === 0) writePage([]);
