/** A connection of OpenSSH's that stands, which others go through: what people do to have `ssh` quick. */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import type { Sshd } from "../tests/support/sshd";

export class SshMaster {
  private constructor(private readonly options: readonly string[]) {}

  static start({ address, port, userKey, knownHosts, folder }: Sshd): SshMaster {
    const options = [
      ...["-F", "none", "-S", join(folder, "master"), "-i", userKey, "-p", String(port)],
      ...["-o", `UserKnownHostsFile=${knownHosts}`, "-o", "BatchMode=yes", `root@${address}`],
    ];
    execFileSync("ssh", ["-M", "-N", "-f", ...options], { stdio: "ignore" });
    return new SshMaster(options);
  }

  /** What is read by a shell there. */
  readonly way = (...words: string[]): readonly string[] => [
    "ssh",
    ...this.options,
    words.join(" "),
  ];

  stop(): void {
    execFileSync("ssh", ["-O", "exit", ...this.options], { stdio: "ignore" });
  }
}
