/**
 * What the package adds to the start of a program, and of the process that Pulumi runs providers in, which both
 * load Pulumi's SDK anyway: in fresh processes, after that. What is loaded is dist/, as it is installed.
 */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { median } from "./measure";
import { table } from "./table";

const ROUNDS = Number(process.env["BENCH_ROUNDS"] ?? 15);
const ROOT = join(__dirname, "..");
const SDK = "@pulumi/pulumi";
const LOADS = [
  { what: "a program", adds: "pulumi-macvlan", limit: 80 },
  { what: "the provider process", adds: "pulumi-macvlan/provider/dynamic", limit: 60 },
] as const;

/** Milliseconds for the SDK, and for ours after it: apart in one process, since two differ by more than ours takes. */
function load(adds: string): readonly [sdk: number, ours: number] {
  const program = `
    const times = [performance.now()];
    for (const name of ${JSON.stringify([SDK, adds])}) {
      require(name);
      times.push(performance.now());
    }
    console.log(JSON.stringify([times[1] - times[0], times[2] - times[1]]));
  `;
  const options = { cwd: ROOT, encoding: "utf8" } as const;
  const { status, stdout, stderr } = spawnSync(process.execPath, ["-e", program], options);
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as [number, number];
}

const taken = LOADS.map(() => [] as (readonly [number, number])[]);
for (let round = 0; round < ROUNDS; round++)
  for (const [n, { adds }] of LOADS.entries()) taken[n]?.push(load(adds));

const rows = LOADS.map(({ what, limit }, n) => {
  const [sdk, ours] = [0, 1].map((at) => median((taken[n] ?? []).map((each) => each[at] ?? 0)));
  const isWithin = (ours ?? Number.NaN) <= limit;
  if (!isWithin) process.exitCode = 1;
  const times = [sdk, ours].map((ms) => ms?.toFixed(0) ?? "");
  return [what, ...times, `≤ ${limit}`, isWithin ? "yes" : "NO"];
});
console.log(table(["ms to load, for", SDK, "ours", "limit", "within"], rows));
console.log(`Medians of ${ROUNDS}, in turn.`);
