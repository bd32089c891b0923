/** A real OpenSSH server of a test's own: on loopback, with keys, settings and a log that nobody else uses. */
import { execFileSync, spawn } from "node:child_process";
import * as fs from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { childrenOf, commandName, eventually, runs } from "./processes";

export type KeyType = "ed25519" | "ecdsa" | "rsa";

export interface SshdOptions {
  /** Lines of sshd_config. They win over ours; `Match` blocks come last, as they must. */
  readonly config?: readonly string[];
  /** The network namespace it serves, by name. */
  readonly netns?: string;
  /**
   * No child of the tests' process, but of the namespace's first, as a host's own is. What an agent
   * behind it descends from is then nothing of the client's.
   */
  readonly orphan?: boolean;
  /** A command that runs the words behind it: `["unshare", "--mount", …]`. */
  readonly by?: readonly string[];
  /** The address it listens on; 127.0.0.1 by default. */
  readonly address?: string;
  /** A free port by default; 22 in a namespace of its own. */
  readonly port?: number;
  /** All three by default; an RSA key takes a tenth of a second or more to make. */
  readonly hostKeyTypes?: readonly KeyType[];
  /** A private host key that is there already, instead of new ones. Beside it lies its `.pub`. */
  readonly hostKey?: string;
  /** What it and its users read in /etc/machine-id; the machine's own by default. */
  readonly machineId?: string;
  /** A private key that may log in, as any user; a new one by default. Beside it lies its `.pub`. */
  readonly userKey?: string;
}

export class Sshd {
  readonly address: string;
  readonly port: number;
  readonly pid: number;
  /** A folder that goes with the server, for what else a test needs. */
  readonly folder: string;
  /** The public host keys, a line each. */
  readonly hostKeys: readonly string[];
  /** The path of a private key without passphrase that may log in. */
  readonly userKey: string;
  /** The path of a known_hosts file that has all host keys. */
  readonly knownHosts: string;

  private constructor(folder: string, port: number, options: SshdOptions) {
    const { address = "127.0.0.1", hostKeyTypes = ["ed25519", "ecdsa", "rsa"] } = options;
    const file = (name: string): string => join(folder, name);
    this.folder = folder;
    // sshd looks for a user's keys as that user.
    fs.chmodSync(folder, 0o755);
    this.port = port;
    this.address = address;
    this.userKey = options.userKey ?? makeKey(file("user"), "ed25519");
    const keys =
      options.hostKey === undefined
        ? hostKeyTypes.map((type) => makeKey(file(`host_${type}`), type))
        : [options.hostKey];
    this.hostKeys = keys.map((key) => fs.readFileSync(`${key}.pub`, "utf8").trim());
    this.knownHosts = file("known_hosts");
    const name = port === 22 ? address : `[${address}]:${port}`;
    fs.writeFileSync(this.knownHosts, this.hostKeys.map((key) => `${name} ${key}\n`).join(""));

    const lines = options.config ?? [];
    const match = lines.findIndex((line) => /^\s*match\b/i.test(line));
    const settings = match < 0 ? lines : lines.slice(0, match);
    const config = [
      ...settings,
      `Port ${port}`,
      `ListenAddress ${address}`,
      ...keys.map((key) => `HostKey ${key}`),
      `AuthorizedKeysFile ${this.userKey}.pub`,
      "PermitRootLogin yes",
      "UsePAM no",
      "StrictModes no",
      "PidFile none",
      "LogLevel VERBOSE",
      ...lines.slice(settings.length),
    ];
    fs.writeFileSync(file("sshd_config"), config.map((line) => `${line}\n`).join(""));

    const log = fs.openSync(file("log"), "a");
    const inside = options.netns === undefined ? [] : ["ip", "netns", "exec", options.netns];
    // It runs itself anew for each connection, and wants to be called by its whole path for that.
    const sshd = ["/usr/sbin/sshd", "-D", "-e", "-f", file("sshd_config")];
    const shared = [...inside, ...as(options.machineId, folder)];
    const words = [...(options.by ?? []), ...shared, ...sshd];
    if (options.orphan === true) {
      const start = ["-c", 'setsid "$@" >/dev/null & echo $!', "sh", ...words];
      const stdio = ["ignore", "pipe", log] as const;
      this.pid = Number(execFileSync("sh", start, { stdio: [...stdio] }));
    } else {
      const [program = "", ...args] = words;
      const child = spawn(program, args, { stdio: ["ignore", "ignore", log], detached: true });
      child.on("error", () => undefined);
      child.unref();
      this.pid = child.pid ?? 0;
    }
    fs.closeSync(log);
  }

  /** Resolves when it listens. Needs root. */
  static async start(options: SshdOptions = {}): Promise<Sshd> {
    fs.mkdirSync("/run/sshd", { recursive: true, mode: 0o755 });
    if (options.netns !== undefined)
      execFileSync("ip", ["-n", options.netns, "link", "set", "lo", "up"]);
    for (;;) {
      const folder = fs.mkdtempSync(join(tmpdir(), "pmv-sshd-"));
      const port = options.port ?? (options.netns === undefined ? await freePort() : 22);
      const sshd = new Sshd(folder, port, options);
      await eventually("sshd listens, or ends", () => sshd.listens || !runs(sshd.pid), 10_000);
      if (sshd.listens) return sshd;
      const said = sshd.log();
      sshd.stop();
      // Somebody else may have taken the port in between.
      if (options.port !== undefined || !said.includes("Address already in use")) {
        throw new Error(`sshd did not start: ${said}`);
      }
    }
  }

  /** What it logged since its start, at level VERBOSE. */
  log(): string {
    return fs.readFileSync(join(this.folder, "log"), "utf8");
  }

  /** Signals the listener and every connection's process, not what users run over them. */
  signal(signal: NodeJS.Signals): void {
    for (const pid of descendants(this.pid).filter((one) => commandName(one).startsWith("sshd"))) {
      try {
        process.kill(pid, signal);
      } catch {
        // It has ended since we looked.
      }
    }
  }

  /** Ends it and its connections at once; what users ran sees the end of its input. */
  stop(): void {
    this.signal("SIGKILL");
    fs.rmSync(this.folder, { recursive: true, force: true });
  }

  private get listens(): boolean {
    return this.log().includes("Server listening on");
  }
}

/** Makes a key pair without passphrase, or with one; answers `path`, where the private one is. */
export function makeKey(path: string, type: KeyType, passphrase = ""): string {
  const bits = type === "rsa" ? ["-b", "2048"] : [];
  execFileSync("ssh-keygen", [
    "-q",
    "-t",
    type,
    ...bits,
    "-N",
    passphrase,
    "-C",
    "test",
    "-f",
    path,
  ]);
  return path;
}

/** In a mount namespace of its own, which has another /etc/machine-id. */
function as(machineId: string | undefined, folder: string): string[] {
  if (machineId === undefined) return [];
  const path = join(folder, "machine-id");
  fs.writeFileSync(path, `${machineId}\n`);
  const script = 'mount --bind "$0" /etc/machine-id && exec "$@"';
  return ["unshare", "--mount", "sh", "-c", script, path];
}

function descendants(pid: number): number[] {
  return [pid, ...childrenOf(pid).flatMap(descendants)];
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
