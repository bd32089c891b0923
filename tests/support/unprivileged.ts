/**
 * This repository and the Pulumi CLI as an ordinary user finds them, in the mount namespace of a
 * sandbox: readable wherever they really are, in a checkout of the user's own.
 */
import { execFileSync, spawnSync, type SpawnSyncReturns } from "node:child_process";
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { readdirSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const ROOT = join(__dirname, "../..");

/** nobody, who is on every machine and may nothing. */
export const USER = { uid: 65534, gid: 65534, name: "nobody" } as const;

export class UnprivilegedUser {
  readonly folder = mkdtempSync(join(tmpdir(), "macvlan-user-"));
  /** The repository; its top folder is the user's, and what is written there is gone at the end. */
  readonly checkout = this.make("checkout");
  readonly home = this.make("home");
  private readonly cli = this.make("cli");
  private readonly layers = this.make("layers");

  constructor() {
    chmodSync(this.folder, 0o755);
    const found = execFileSync(join(ROOT, "scripts/pulumi-cli"), { encoding: "utf8" }).trim();
    mount("--bind", found, this.cli);
    mount("-t", "tmpfs", "tmpfs", this.layers);
    const [upper, work] = [join(this.layers, "upper"), join(this.layers, "work")];
    mkdirSync(upper);
    mkdirSync(work);
    const options = `lowerdir=${ROOT},upperdir=${upper},workdir=${work}`;
    mount("-t", "overlay", "overlay", "-o", options, this.checkout);
    chownSync(this.checkout, USER.uid, USER.gid);
    chownSync(this.home, USER.uid, USER.gid);
  }

  get env(): NodeJS.ProcessEnv {
    return {
      HOME: this.home,
      USER: USER.name,
      LANG: process.env["LANG"] ?? "C.UTF-8",
      PATH: `${this.cli}:/usr/local/bin:/usr/bin:/bin`,
    };
  }

  /** Runs a command in the checkout, to its end. */
  run(file: string, args: readonly string[]): SpawnSyncReturns<string> {
    const { uid, gid } = USER;
    const where = { cwd: this.checkout, env: this.env, uid, gid };
    return spawnSync(file, args, { ...where, encoding: "utf8", timeout: 300_000 });
  }

  /** A folder with a `pulumi` in it that becomes the user first, who gets the project's folder. */
  pulumiAsUser(): string {
    const folder = this.make("bin");
    const { uid, gid } = USER;
    const lines = [
      "#!/bin/sh",
      `chown -hR ${uid}:${gid} "\${PULUMI_HOME%/home}"`,
      `export PATH="${this.env["PATH"]}" HOME="${this.home}" USER=${USER.name}`,
      `exec setpriv --reuid ${uid} --regid ${gid} --clear-groups pulumi "$@"`,
    ];
    writeFileSync(join(folder, "pulumi"), `${lines.join("\n")}\n`, { mode: 0o755 });
    return folder;
  }

  /** Processes of the user's, whoever started them. */
  processes(): string[] {
    return readdirSync("/proc").filter((pid) => {
      if (!/^\d+$/.test(pid)) return false;
      return statSync(`/proc/${pid}`, { throwIfNoEntry: false })?.uid === USER.uid;
    });
  }

  remove(): void {
    for (const folder of [this.checkout, this.layers, this.cli]) execFileSync("umount", [folder]);
    rmSync(this.folder, { recursive: true });
  }

  private make(name: string): string {
    const folder = join(this.folder, name);
    mkdirSync(folder, { mode: 0o755 });
    return folder;
  }
}

/** Seen in this sandbox only. */
function mount(...args: string[]): void {
  execFileSync("mount", ["-n", ...args]);
}
