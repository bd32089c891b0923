/** A host behind a real sshd, reached through a proxy that can fail; its links stand in a lab. */
import { readdirSync, readFileSync } from "node:fs";
import type { Connection, Kind } from "../../provider/link/model";
import { FaultProxy } from "./fault-proxy";
import type { KernelLab } from "./kernel-lab";
import { type Arguments, LinkResource } from "./link-resource";
import { eventually, runs } from "./processes";
import type { Sshd } from "./sshd";

let made = 0;

export class LossyHost {
  readonly #connections: Connection[] = [];

  private constructor(
    readonly lab: KernelLab,
    readonly netns: string,
    readonly sshd: Sshd,
    readonly proxy: FaultProxy,
  ) {}

  static async start(lab: KernelLab, sshd: Sshd): Promise<LossyHost> {
    const proxy = await FaultProxy.start({ host: sshd.address, port: sshd.port });
    return new LossyHost(lab, lab.host(), sshd, proxy);
  }

  /** Past the proxy where `more` says so. */
  connection(more: Connection = {}): Connection {
    // As check leaves it, without a comment: what is asked past check shares the session then.
    const hostKey = (this.sshd.hostKeys[0] ?? "").split(" ").slice(0, 2).join(" ");
    const connection: Connection = {
      host: this.proxy.host,
      port: this.proxy.port,
      user: "root",
      privateKeyPath: this.sshd.userKey,
      hostKey,
      dialErrorLimit: 0,
      ...more,
    };
    this.lab.uses(connection);
    this.#connections.push(connection);
    return connection;
  }

  /** A link with a step of every sort after the creating message. */
  link(connection: Connection, kind: Kind = "macvlan", more: Arguments = {}): LinkResource {
    return new LinkResource(this.lab, {
      kind,
      lowerDevice: "lower",
      lowerNetns: this.netns,
      group: 5,
      mtu: 1400,
      alias: "all of it",
      altNames: [`lossy-${++made}`],
      addrGenMode: "random",
      ...(kind === "macvtap" && { tap: { owner: "daemon" } }),
      connection,
      ...more,
    });
  }

  /** Ends every session, and waits until no agent and no watchdog is left. */
  async end(): Promise<void> {
    this.proxy.pass();
    for (const connection of this.#connections.splice(0)) await this.lab.endSession(connection);
    await this.proxy.stop();
    await eventually("no agent and no watchdog is left", () => agents().length === 0, 20_000);
  }
}

/** Agents and watchdogs of this sandbox: both have the program's marker in their command line. */
export function agents(): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => runs(pid) && /pulumi-macvlan-[0-9a-f]{32}/.test(commandLine(pid)));
}

function commandLine(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8");
  } catch {
    return "";
  }
}
