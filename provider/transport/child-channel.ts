/** The agent behind a child process of ours. */
import { type ChildProcess, spawn } from "node:child_process";
import type { Socket } from "node:net";
import { connectionBroken } from "../errors";
import { logins } from "../ssh/logins";
import { HeardChannel } from "./heard-channel";
import type { Channel, ChannelEnd } from "./transport";

export interface ChildOptions {
  /** The folder it runs in; ours by default. */
  readonly cwd?: string;
  /** Whether it may have to log in somewhere: then it waits for a place among all that do. */
  readonly logsIn?: boolean;
  /** Says that nobody waits any more for it to get its place. */
  readonly signal?: AbortSignal | undefined;
  /** Turns an end of which only the status is known into one that says more. */
  readonly explain?: Explain;
}

type Explain = (end: ChannelEnd, stderr: string) => ChannelEnd;

/** Resolves when the program runs; rejects with a `HostError` when it cannot be run. */
export async function startChild(
  words: readonly string[],
  host: string,
  { cwd, logsIn = false, signal, explain = (end) => end }: ChildOptions = {},
): Promise<ChildChannel> {
  const leave = logsIn ? await logins.take(signal) : (): void => undefined;
  try {
    const channel = new ChildChannel(await run(words, host, cwd), explain);
    // What it says first, it says when it is in.
    channel.onFirst(leave);
    return channel;
  } catch (error) {
    leave();
    throw error;
  }
}

function run(
  [file = "", ...args]: readonly string[],
  host: string,
  cwd: string | undefined,
): Promise<ChildProcess> {
  return new Promise((resolve, reject) => {
    // In a session of its own: Ctrl-C goes to the whole group of the program that started us.
    const child = spawn(file, args, { detached: true, stdio: ["pipe", "pipe", "pipe"], cwd });
    child.once("spawn", () => resolve(child));
    child.once("error", ({ code, message }: NodeJS.ErrnoException) => {
      const cause = code === "ENOENT" ? `There is no program ${file} on this machine` : message;
      reject(connectionBroken({ host, operation: "start the agent", cause }));
    });
  });
}

export class ChildChannel extends HeardChannel implements Channel {
  readonly #child: ChildProcess;

  constructor(child: ChildProcess, explain: Explain) {
    super();
    this.#child = child;
    // A write to an agent that is gone fails; that it is gone is told by its end.
    for (const stream of [child.stdin, child.stdout, child.stderr]) {
      stream?.on("error", () => undefined);
    }
    child.on("error", () => undefined);
    child.stdout?.on("data", (bytes: Buffer) => this.hear(bytes));
    child.stderr?.on("data", (bytes: Buffer) => this.stderr.push(bytes));
    // "close" comes after the last byte of both pipes, "exit" may come before.
    child.once("close", (status, signal) => {
      const end =
        status === null
          ? { reason: `the agent was killed by ${signal}` }
          : { reason: `the agent exited with status ${status}`, status };
      this.finish(explain(end, this.stderrTail()));
    });
  }

  write(bytes: Uint8Array): void {
    if (this.end === undefined) this.#child.stdin?.write(bytes);
  }

  /** Acts once, when the program has said anything, or is over. */
  onFirst(act: () => void): void {
    this.#child.stdout?.once("data", act);
    this.onEnd(act);
  }

  close(): void {
    this.#child.stdin?.end();
  }

  destroy(): void {
    // A stopped agent would not see its end of input; its watchdog sees the agent's and undoes.
    // A launcher may have children of its own, which are of its group.
    if (this.#child.pid !== undefined && this.end === undefined) killGroup(this.#child.pid);
    for (const stream of this.#streams()) stream.destroy();
    this.unref();
    this.finish({ reason: "the connection was closed" });
  }

  ref(): void {
    this.#child.ref();
    for (const stream of this.#streams()) stream.ref();
  }

  unref(): void {
    this.#child.unref();
    for (const stream of this.#streams()) stream.unref();
  }

  #streams(): Socket[] {
    // Node types them as plain streams; for pipes they are sockets, which alone can be unreferenced.
    return [this.#child.stdin, this.#child.stdout, this.#child.stderr] as unknown as Socket[];
  }
}

function killGroup(leader: number): void {
  try {
    process.kill(-leader, "SIGKILL");
  } catch {
    // Gone already, or root's: then the end of its input must do.
  }
}
