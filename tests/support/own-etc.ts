/** A copy of /etc that only what runs behind `inside` sees: accounts, their login shells, sudoers. */
import { execFileSync } from "node:child_process";
import { appendFileSync, chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { putProgram } from "./programs";

export interface Account {
  /** An absolute path; it may have been made for the test. */
  readonly shell?: string;
  readonly password?: string;
  /** Files of the home folder, by their paths in it. */
  readonly files?: Readonly<Record<string, string>>;
}

export class OwnEtc {
  /** What a command is put behind, so that it and its children see this /etc. */
  readonly inside: readonly string[];

  /** In a folder that goes with the test. Needs root. */
  constructor(private readonly folder: string) {
    chmodSync(folder, 0o755);
    execFileSync("cp", ["-a", "/etc", join(folder, "etc")]);
    mkdirSync(join(folder, "home"));
    const script = `mount --bind "${folder}/etc" /etc && exec "$@"`;
    // Namespaces that get a name later are to be seen inside: with the first, ip shares their folder.
    for (const verb of ["add", "del"]) execFileSync("ip", ["netns", verb, `etc-${process.pid}`]);
    const unshare = ["unshare", "--mount", "--propagation", "slave"];
    this.inside = [...unshare, putProgram(folder, "inside", script)];
  }

  /** A new account; answers its home folder. */
  add(user: string, { shell = "/bin/sh", password, files = {} }: Account = {}): string {
    const home = join(this.folder, "home", user);
    // sshd asks no list, dropbear does.
    appendFileSync(join(this.folder, "etc/shells"), `${shell}\n`);
    // With "!" for a password, which is useradd's own choice, an account is locked, for sshd too.
    const account = [
      "--password",
      "*",
      "--create-home",
      "--home-dir",
      home,
      "--shell",
      shell,
      user,
    ];
    this.run("useradd", ...account);
    for (const [file, text] of Object.entries(files)) this.put(user, file, text);
    if (password !== undefined)
      execFileSync(this.inside[0] ?? "", [...this.inside.slice(1), "chpasswd"], {
        input: `${user}:${password}`,
      });
    return home;
  }

  /** Another home for root, whose own is the machine's. */
  moveRoot(): string {
    const home = join(this.folder, "home", "root");
    mkdirSync(home, { mode: 0o700 });
    // usermod refuses while root has processes, which are the machine's.
    this.run("sed", "-i", `s#^root:\\([^:]*:.*\\):/root:#root:\\1:${home}:#`, "/etc/passwd");
    return home;
  }

  /** A file of a home folder, for its owner's eyes. */
  put(user: string, file: string, text: string): void {
    const path = join(this.folder, "home", user, file);
    mkdirSync(join(path, ".."), { recursive: true, mode: 0o700 });
    writeFileSync(path, text, { mode: 0o600 });
    this.run("chown", "--recursive", `${user}:`, join(this.folder, "home", user));
  }

  /** All that sudo knows. */
  sudoers(...lines: readonly string[]): void {
    const path = join(this.folder, "etc/sudoers");
    writeFileSync(path, lines.map((line) => `${line}\n`).join(""), { mode: 0o440 });
  }

  private run(...command: readonly string[]): void {
    const [file = "", ...args] = [...this.inside, ...command];
    execFileSync(file, args, { stdio: ["ignore", "ignore", "pipe"] });
  }
}
