/** A host with two cards, a client beyond both of them, and a real sshd between the two. */
import { chmodSync } from "node:fs";
import type { Connection } from "../../provider/link/model";
import type { KernelLab } from "./kernel-lab";
import { Sshd } from "./sshd";

export const CLIENT = { first: "192.0.2.1", second: "198.51.100.1", ipv6: "2001:db8::1" } as const;
export const HOST = { first: "192.0.2.7", second: "198.51.100.7", ipv6: "2001:db8::7" } as const;

let count = 0;

export class CarriedHost {
  private constructor(
    readonly lab: KernelLab,
    /** The namespaces. */
    readonly netns: string,
    readonly client: string,
    private readonly sshd: Sshd,
  ) {}

  /**
   * `card0` leads to the client's `far0`, `card1` to `far1`; the client has its addresses, and the host
   * has none before the test gives it some. One who logs in as "tester" may become root.
   */
  static async start(lab: KernelLab): Promise<CarriedHost> {
    const [netns, client] = [lab.namespace(), lab.namespace()];
    for (const n of [0, 1]) lab.veth(netns, `card${n}`, `far${n}`, client);
    lab.ip(client, "addr", "add", `${CLIENT.first}/24`, "dev", "far0");
    lab.ip(client, "addr", "add", `${CLIENT.second}/24`, "dev", "far1");
    lab.ip(client, "addr", "add", `${CLIENT.ipv6}/64`, "dev", "far0", "nodad");
    const sshd = await Sshd.start({
      netns,
      orphan: true,
      by: AS_HOST,
      address: "::",
      config: ["ListenAddress 0.0.0.0"],
      hostKeyTypes: ["ed25519"],
    });
    // It reads a user's keys as that user.
    chmodSync(sshd.folder, 0o755);
    return new CarriedHost(lab, netns, client, sshd);
  }

  ip(...args: string[]): string {
    return this.lab.ip(this.netns, ...args);
  }

  /** One that ends with the lab, to a host that no test has seen before unless `id` says which. */
  connection(
    to: string,
    { user = "root", from = this.client, id = `carried${process.pid}-${++count}` }: Login = {},
  ): Connection & { readonly id: string } {
    const { sshd } = this;
    const known = ["-o", `UserKnownHostsFile=${sshd.knownHosts}`, "-o", "HostKeyAlias=::"];
    const ssh = ["ssh", "-F", "none", "-i", sshd.userKey, ...known, "-o", "BatchMode=yes"];
    const connection = {
      id,
      launcher: { command: ["ip", "netns", "exec", from, ...ssh, `${user}@${to}`] },
      python: "/usr/bin/python3",
      ...(user !== "root" && { sudo: true }),
    };
    this.lab.uses(connection);
    return connection;
  }

  stop(): void {
    this.sshd.stop();
  }
}

export interface Login {
  readonly user?: string;
  /** A namespace; the client's by default. */
  readonly from?: string;
  readonly id?: string;
}

/** Runs what follows it with a copy of /etc that nobody else sees, in which there is a user who may become root. */
const AS_HOST = [
  ...["unshare", "--mount", "sh", "-ec"],
  `mount -n -t tmpfs tmpfs /mnt
  cp -a /etc/. /mnt
  mount -n --bind /mnt /etc
  id tester >/dev/null 2>&1 || useradd -M -d / -s /bin/sh tester
  # Locked, it would not be let in.
  usermod -p '*' tester
  echo 'tester ALL=(root) NOPASSWD: ALL' >/etc/sudoers
  exec "$@"`,
  "sh",
];
