/** A real DHCP client on a link of ours, with a real server beyond its lower device. */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { addressesShown } from "../support/ip-around";
import { useLab } from "../support/kernel-lab";
import { LinkResource } from "../support/link-resource";
import { eventually } from "../support/processes";
import { putProgram } from "../support/programs";

/** Seconds. The client renews when a test says so. */
const LEASE = 600;
const LEASED = "192.0.2.100/24";

describe("A DHCP client beside us", function () {
  this.timeout(120_000);
  const lab = useLab();
  const running: ChildProcess[] = [];
  let folder = "";
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "pulumi-macvlan-dhcp-"))));
  afterEach(async () => {
    for (const child of running.splice(0)) {
      const gone = child.exitCode === null && child.signalCode === null && once(child, "exit");
      child.kill("SIGKILL");
      await gone;
    }
    rmSync(folder, { recursive: true });
  });

  const run = (netns: string, ...command: readonly string[]): void =>
    void running.push(spawn("ip", ["netns", "exec", netns, ...command], { stdio: "ignore" }));
  /** How often the client was told so since. */
  const heard = (what: "bound" | "renew"): number =>
    readFileSync(join(folder, "heard"), "utf8")
      .split("\n")
      .filter((line) => line === what).length;

  /** A server that gives one address, and a client on the link that keeps it. */
  function lease(netns: string, server: string): void {
    lab().ip(server, "address", "add", "192.0.2.1/24", "dev", "wire");
    writeFileSync(join(folder, "heard"), "");
    writeFileSync(join(folder, "leases"), "");
    const conf = [
      ["start", "192.0.2.100"],
      ["end", "192.0.2.100"],
      ["interface", "wire"],
      ["min_lease", `${LEASE}`],
      ["option lease", `${LEASE}`],
      ["option subnet", "255.255.255.0"],
      ["lease_file", join(folder, "leases")],
      ["pidfile", join(folder, "server.pid")],
    ];
    writeFileSync(join(folder, "conf"), conf.map((line) => `${line.join(" ")}\n`).join(""));
    run(server, "busybox", "udhcpd", "-f", join(folder, "conf"));
    // What a client's script does, of its own address alone.
    const script = `case "$1" in
      bound|renew)
        ip address replace "$ip/$mask" dev "$interface" valid_lft "$lease" preferred_lft "$lease"
        echo "$1" >> ${join(folder, "heard")} ;;
    esac`;
    const client = ["udhcpc", "-f", "-i", "web", "-A", "1", "-t", "20", "-s"];
    run(netns, "busybox", ...client, putProgram(folder, "script", script));
  }

  async function leased(args: object): Promise<{ netns: string; link: LinkResource }> {
    const [netns, server] = [lab().namespace(), lab().namespace()];
    lab().veth(netns, "lower", "wire", server);
    const where = { lowerDevice: "lower", lowerNetns: netns, mode: "bridge", name: "web" };
    const link = new LinkResource(lab(), { ...where, ...args });
    await link.create();
    lease(netns, server);
    await eventually("a lease", () => addressesShown(lab(), netns, "web").includes(LEASED), 30_000);
    return { netns, link };
  }
  const renewed = async (): Promise<void> => {
    const before = heard("renew");
    running.at(-1)?.kill("SIGUSR1");
    await eventually("the lease is renewed", () => heard("renew") > before, 30_000);
  };

  it("keeps its lease through our changes, a refresh and an update, and we keep what is declared", async () => {
    // One in the network of the lease, which the kernel counts among its own.
    const addresses = ["192.0.2.10/24", "198.51.100.9/24"];
    const { netns, link } = await leased({ addresses });
    const shown = (): string[] => addressesShown(lab(), netns, "web");
    assert.deepEqual(shown(), [...addresses, LEASED].sort());
    assert.deepEqual((await link.refresh()).addresses, addresses);
    assert.equal((await link.diff()).changes, "none");
    await renewed();
    // The first of its network goes: the kernel would take the leased one along.
    const fewer = { ...link.args, addresses: ["198.51.100.9/24", "203.0.113.1/24"], mtu: 1400 };
    await link.update(fewer);
    assert.deepEqual(shown(), [...fewer.addresses, LEASED].sort());
    await renewed();
    assert.deepEqual((await link.refresh()).addresses, fewer.addresses);
    assert.equal((await link.diff(fewer)).changes, "none");
    // The client had one lease all the while.
    assert.equal(heard("bound"), 1);
    assert.deepEqual(shown(), [...fewer.addresses, LEASED].sort());
    await link.delete();
    assert.equal(lab().link(netns, "web"), undefined);
  });

  it("loses its address to exclusive, and takes it back at its next renewal, which is drift then", async () => {
    const { netns, link } = await leased({ addresses: ["192.0.2.10/24"] });
    const shown = (): string[] => addressesShown(lab(), netns, "web");
    const exclusive = { ...link.args, exclusive: true };
    await link.update(exclusive);
    assert.deepEqual(shown(), ["192.0.2.10/24"]);
    await renewed();
    assert.deepEqual(shown(), ["192.0.2.10/24", LEASED]);
    assert.ok((await link.refresh()).addresses?.includes(LEASED));
    assert.notEqual((await link.diff(exclusive)).changes, "none");
  });
});
