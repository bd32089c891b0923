/** A machine with another kernel than this one's, behind a real sshd: `scripts/under-kernel` says what it sees. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Connection } from "../../provider/link/model";
import { eventually } from "./processes";
import { RemoteShell } from "./remote-shell";
import type { Run } from "./run-program";
import { freePort, makeKey } from "./sshd";

const SCRIPT = join(__dirname, "../../scripts/under-kernel");
// By software emulation, on a machine that does other things beside.
const BOOT_MS = 180_000;

export class VirtualMachine {
  readonly connection: Connection;
  readonly #ssh: readonly string[];
  readonly #folder: string;
  readonly #child: ChildProcess;
  #shell: RemoteShell | undefined;
  #said = "";

  private constructor(name: string, port: number) {
    const folder = mkdtempSync(join(tmpdir(), "pmv-machine-"));
    const file = (name: string): string => join(folder, name);
    const userKey = makeKey(file("user"), "ed25519");
    const hostKey = makeKey(file("host"), "ed25519");
    const knownHosts = file("known_hosts");
    writeFileSync(
      knownHosts,
      `[127.0.0.1]:${port} ${readFileSync(`${hostKey}.pub`, "utf8").trim()}\n`,
    );
    const settings = [
      `HostKey ${hostKey}`,
      `AuthorizedKeysFile ${userKey}.pub`,
      ...["PermitRootLogin yes", "UsePAM no", "StrictModes no", "PidFile none", "UseDNS no"],
    ];
    writeFileSync(file("sshd_config"), settings.map((line) => `${line}\n`).join(""));
    // It runs itself anew for each connection, and wants to be called by its whole path for that.
    const sshd = ["/usr/sbin/sshd", "-D", "-e", "-f", file("sshd_config")];
    const child = spawn(SCRIPT, ["--forward", String(port), name, ...sshd], {
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (data: Buffer) => void (this.#said += data.toString()));
    this.#child = child;
    this.#folder = folder;
    this.connection = {
      host: "127.0.0.1",
      port,
      user: "root",
      id: name,
      privateKeyPath: userKey,
      knownHosts: [knownHosts],
      launcher: "ssh2",
    };
    const options = ["-F", "none", "-o", `UserKnownHostsFile=${knownHosts}`, "-o", "BatchMode=yes"];
    this.#ssh = ["ssh", ...options, "-i", userKey, "-p", String(port), "root@127.0.0.1"];
  }

  /** Resolves when somebody can log in there. */
  static async start(packageName: string): Promise<VirtualMachine> {
    const machine = new VirtualMachine(packageName, await freePort());
    try {
      const hears = (): boolean => /Server listening/.test(machine.#said) || machine.#isOver;
      await eventually("the machine's sshd listens, or it ends", hears, BOOT_MS);
      if (machine.#isOver) throw new Error(`It did not start: ${machine.#said}`);
      machine.#shell = new RemoteShell(machine.#ssh, machine.#folder);
      return machine;
    } catch (error) {
      await machine.stop();
      throw error;
    }
  }

  /** Runs a program there. */
  get run(): Run {
    if (this.#shell === undefined) throw new Error("The machine does not run yet");
    return this.#shell.run;
  }

  get #isOver(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  async stop(): Promise<void> {
    this.#shell?.end();
    const gone = this.#isOver ? undefined : once(this.#child, "exit");
    this.#child.kill();
    await gone;
    rmSync(this.#folder, { recursive: true });
  }
}
