/** Fifty hosts with four links each, in one run: each host is reached once, and dead ones harm no others. */
import assert from "node:assert/strict";
import { Dials } from "../support/dials";
import { Fleet, type FleetHost, type Life } from "../support/fleet";
import { refuseOutsideSandbox } from "../support/kernel-guard";
import { PulumiProject } from "../support/pulumi-project";
import type { RunResult } from "../support/pulumi-run";

const HOSTS = 50;
const KINDS = ["Macvlan", "Macvtap", "Macvlan", "Macvlan"];
const LINKS = HOSTS * KINDS.length;
/** Attempts to reach a host that may fail before one more is not made. */
const DIAL_ERROR_LIMIT = 1;

const program = ({ hosts, userKey, knownHosts }: Fleet): string => `
  const macvlan = require("pulumi-macvlan");
  for (const [n, host] of ${JSON.stringify(hosts.map(({ address }) => address))}.entries()) {
    const connection = {
      host, user: "root", privateKeyPath: "${userKey}", knownHosts: ["${knownHosts}"],
      perDialTimeout: 2, dialErrorLimit: ${DIAL_ERROR_LIMIT}, deadline: 15,
    };
    for (const [m, kind] of ${JSON.stringify(KINDS)}.entries())
      new macvlan[kind](\`h\${n}-\${m}\`, {
        connection, lowerDevice: "eth0", mode: "bridge", name: \`link\${m}\`, mtu: 1400 + m,
      });
  }
`;

/** A host's links as the program wants them, in the words of \`ip\`. */
const wanted = KINDS.map((kind, m) => [`link${m}`, kind.toLowerCase(), "bridge", 1400 + m, "UP"]);
const shown = (fleet: Fleet, host: FleetHost): unknown[] =>
  fleet
    .links(host)
    .map(({ ifname, mtu, linkinfo, flags }) => [
      ifname,
      linkinfo?.info_kind,
      linkinfo?.info_data?.mode,
      mtu,
      flags.includes("UP") ? "UP" : "down",
    ]);

/** Under each resource that failed; under the program there is no more than that it failed. */
const errorsOf = ({ stdout, stderr }: RunResult): string[] =>
  (stdout + stderr).match(/^ +error: Cannot .*$/gm) ?? [];

describe("a fleet of fifty hosts", function () {
  this.timeout(600_000);
  let dials: Dials;
  let fleet: Fleet | undefined;
  let project: PulumiProject | undefined;

  before(async () => {
    refuseOutsideSandbox();
    dials = await Dials.watch();
  });
  afterEach(() => {
    project?.remove();
    fleet?.stop();
    [project, fleet] = [undefined, undefined];
    dials.clear();
  });
  after(() => dials?.stop());

  async function up(lives: readonly Life[], ...args: string[]): Promise<[Fleet, RunResult]> {
    const began = performance.now();
    fleet = await Fleet.start(lives);
    project = await PulumiProject.create({ program: program(fleet) });
    const ready = (performance.now() - began) / 1000;
    const result = await project.up({ args, timeoutSeconds: 400 });
    console.log(
      `      ${ready.toFixed(1)} s to set up, ${result.seconds.toFixed(1)} s for the run`,
    );
    return [fleet, result];
  }

  it("has all its links after one run, over one connection to each host", async () => {
    const [{ hosts, alive }, result] = await up(Array<Life>(HOSTS).fill("alive"));
    assert.equal(result.status, 0, result.stdout + result.stderr);
    assert.equal(alive.length, HOSTS);
    for (const host of hosts) {
      assert.deepEqual(shown(fleet as Fleet, host), wanted);
      assert.equal(fleet?.logins(host), 1, host.address);
      assert.equal(dials.of(host.address), 1, host.address);
    }
  });

  it("has those of the living where five hosts are dead, and an error for each of the others", async () => {
    const lives = Array.from({ length: HOSTS }, (_, n): Life => {
      if (n % 10 !== 5) return "alive";
      return n < 30 ? "refuses" : "silent";
    });
    const [{ hosts }, result] = await up(lives, "--continue-on-error");
    assert.notEqual(result.status, 0);
    const errors = errorsOf(result);
    for (const [n, host] of hosts.entries()) {
      const said = errors.filter((line) => line.includes(`${host.address}:`));
      const tried = dials.of(host.address);
      if (lives[n] === "alive") {
        assert.deepEqual(shown(fleet as Fleet, host), wanted);
        assert.deepEqual([said, tried, fleet?.logins(host)], [[], 1, 1], host.address);
        continue;
      }
      const why =
        lives[n] === "refuses" ? /nothing listens on that port/ : /no answer within 2 seconds/;
      assert.equal(said.length, KINDS.length, `${host.address}:\n${result.stdout}${result.stderr}`);
      for (const line of said) assert.match(line, why);
      assert.ok(tried >= 1 && tried <= 1 + DIAL_ERROR_LIMIT, `${tried} dials of ${host.address}`);
    }
    assert.equal(errors.length, LINKS / 10);
  });
});
