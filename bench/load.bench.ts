/**
 * What the package adds to the start of a program, and of the process that Pulumi runs providers in: fresh
 * processes that load Pulumi's SDK alone and with us, in turn. What is loaded is dist/, as it is installed.
 */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { median } from "./measure";
import { table } from "./table";

const ROUNDS = Number(process.env["BENCH_ROUNDS"] ?? 15);
const ROOT = join(__dirname, "..");
/** The first is what the provider process loads by itself, too. */
const SDK = "@pulumi/pulumi";
const LOADS = [
  { what: "a program", adds: "pulumi-macvlan", limitMs: 80 },
  { what: "the provider process", adds: "pulumi-macvlan/provider/dynamic", limitMs: 60 },
] as const;

/** Milliseconds from before the first module to after the last, by the process itself. */
function load(...modules: readonly string[]): number {
  const requires = modules.map((name) => `require(${JSON.stringify(name)});`).join(" ");
  const program = `const began = performance.now(); ${requires} console.log(performance.now() - began);`;
  const { status, stdout, stderr } = spawnSync(process.execPath, ["-e", program], {
    cwd: ROOT,
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(stderr);
  return Number(stdout);
}

const rows = LOADS.map(({ what, adds, limitMs }) => {
  const taken = { without: [] as number[], with: [] as number[] };
  for (let round = 0; round < ROUNDS; round++) {
    taken.without.push(load(SDK));
    taken.with.push(load(SDK, adds));
  }
  const [without, both] = [median(taken.without), median(taken.with)];
  const isWithin = both - without <= limitMs;
  if (!isWithin) process.exitCode = 1;
  return [
    what,
    ...[without, both, both - without].map((ms) => ms.toFixed(0)),
    `≤ ${limitMs}`,
    isWithin ? "yes" : "NO",
  ];
});
console.log(table(["ms to load, for", SDK, "and ours", "added", "limit", "within"], rows));
console.log(`Medians of ${ROUNDS}, in turn.`);
