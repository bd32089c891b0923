/** One run of the Pulumi CLI, while it lasts and when it has ended. */
import { type ChildProcess, spawn } from "node:child_process";
import { setTimeout as pause } from "node:timers/promises";
import { processesWith, type Role, type RunProcess } from "./run-processes";

export interface RunResult {
  /** The exit status, or null when a signal ended the engine. */
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly seconds: number;
}

export interface RunCommand {
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** An entry of `env` that no other run has; the run's processes are known by it. */
  readonly mark: string;
  readonly timeoutSeconds: number;
}

export class PulumiRun {
  private readonly child: ChildProcess;
  private readonly result: Promise<RunResult>;
  private stdout = "";
  private stderr = "";
  private over = false;

  constructor(private readonly command: RunCommand) {
    const started = performance.now();
    const { cwd, env } = command;
    this.child = spawn("pulumi", command.args, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
    this.child.stdout?.setEncoding("utf8").on("data", (text: string) => (this.stdout += text));
    this.child.stderr?.setEncoding("utf8").on("data", (text: string) => (this.stderr += text));
    const limit = setTimeout(() => this.killAll(), command.timeoutSeconds * 1000);
    this.result = new Promise((resolve, reject) => {
      this.child.once("error", reject);
      // Not "close": that waits for whatever still holds the pipes, and a test asks about that itself.
      this.child.once("exit", (status, signal) => {
        this.over = true;
        const seconds = (performance.now() - started) / 1000;
        // What was written last may still be in the pipe.
        setTimeout(() => {
          const { stdout, stderr } = this;
          resolve({ status, signal, stdout, stderr, seconds });
        }, 20);
      });
    });
    void this.result.finally(() => clearTimeout(limit)).catch(() => undefined);
  }

  ended(): Promise<RunResult> {
    return this.result;
  }

  /** To the engine. Ctrl-C is "SIGINT": plugins have process groups of their own and do not get it. */
  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** To every process of the run that has the role; how many there were. */
  kill(role: Role, signal: NodeJS.Signals = "SIGKILL"): number {
    const hit = this.processes().filter((one) => one.role === role);
    for (const { pid } of hit) send(pid, signal);
    return hit.length;
  }

  processes(): RunProcess[] {
    return processesWith(this.command.mark);
  }

  /** Waits until the condition holds; fails when the run ends before. */
  async until(condition: RegExp | (() => boolean), what = String(condition)): Promise<void> {
    const holds = () =>
      typeof condition === "function" ? condition() : condition.test(this.stdout + this.stderr);
    while (!holds()) {
      if (this.over) throw new Error(`the run ended before ${what}:\n${this.stdout}${this.stderr}`);
      await pause(5);
    }
  }

  /** What is left of the run so many seconds from now at the latest; waits no longer than needed. */
  async leftOver(seconds: number): Promise<RunProcess[]> {
    const deadline = performance.now() + seconds * 1000;
    for (;;) {
      const left = this.processes();
      if (left.length === 0 || performance.now() > deadline) return left;
      await pause(20);
    }
  }

  killAll(): void {
    for (const { pid } of this.processes()) send(pid, "SIGKILL");
  }
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It ended meanwhile.
  }
}
