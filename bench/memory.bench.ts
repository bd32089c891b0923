/**
 * Memory as PSS: shared pages count in proportion to how many processes share them.
 * The agent with its watchdog after many links; the provider process at the end of an `up`, beside
 * that of a provider that does nothing; and the provider's work for ten thousand links over its start.
 */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { openHost } from "../provider/host/open-host";
import { createLink } from "../provider/resources/link";
import { childrenOf } from "../tests/support/processes";
import { PulumiProject } from "../tests/support/pulumi-project";
import { inSandbox } from "./in-sandbox";
import { config, inputsOf, linksToMake } from "./links-to-make";
import { expectLinks, GROUP, onFreshLowerDevice } from "./lower-device";
import { median } from "./measure";
import { mostOfProvider, pssOf } from "./pss";
import { table } from "./table";

const ROUNDS = Number(process.env["BENCH_ROUNDS"] ?? 5);
const LINKS = 100;
const MANY_LINKS = 2000;
/** MiB. */
const AGENT_LIMIT = 20;
const PROVIDER_LIMIT = 40;
const TEN_THOUSAND = Number(process.env["BENCH_LINKS"] ?? 10_000);
/** As many as the engine asks for at once on a large machine. */
const AT_ONCE = 64;
const GROWTH_LIMIT = 150;

/** One agent for all, so that what it keeps of the first links shows with the last. */
async function agentAfter(count: number, round: number): Promise<string[]> {
  const { session } = await openHost({}, config);
  await onFreshLowerDevice(async (lower) => {
    const inputs = await Promise.all(
      linksToMake(count, round).map((link) => inputsOf(link, lower)),
    );
    await Promise.all(inputs.map((each) => createLink({ inputs: each, config })));
    expectLinks(lower, count);
  });
  const [agent, ...watchdogs] = [session.hello.pid, ...childrenOf(session.hello.pid)].map(
    (pid) => pssOf(pid) ?? Number.NaN,
  );
  const watchdog = watchdogs.reduce((sum, each) => sum + each, 0);
  const both = (agent ?? Number.NaN) + watchdog;
  judge(both, AGENT_LIMIT);
  return [
    `agent and watchdog, ${count} links`,
    mib(agent),
    mib(watchdog),
    mib(both),
    `≤ ${AGENT_LIMIT}`,
  ];
}

/** The highest of a run, which its end cannot exceed. */
async function providerOf(project: PulumiProject): Promise<number> {
  const run = project.start("up", { timeoutSeconds: 300 });
  const most = await mostOfProvider(run, 50);
  const { status, stdout, stderr } = await run.ended();
  if (status !== 0 || most === 0) throw new Error(`no provider to measure:\n${stdout}${stderr}`);
  const destroy = await project.destroy({ timeoutSeconds: 300 });
  if (destroy.status !== 0) throw new Error(`${destroy.stdout}${destroy.stderr}`);
  return most;
}

const program = (module: string, type: string): string => `
  const { ${type} } = require("${module}");
  for (let n = 0; n < ${LINKS}; n++) new ${type}("link" + n, { lowerDevice: "lower", mode: "bridge" });
`;

async function providers(): Promise<string[]> {
  execFileSync("ip", "link add lower up type veth peer name wire".split(" "));
  const nothing = await PulumiProject.create({
    program: program("do-nothing", "Nothing"),
    packages: [join(__dirname, "../tests/support/do-nothing")],
  });
  const ours = await PulumiProject.create({ program: program("pulumi-macvlan", "Macvlan") });
  process.once("exit", () => [nothing, ours].forEach((project) => project.remove()));
  const taken: { floor: number[]; ours: number[] } = { floor: [], ours: [] };
  for (let round = 0; round < ROUNDS; round++) {
    taken.floor.push(await providerOf(nothing));
    taken.ours.push(await providerOf(ours));
  }
  const [floor, most] = [median(taken.floor), median(taken.ours)];
  judge(most - floor, PROVIDER_LIMIT);
  return [
    `provider, ${LINKS} links`,
    mib(most),
    mib(floor),
    mib(most - floor),
    `≤ ${PROVIDER_LIMIT}`,
  ];
}

/** All of them through the door that Pulumi saves, in a process of their own. */
function growth(): Promise<string[]> {
  return onFreshLowerDevice(async (lower) => {
    const args = [lower.name, TEN_THOUSAND, AT_ONCE, GROUP].map(String);
    const printed = execFileSync(process.execPath, [join(__dirname, "through-door.js"), ...args]);
    expectLinks(lower, TEN_THOUSAND);
    const { start, most } = JSON.parse(printed.toString()) as { start: number; most: number };
    judge(most - start, GROWTH_LIMIT);
    return [
      `provider, ${TEN_THOUSAND} links, ${AT_ONCE} at once`,
      mib(most),
      mib(start),
      mib(most - start),
      `≤ ${GROWTH_LIMIT}`,
    ];
  });
}

function judge(found: number, limit: number): void {
  if (!(found <= limit)) process.exitCode = 1;
}

function mib(value = Number.NaN): string {
  return value.toFixed(1);
}

inSandbox(async () => {
  const agents = [await agentAfter(LINKS, 1), await agentAfter(MANY_LINKS, 2)];
  console.log(table(["MiB of PSS", "agent", "watchdog", "together", "limit"], agents));
  console.log(
    `\n${table(["MiB of PSS", "at most", "at start", "above", "limit"], [await growth()])}`,
  );
  const row = await providers();
  console.log(
    `\n${table(["MiB of PSS, most of an up", "ours", "do nothing", "above", "limit"], [row])}`,
  );
  console.log(`Medians of ${ROUNDS}, in turn.`);
});
