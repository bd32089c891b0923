/**
 * 100 links on one host over SSH with the real CLI, beside what people do today, a dynamic provider that
 * runs `ssh HOST ip link …` for each, and beside 100 resources that do nothing at all.
 */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { Fleet, type FleetHost } from "../tests/support/fleet";
import { PulumiProject } from "../tests/support/pulumi-project";
import type { RunResult } from "../tests/support/pulumi-run";
import { inRootsSandbox } from "./in-sandbox";
import { type Contestant, inTurn } from "./in-turn";

const LINKS = Number(process.env["BENCH_LINKS"] ?? 100);
const ROUNDS = Number(process.env["BENCH_ROUNDS"] ?? 3);
/** How many times as long as ours the peer must take. */
const LEAST_ABOVE_US = 2.5;
/** How many times the floor ours may take. */
const MOST_ABOVE_FLOOR = { up: 1.15, destroy: 1.25 };

interface Package {
  readonly module: string;
  readonly type: string;
  readonly folder?: string;
  readonly makesLinks: boolean;
}

const NOTHING: Package = {
  module: "do-nothing",
  type: "Nothing",
  folder: join(__dirname, "../tests/support/do-nothing"),
  makesLinks: false,
};
const SSH_IP: Package = {
  module: "ssh-ip",
  type: "SshLink",
  folder: join(__dirname, "ssh-ip"),
  makesLinks: true,
};
const OURS: Package = { module: "pulumi-macvlan", type: "Macvlan", makesLinks: true };

async function contestant(fleet: Fleet, host: FleetHost, which: Package): Promise<Contestant> {
  const { module, type, folder, makesLinks } = which;
  const connection = {
    host: host.address,
    user: "root",
    privateKeyPath: fleet.userKey,
    knownHosts: [fleet.knownHosts],
  };
  const project = await PulumiProject.create({
    program: `
      const { ${type} } = require("${module}");
      const connection = ${JSON.stringify(connection)};
      for (let n = 0; n < ${LINKS}; n++)
        new ${type}("link" + n, { connection, lowerDevice: "eth0", mode: "bridge" });
    `,
    packages: folder === undefined ? [] : [folder],
  });
  process.once("exit", () => project.remove());
  const round = async () => {
    const up = await project.up({ timeoutSeconds: 300 });
    expectSuccess(up);
    expectLinks(fleet, host, makesLinks ? LINKS : 0);
    const destroy = await project.destroy({ timeoutSeconds: 300 });
    expectSuccess(destroy);
    expectLinks(fleet, host, 0);
    return { up: up.seconds, destroy: destroy.seconds };
  };
  return { name: module, round };
}

function expectSuccess({ status, stdout, stderr }: RunResult): void {
  if (status !== 0) throw new Error(`${stdout}${stderr}`);
}

/** A run that made less measured nothing. */
function expectLinks(fleet: Fleet, host: FleetHost, wanted: number): void {
  const there = fleet.links(host).length;
  if (there !== wanted) throw new Error(`${there} links are there, and not ${wanted}`);
}

function judge(ratio: number, what: string, isWithin: boolean, run = "up"): void {
  const verdict = isWithin ? "within" : "BEYOND";
  console.log(`${run}: ${ratio.toFixed(2)} times ${what}, ${verdict} the limit`);
  if (!isWithin) process.exitCode = 1;
}

/** `remote.Command` is a plugin from its vendor's release page, which no package registry has. */
function sayWhatIsMissing(): void {
  const plugins = execFileSync("pulumi", ["plugin", "ls"], { encoding: "utf8" });
  if (!/^command\s+resource/m.test(plugins))
    console.log("@pulumi/command's plugin is not installed: no row for remote.Command");
}

inRootsSandbox(async () => {
  const fleet = await Fleet.start(["alive"]);
  process.once("exit", () => fleet.stop());
  const [host] = fleet.hosts;
  if (host === undefined) throw new Error("There is no host");
  const [nothing, peer, ours] = [
    await contestant(fleet, host, NOTHING),
    await contestant(fleet, host, SSH_IP),
    await contestant(fleet, host, OURS),
  ];
  console.log(`${LINKS} links on one host over SSH, ${ROUNDS} rounds in turn`);
  sayWhatIsMissing();
  const { up: gain = Number.NaN } = await inTurn(ours, peer, ROUNDS);
  judge(gain, `as long for ssh-ip as for ours (${LEAST_ABOVE_US} or more)`, gain >= LEAST_ABOVE_US);
  const costs = await inTurn(nothing, ours, ROUNDS);
  for (const [run, most] of Object.entries(MOST_ABOVE_FLOOR)) {
    const cost = costs[run] ?? Number.NaN;
    judge(cost, `the floor (${most} or less)`, cost <= most, run);
  }
});
