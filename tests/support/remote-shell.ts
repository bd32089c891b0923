/** Runs one program after the other somewhere else, in one shell: starting it anew takes a slow machine longer than the program. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import * as fs from "node:fs";
import { join } from "node:path";
import type { Run } from "./run-program";

// A NUL ends each answer, and each question: no program here says one.
const LOOP = `errors=$(mktemp); trap 'rm -f "$errors"' EXIT
while IFS= read -r -d "" line; do
  out=$(eval "$line" 2>"$errors" </dev/null); status=$?
  if ((status)); then out="$out$(<"$errors")"; fi
  printf "%s %s\\0" "$status" "$out"
done`;
// A machine in software emulation, on one that is busy.
const WAIT_MS = 180_000;

export class RemoteShell {
  readonly #child: ChildProcess;
  readonly #questions: number;
  readonly #answers: number;
  readonly #nap = new Int32Array(new SharedArrayBuffer(4));

  /** `way`: a command line to which a command is added. The folder is for its pipes. */
  constructor([program = "", ...args]: readonly string[], folder: string) {
    const [asked, answered] = [join(folder, "asked"), join(folder, "answered")];
    execFileSync("mkfifo", [asked, answered]);
    // Open for both, a pipe needs no other end yet.
    const hold = fs.openSync(asked, "r+");
    this.#answers = fs.openSync(answered, fs.constants.O_RDONLY | fs.constants.O_NONBLOCK);
    const said = fs.openSync(answered, "w");
    const stdio = [fs.openSync(asked, "r"), said, "ignore"] as const;
    this.#child = spawn(program, [...args, `exec bash -c ${quoted(LOOP)}`], { stdio: [...stdio] });
    this.#child.on("error", () => undefined);
    this.#questions = fs.openSync(asked, "w");
    for (const each of [hold, said, stdio[0]]) fs.closeSync(each);
  }

  readonly run: Run = (file, args) => {
    const line = [file, ...args].map(quoted).join(" ");
    fs.writeSync(this.#questions, `${line}\0`);
    const [, status, said = ""] = /^(\d+) (.*)$/s.exec(this.#answer(line)) ?? [];
    if (status === "0") return said;
    throw new Error(`Command failed: ${[file, ...args].join(" ")}: ${said}`);
  };

  /** Whoever asks waits for it as for a child of his own, so there is no event to wait for. */
  #answer(line: string): string {
    const parts: Buffer[] = [];
    const buffer = Buffer.alloc(65536);
    for (const end = Date.now() + WAIT_MS; Date.now() < end;) {
      const length = this.#read(buffer);
      if (length === 0) throw new Error(`The shell is gone, in: ${line}`);
      if (length === undefined) Atomics.wait(this.#nap, 0, 0, 2);
      else {
        parts.push(Buffer.from(buffer.subarray(0, length)));
        if (buffer[length - 1] === 0) return Buffer.concat(parts).toString().slice(0, -1);
      }
    }
    throw new Error(`No answer within ${WAIT_MS} ms: ${line}`);
  }

  #read(buffer: Buffer): number | undefined {
    try {
      return fs.readSync(this.#answers, buffer);
    } catch (error) {
      if (error instanceof Error && "code" in error && error.code === "EAGAIN") return undefined;
      throw error;
    }
  }

  end(): void {
    this.#child.kill();
    for (const each of [this.#questions, this.#answers]) fs.closeSync(each);
  }
}

const quoted = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`;
