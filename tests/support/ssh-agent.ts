/** A real ssh-agent of a test's own, with the keys that the test gives it. */
import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { eventually } from "./processes";

export class SshAgent {
  private constructor(
    readonly socket: string,
    private readonly child: ChildProcess,
  ) {}

  static async start(folder: string): Promise<SshAgent> {
    const socket = join(folder, `agent-${Math.random()}`);
    const child = spawn("ssh-agent", ["-D", "-a", socket], { stdio: "ignore" });
    await eventually("the agent listens", () => existsSync(socket), 10_000);
    return new SshAgent(socket, child);
  }

  /** In this order. */
  add(...keys: readonly string[]): void {
    for (const key of keys) this.run("-q", key);
  }

  forgetAll(): void {
    this.run("-q", "-D");
  }

  stop(): void {
    this.child.kill();
  }

  private run(...args: string[]): void {
    const env = { ...process.env, SSH_AUTH_SOCK: this.socket };
    execFileSync("ssh-add", args, { env, stdio: "ignore" });
  }
}
