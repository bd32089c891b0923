/** The agent as a child process of ours, under sudo where asked. */
import { type ChildProcess, spawn } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, isAbsolute, join } from "node:path";
import type { Socket } from "node:net";
import { connectionBroken } from "../errors";
import { type Channel, type ChannelEnd, Tail, type Transport } from "./transport";

export interface LocalOptions {
  /** The interpreter: a path, or a name to look for in PATH. */
  readonly python?: string;
  /** Run the agent as root under `sudo -n`, which never asks for a password. */
  readonly sudo?: boolean;
  /** Where programs are looked for; the process's own PATH by default. */
  readonly searchPath?: string;
}

const HOST = "this machine";
const OPERATION = "start the agent";

export function localTransport(options: LocalOptions = {}): Transport {
  return { host: HOST, start: (program) => start(program, options) };
}

/** The interpreter's options: nothing of the user's environment, no site packages, no file left behind. */
export const INTERPRETER_OPTIONS = ["-I", "-S", "-B"] as const;

function start(program: string, options: LocalOptions): Promise<Channel> {
  return new Promise((resolve, reject) => {
    const command = [findInterpreter(options), ...INTERPRETER_OPTIONS, "-c", program];
    if (options.sudo === true) command.unshift(findSudo(options), "-n", "--");
    const [file = "", ...args] = command;
    // In a session of its own: Ctrl-C goes to the whole group of the program that started us.
    const child = spawn(file, args, { detached: true, stdio: ["pipe", "pipe", "pipe"], cwd: "/" });
    child.once("spawn", () => resolve(new ChildChannel(child)));
    child.once("error", ({ message }) =>
      reject(connectionBroken({ host: HOST, operation: OPERATION, cause: message })),
    );
  });
}

function findInterpreter({ python, searchPath }: LocalOptions): string {
  const candidates = python === undefined ? ["python3", "/usr/libexec/platform-python"] : [python];
  for (const candidate of candidates) {
    const found = findProgram(candidate, searchPath);
    if (found !== undefined) return found;
  }
  throw connectionBroken({
    host: HOST,
    operation: OPERATION,
    cause: `No Python interpreter was found; looked for ${candidates.join(" and ")}`,
    cure: "Install Python 3.6 or newer, or say where it is with connection.python",
  });
}

function findSudo({ searchPath }: LocalOptions): string {
  const found = findProgram("sudo", searchPath);
  if (found !== undefined) return found;
  throw connectionBroken({
    host: HOST,
    operation: OPERATION,
    cause: "sudo was asked for and is not in PATH",
    cure: "Install it, or run as root without connection.sudo",
  });
}

function findProgram(name: string, searchPath = process.env["PATH"] ?? ""): string | undefined {
  const folders = searchPath.split(delimiter).filter(isAbsolute);
  const paths = name.includes("/") ? [name] : folders.map((folder) => join(folder, name));
  return paths.find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

class ChildChannel implements Channel {
  readonly #child: ChildProcess;
  readonly #stderr = new Tail();
  #end: ChannelEnd | undefined;
  #onData: (bytes: Buffer) => void = () => undefined;
  readonly #onEnd: ((end: ChannelEnd) => void)[] = [];

  constructor(child: ChildProcess) {
    this.#child = child;
    // A write to an agent that is gone fails; that it is gone is told by its end.
    for (const stream of [child.stdin, child.stdout, child.stderr]) {
      stream?.on("error", () => undefined);
    }
    child.on("error", () => undefined);
    child.stdout?.on("data", (bytes: Buffer) => this.#onData(bytes));
    child.stderr?.on("data", (bytes: Buffer) => this.#stderr.push(bytes));
    // "close" comes after the last byte of both pipes, "exit" may come before.
    child.once("close", (status, signal) => {
      if (status === null) this.#finish({ reason: `the agent was killed by ${signal}` });
      else this.#finish({ reason: `the agent exited with status ${status}`, status });
    });
  }

  write(bytes: Uint8Array): void {
    if (this.#end === undefined) this.#child.stdin?.write(bytes);
  }

  onData(listener: (bytes: Buffer) => void): void {
    this.#onData = listener;
  }

  onEnd(listener: (end: ChannelEnd) => void): void {
    if (this.#end === undefined) this.#onEnd.push(listener);
    else listener(this.#end);
  }

  close(): void {
    this.#child.stdin?.end();
  }

  destroy(): void {
    // A stopped agent would not see its end of input; its watchdog sees the agent's and undoes.
    this.#child.kill("SIGKILL");
    for (const stream of this.#streams()) stream.destroy();
    this.unref();
    this.#finish({ reason: "the connection was closed" });
  }

  stderrTail(): string {
    return this.#stderr.toString();
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

  #finish(end: ChannelEnd): void {
    if (this.#end !== undefined) return;
    this.#end = end;
    this.#onData = () => undefined;
    for (const listener of this.#onEnd.splice(0)) listener(end);
  }
}
