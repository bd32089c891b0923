/** The examples as a newcomer runs them: hosts in a list, the key where ssh looks for it, and one host that is dead. */
import assert from "node:assert/strict";
import { cpSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Fleet, type FleetHost, type Life } from "../support/fleet";
import { refuseOutsideSandbox } from "../support/kernel-guard";
import { PulumiProject } from "../support/pulumi-project";
import type { RunResult } from "../support/pulumi-run";

const EXAMPLES = join(__dirname, "../../examples");

/** A home folder with ssh's own files, and a project with one of the examples. */
class Newcomer {
  private constructor(
    readonly fleet: Fleet,
    readonly project: PulumiProject,
    private readonly home: string,
  ) {}

  static async start(example: string, lives: readonly Life[]): Promise<Newcomer> {
    const fleet = await Fleet.start(lives);
    const home = mkdtempSync(join(tmpdir(), "pmv-home-"));
    mkdirSync(join(home, ".ssh"));
    cpSync(fleet.userKey, join(home, ".ssh/id_ed25519"));
    cpSync(fleet.knownHosts, join(home, ".ssh/known_hosts"));
    const folder = join(EXAMPLES, example);
    const env = { HOME: home, SSH_AUTH_SOCK: "" };
    const project = await PulumiProject.create({ folder, env });
    // As npm init makes it.
    project.write("package.json", '{ "name": "program", "main": "index.js" }');
    return new Newcomer(fleet, project, home);
  }

  host(n: number): FleetHost {
    return this.fleet.hosts[n] ?? assert.fail();
  }

  /** A host's links in the words of `ip`: name, kind, mode, address, and whether it is up. */
  shown(n: number): unknown[] {
    return this.fleet.links(this.host(n)).map(({ ifname, linkinfo, address, flags, link }) => ({
      ifname,
      kind: linkinfo?.info_kind,
      mode: linkinfo?.info_data?.mode,
      address,
      up: flags.includes("UP"),
      link,
    }));
  }

  remove(): void {
    this.project.remove();
    this.fleet.stop();
    rmSync(this.home, { recursive: true, force: true });
  }
}

/** What `shown` has to say of a link. */
const standing = (ifname: string, kind: string, address: unknown): unknown => ({
  ifname,
  kind,
  mode: "bridge",
  address,
  up: true,
  link: "eth0",
});

const succeeded = ({ status, stdout, stderr }: RunResult): void =>
  assert.equal(status, 0, stdout + stderr);

describe("the remote example", function () {
  this.timeout(240_000);
  let newcomer: Newcomer;
  before(async () => {
    refuseOutsideSandbox();
    newcomer = await Newcomer.start("remote", ["alive"]);
  });
  after(() => newcomer?.remove());

  it("makes its links on the host that the configuration names, with the key that ssh would take", async () => {
    const { project } = newcomer;
    await project.config("host", newcomer.host(0).address);
    const up = await project.up({ preview: true });
    succeeded(up);
    assert.doesNotMatch(up.stdout + up.stderr, /was not checked|warning/i);
    const { webLink, webMac, vmMac, tapDevice } = await project.outputs();
    assert.equal(webLink, "web");
    assert.match(String(tapDevice), /^\/dev\/tap\d+$/);
    assert.deepEqual(newcomer.shown(0), [
      standing("vm1", "macvtap", vmMac),
      standing("web", "macvlan", webMac),
    ]);
    // The preview and the run are a process each.
    assert.equal(newcomer.fleet.logins(newcomer.host(0)), 2);
  });

  it("needs nothing a second time, and leaves nothing in the end", async () => {
    const again = await newcomer.project.up();
    succeeded(again);
    assert.match(again.stdout, /3 unchanged/);
    succeeded(await newcomer.project.destroy());
    assert.deepEqual(newcomer.shown(0), []);
  });
});

describe("the fleet example", function () {
  this.timeout(300_000);
  let newcomer: Newcomer;
  const names = ["hv1", "hv2", "hv3"];
  const dead = 1;

  before(async () => {
    refuseOutsideSandbox();
    newcomer = await Newcomer.start("fleet", ["alive", "refuses", "alive"]);
    const hosts = names.map((name, n) => ({ name, host: newcomer.host(n).address }));
    for (const [n, { name, host }] of hosts.entries()) {
      await newcomer.project.pulumi("config", "set", "--path", `hosts[${n}].name`, name);
      await newcomer.project.pulumi("config", "set", "--path", `hosts[${n}].host`, host);
    }
  });
  after(() => newcomer?.remove());

  const allStand = async (which: readonly number[]): Promise<void> => {
    const { resources } = await newcomer.project.export();
    const mac = (name: string): unknown =>
      resources.find(({ urn }) => urn.endsWith(`::${name}`))?.outputs?.["macAddress"];
    for (const n of which)
      assert.deepEqual(newcomer.shown(n), [
        standing("db", "macvlan", mac(`${names[n]}-db`)),
        standing("vm1", "macvtap", mac(`${names[n]}-vm1`)),
        standing("web", "macvlan", mac(`${names[n]}-web`)),
      ]);
  };

  it("makes the links of the hosts that live, and says of the dead one what is wrong", async () => {
    const run = await newcomer.project.up({ args: ["--continue-on-error"] });
    assert.notEqual(run.status, 0);
    await allStand([0, 2]);
    const errors = (run.stdout + run.stderr).match(/^ +error: Cannot .*$/gm) ?? [];
    assert.equal(errors.length, 3, run.stdout + run.stderr);
    const { address } = newcomer.host(dead);
    const what = `Cannot connect on ${address}: nothing listens on that port (ECONNREFUSED).`;
    for (const error of errors) assert.ok(error.includes(what), error);
  });

  it("goes on from there when the host is back", async () => {
    await newcomer.fleet.revive(newcomer.host(dead));
    const run = await newcomer.project.up();
    succeeded(run);
    assert.match(run.stdout, /\+ 3 created/);
    await allStand([0, 1, 2]);
    const { links } = (await newcomer.project.outputs()) as {
      links: Record<string, { web: string; vm1: { macAddress: string } }>;
    };
    assert.deepEqual(Object.keys(links).sort(), names);
    assert.equal(new Set(Object.values(links).map(({ web }) => web)).size, names.length);
  });

  it("keeps what the state says of a host that is dead while the others are refreshed", async () => {
    newcomer.host(dead).sshd?.stop();
    const env = { PULUMI_MACVLAN_UNREACHABLE: "keep" };
    const refresh = await newcomer.project.refresh({ env });
    succeeded(refresh);
    assert.match(refresh.stdout, /WARNING: Cannot read macvlan web.*believed, unseen/);
  });

  it("lets go of a dead host that has left the list, where it is told to", async () => {
    await newcomer.project.pulumi("config", "rm", "--path", `hosts[${dead}]`);
    const failed = await newcomer.project.up();
    assert.notEqual(failed.status, 0);
    assert.match(failed.stdout + failed.stderr, /Cannot connect on .*nothing listens on that port/);
    const env = { PULUMI_MACVLAN_UNREACHABLE: "forget" };
    const run = await newcomer.project.up({ env });
    succeeded(run);
    assert.match(run.stdout, /WARNING: Cannot delete macvlan web.*may still be there/);
    await allStand([0, 2]);
    succeeded(await newcomer.project.destroy());
    assert.deepEqual([newcomer.shown(0), newcomer.shown(2)], [[], []]);
  });
});
