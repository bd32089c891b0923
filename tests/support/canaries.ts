/** Canaries in the place of credentials, hosts that want them, and the search for where they are seen. */
import assert from "node:assert/strict";
import { appendFileSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { HostWithAccounts } from "./host-with-accounts";
import { putProgram } from "./programs";
import { SeenProcesses } from "./seen-processes";
import { makeKey } from "./sshd";

const CANARY = "s3cret-canary";
/** The password of every account on the host, for sudo too. */
export const LOGIN = `${CANARY}-of-login`;
/** That of the account on the jump host. */
export const HOP = `${CANARY}-of-hop`;
/** What opens the private key. */
export const PHRASE = `${CANARY}-of-phrase`;
/** Nobody's. */
export const WRONG = `${CANARY}-of-nobody`;

export class Canaries {
  readonly processes: SeenProcesses;
  private readonly texts: readonly string[];

  private constructor(
    readonly host: HostWithAccounts,
    readonly jump: HostWithAccounts,
    /** The text of a private key that may log in. */
    readonly key: string,
  ) {
    // The first lines of a key say what it is; each has these.
    this.texts = [CANARY, ...key.split("\n").slice(2, -2)];
    this.processes = new SeenProcesses(this.texts, () => [host.sshd.pid, jump.sshd.pid]);
    this.sudoers("tester ALL=(ALL) ALL");
  }

  /** Hosts that log all that they can. */
  static async start(): Promise<Canaries> {
    const config = ["LogLevel DEBUG3"];
    const host = await HostWithAccounts.start({ config });
    const jump = await HostWithAccounts.start({ config });
    jump.etc.add("hopper", { password: HOP });
    const { etc, folder, sshd } = host;
    const menu = 'echo "1) reboot"; read choice; echo "no such choice: $choice"; exit 1';
    for (const [user, shell] of [
      ["tester", "/bin/sh"],
      ["nologin", "/usr/sbin/nologin"],
      ["menu", putProgram(folder, "menu", menu)],
      ["echo", putProgram(folder, "echo", "exec cat")],
    ] as const)
      etc.add(user, { shell, password: LOGIN });
    const key = makeKey(join(folder, "encrypted"), "ed25519", PHRASE);
    appendFileSync(`${sshd.userKey}.pub`, readFileSync(`${key}.pub`));
    return new Canaries(host, jump, readFileSync(key, "utf8"));
  }

  /** sudo records all that comes and goes, as it is. */
  sudoers(...rules: readonly string[]): void {
    const { etc, folder } = this.host;
    etc.sudoers(
      `Defaults !syslog, logfile=${folder}/sudo.log, iolog_dir=${folder}/io`,
      "Defaults log_input, log_output, !compress_io",
      ...rules,
    );
  }

  /** The way to an account, without any credential. */
  to({ sshd }: HostWithAccounts, user: string): object {
    const { address, port, knownHosts } = sshd;
    return { host: address, port, user, knownHosts: [knownHosts], dialErrorLimit: 0 };
  }

  connection(more: object = {}): object {
    return {
      ...this.to(this.host, "tester"),
      python: "/usr/bin/python3",
      deadline: 20,
      ...more,
    };
  }

  /** With a canary in each place that there is. */
  whole(): object {
    return this.connection({
      privateKey: this.key,
      privateKeyPassword: PHRASE,
      password: LOGIN,
      sudo: LOGIN,
      proxy: [{ ...this.to(this.jump, "hopper"), password: HOP }],
    });
  }

  /** Not in what was printed, nor in any file of the folder, nor in what the hosts logged. */
  assertUnseen(printed: string, folder: string): void {
    this.#assertNotIn("printed", printed);
    this.#assertInNoFile(folder, /\/node_modules\/|\/index\.js$/);
    for (const { folder, sshd } of [this.host, this.jump]) {
      this.#assertNotIn("sshd", sshd.log());
      this.#assertInNoFile(folder, /\/(etc|home)\/|\/(encrypted|inside|menu|echo)$/);
    }
  }

  stop(): void {
    this.processes.stop();
    this.host.stop();
    this.jump.stop();
  }

  #assertNotIn(what: string, text: string): void {
    for (const each of this.texts) assert.ok(!text.includes(each), `${what}: ${text}`);
  }

  #assertInNoFile(folder: string, except: RegExp): void {
    for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name);
      if (entry.isFile() && !except.test(path)) this.#assertNotIn(path, readFileSync(path, "utf8"));
    }
  }
}
