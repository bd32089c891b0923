/**
 * Hosts of a test's own, as a network has them: each a network namespace with an address on its `eth0`,
 * an sshd and a machine-id of its own, on a wire to the namespace in which the test runs.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { IpLink } from "./ip-link";
import { makeKey, Sshd } from "./sshd";

export interface FleetHost {
  readonly netns: string;
  readonly address: string;
  /** Nobody answers where it is dead. */
  readonly sshd: Sshd | undefined;
}

/** Dead: on port 22 nothing listens, or nobody has the address and every packet is lost. */
export type Life = "alive" | "refuses" | "silent";

const SILENT_MAC = "02:00:00:00:de:ad";

export class Fleet {
  /** The path of a private key that may log in anywhere. */
  readonly userKey: string;
  /** The path of a known_hosts file that has all of them. */
  readonly knownHosts: string;
  hosts: readonly FleetHost[] = [];
  readonly #folder = mkdtempSync(join(tmpdir(), "pmv-fleet-"));

  private constructor(private readonly config: readonly string[]) {
    this.userKey = makeKey(join(this.#folder, "user"), "ed25519");
    this.knownHosts = join(this.#folder, "known_hosts");
  }

  /** `config`: lines for each host's sshd_config. */
  static async start(lives: readonly Life[], config: readonly string[] = []): Promise<Fleet> {
    const fleet = new Fleet(config);
    try {
      await fleet.#start(lives);
      return fleet;
    } catch (error) {
      fleet.stop();
      throw error;
    }
  }

  async #start(lives: readonly Life[]): Promise<void> {
    const hostKey = makeKey(join(this.#folder, "host"), "ed25519");
    const places = lives.map((life, n) => ({
      life,
      netns: `fleet${process.pid}-${n}`,
      address: `10.77.${n}.2`,
    }));
    this.hosts = places.map((place) => ({ ...place, sshd: undefined }));
    batch(
      [],
      places.map(({ netns }) => `netns add ${netns}`),
    );
    // A wire for each, and no bridge: what one host's links say to all is not carried to the others.
    batch(
      [],
      places.flatMap(({ netns, life }, n) => [
        `link add wire${n} up type veth peer name eth0 netns ${netns}`,
        `address add 10.77.${n}.1/24 dev wire${n}`,
        ...(life === "silent"
          ? [`neighbour add 10.77.${n}.2 lladdr ${SILENT_MAC} dev wire${n} nud permanent`]
          : []),
      ]),
    );
    for (const { netns, address, life } of places)
      batch(
        ["-n", netns],
        [
          "link set lo up",
          "link set eth0 up",
          ...(life === "silent" ? [] : [`address add ${address}/24 dev eth0`]),
        ],
      );
    const names = places.map(({ address }) => address).join(",");
    writeFileSync(this.knownHosts, `${names} ${readFileSync(`${hostKey}.pub`, "utf8")}`);
    this.hosts = await Promise.all(
      places.map(async ({ netns, address, life }, n) => ({
        netns,
        address,
        sshd: life === "alive" ? await this.#serve(netns, address, n) : undefined,
      })),
    );
  }

  /** A host of which nobody answered is alive from now on. */
  async revive(host: FleetHost): Promise<void> {
    const sshd = await this.#serve(host.netns, host.address, this.hosts.indexOf(host));
    this.hosts = this.hosts.map((each) => (each === host ? { ...host, sshd } : each));
  }

  #serve(netns: string, address: string, n: number): Promise<Sshd> {
    const { userKey, config } = this;
    const hostKey = join(this.#folder, "host");
    const machineId = (n + 1).toString(16).padStart(32, "f");
    return Sshd.start({ netns, address, hostKey, userKey, machineId, config });
  }

  get alive(): readonly FleetHost[] {
    return this.hosts.filter(({ sshd }) => sshd !== undefined);
  }

  /** How often somebody logged in there, by the host's own log. */
  logins({ sshd }: FleetHost): number {
    return sshd?.log().match(/Accepted publickey/g)?.length ?? 0;
  }

  /** Macvlans and macvtaps as `ip -d -j link` shows them there, sorted by name. */
  links({ netns }: FleetHost): IpLink[] {
    const shown = execFileSync("ip", ["-n", netns, "-d", "-j", "link"], { encoding: "utf8" });
    return (JSON.parse(shown) as IpLink[])
      .filter(({ linkinfo }) => /^macv/.test(linkinfo?.info_kind ?? ""))
      .sort((a, b) => (a.ifname < b.ifname ? -1 : 1));
  }

  stop(): void {
    // Not left to the end of the namespaces: an agent that is leaving still holds its own.
    const wires = readdirSync("/sys/class/net").filter((name) => /^wire\d+$/.test(name));
    batch(
      [],
      wires.map((wire) => `link del ${wire}`),
    );
    for (const { netns, sshd } of this.hosts) {
      sshd?.stop();
      execFileSync("ip", ["netns", "del", netns]);
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

function batch(options: readonly string[], lines: readonly string[]): void {
  execFileSync("ip", [...options, "-batch", "-"], { input: lines.join("\n"), encoding: "utf8" });
}
