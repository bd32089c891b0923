/**
 * 100 links with the real CLI, beside 100 resources of a dynamic provider that does nothing: what is
 * above that floor is ours, the floor is the engine's. The state of both is written to the same disk.
 */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { PulumiProject } from "../tests/support/pulumi-project";
import type { RunResult } from "../tests/support/pulumi-run";
import { type Contestant, inTurn } from "./in-turn";
import { inSandbox } from "./in-sandbox";

const RESOURCES = Number(process.env["BENCH_RESOURCES"] ?? 100);
const ROUNDS = Number(process.env["BENCH_ROUNDS"] ?? 5);
/** How many times the floor an `up` may take. */
const LIMIT = 1.15;

const program = (module: string, type: string) => `
  const { ${type} } = require("${module}");
  for (let n = 0; n < ${RESOURCES}; n++) {
    new ${type}("link" + n, { lowerDevice: "lower", mode: "bridge" });
  }
`;

async function contestant(name: string, module: string, type: string): Promise<Contestant> {
  const packages = module === "do-nothing" ? [join(__dirname, "../tests/support/do-nothing")] : [];
  const project = await PulumiProject.create({ program: program(module, type), packages });
  process.once("exit", () => project.remove());
  const round = async () => {
    const up = await project.up({ timeoutSeconds: 300 });
    expectSuccess(up, "created");
    const again = await project.up({ timeoutSeconds: 300 });
    expectSuccess(again, "unchanged");
    const destroy = await project.destroy({ timeoutSeconds: 300 });
    expectSuccess(destroy, "deleted");
    return { up: up.seconds, "up again": again.seconds, destroy: destroy.seconds };
  };
  return { name, round };
}

/** A run that made less measured nothing. */
function expectSuccess({ status, stdout, stderr }: RunResult, what: string): void {
  const count = Number(new RegExp(`^ +(?:[-+] )?(\\d+) ${what}$`, "m").exec(stdout)?.[1]);
  if (status !== 0 || count < RESOURCES) throw new Error(`not all ${what}:\n${stdout}${stderr}`);
}

async function main(): Promise<void> {
  execFileSync("ip", "link add lower up type veth peer name wire".split(" "));
  execFileSync("ip", "link set wire up".split(" "));
  const nothing = await contestant("do nothing", "do-nothing", "Nothing");
  const ours = await contestant("pulumi-macvlan", "pulumi-macvlan", "Macvlan");
  console.log(`${RESOURCES} resources, ${ROUNDS} rounds in turn`);
  const { up = Number.NaN } = await inTurn(nothing, ours, ROUNDS);
  const verdict = up <= LIMIT ? "within" : "ABOVE";
  console.log(`up: ${up.toFixed(2)} times the floor, ${verdict} the limit of ${LIMIT}`);
  if (!(up <= LIMIT)) process.exitCode = 1;
}

inSandbox(main);
