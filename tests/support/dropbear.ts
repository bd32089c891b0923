/** A real dropbear of a test's own: an SSH server that is not OpenSSH's. */
import { execFileSync, spawn } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { OwnEtc } from "./own-etc";
import { childrenOf, eventually, runs } from "./processes";
import { freePort, makeKey } from "./sshd";

export class Dropbear {
  readonly address = "127.0.0.1";
  /** The path of a known_hosts file that has its key. */
  readonly knownHosts: string;
  /** The path of a private key that may log in as root. */
  readonly userKey: string;
  readonly etc: OwnEtc;
  private readonly pid: number;

  private constructor(
    private readonly folder: string,
    readonly port: number,
  ) {
    const file = (name: string): string => join(folder, name);
    this.userKey = makeKey(file("user"), "ed25519");
    this.etc = new OwnEtc(folder);
    this.etc.moveRoot();
    this.letIn("root");
    const key = execFileSync("dropbearkey", ["-t", "ed25519", "-f", file("host_key")], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
    const line = /^ssh-ed25519 \S+/m.exec(key)?.[0];
    this.knownHosts = file("known_hosts");
    writeFileSync(this.knownHosts, `[${this.address}]:${port} ${line}\n`);

    const log = openSync(file("log"), "a");
    const server = ["dropbear", "-F", "-E", "-r", file("host_key"), "-P", file("pid")];
    const [program = "", ...args] = [
      ...this.etc.inside,
      ...server,
      "-p",
      `${this.address}:${port}`,
    ];
    const child = spawn(program, args, { stdio: ["ignore", "ignore", log], detached: true });
    closeSync(log);
    child.on("error", () => undefined);
    child.unref();
    this.pid = child.pid ?? 0;
  }

  /** Resolves when it listens. Needs root. */
  static async start(): Promise<Dropbear> {
    for (;;) {
      const server = new Dropbear(mkdtempSync(join(tmpdir(), "pmv-dropbear-")), await freePort());
      const listens = (): boolean => server.log().includes("Not backgrounding");
      await eventually("dropbear listens, or ends", () => listens() || !runs(server.pid), 10_000);
      if (runs(server.pid)) return server;
      const said = server.log();
      server.stop();
      // Somebody else may have taken the port in between.
      if (!said.includes("Address already in use")) throw new Error(`It did not start: ${said}`);
    }
  }

  /** Its user key may log in as this user, too. */
  letIn(user: string): void {
    this.etc.put(user, ".ssh/authorized_keys", readFileSync(`${this.userKey}.pub`, "utf8"));
  }

  log(): string {
    return readFileSync(join(this.folder, "log"), "utf8");
  }

  /** Ends it and its connections at once; what users ran sees the end of its input. */
  stop(): void {
    for (const pid of [this.pid, ...childrenOf(this.pid)]) {
      try {
        process.kill(pid, "SIGKILL");
      } catch {
        // It has ended since we looked.
      }
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
}
