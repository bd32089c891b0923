/** The agent as a child process of ours, under sudo where asked. */
import { accessSync, constants } from "node:fs";
import { delimiter, isAbsolute, join } from "node:path";
import { connectionBroken } from "../errors";
import { startChild } from "./child-channel";
import { INTERPRETER_OPTIONS, INTERPRETERS } from "./interpreter";
import { answerSudo, type Sudo, sudoArguments, sudoKind } from "./sudo";
import type { Channel, Transport } from "./transport";

export interface LocalOptions {
  /** The interpreter: a path, or a name to look for in PATH. */
  readonly python?: string | undefined;
  /** Run the agent as root. */
  readonly sudo?: Sudo | undefined;
  /** Where programs are looked for; the process's own PATH by default. */
  readonly searchPath?: string;
}

const HOST = "this machine";
const OPERATION = "start the agent";

export function localTransport(options: LocalOptions = {}): Transport {
  return { host: HOST, start: (program) => start(program, options) };
}

async function start(program: string, options: LocalOptions): Promise<Channel> {
  const kind = sudoKind(options.sudo);
  const command = [findInterpreter(options), ...INTERPRETER_OPTIONS, "-c", program];
  if (kind !== false) command.unshift(findSudo(options), ...sudoArguments(kind));
  const channel = await startChild(command, HOST, { cwd: "/" });
  if (typeof options.sudo === "string") answerSudo(channel, options.sudo);
  return channel;
}

function findInterpreter({ python, searchPath }: LocalOptions): string {
  const candidates = python === undefined ? INTERPRETERS : [python];
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
