/** One part of a test run: a command, and how what it came to is known. */
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { judged, ONE_FAILED, ONE_PASSED, type Tally } from "./tally";

/** What runs one after the other. */
export type Lane = readonly Part[];

export interface Part {
  readonly name: string;
  readonly command: readonly [file: string, ...args: string[]];
  /** A run of mocha counts its tests; any other command is one test, by its exit status. */
  readonly mocha?: boolean;
  /** After so long it is killed, with all that it started, and has failed. */
  readonly minutes: number;
}

/** @param output where what it prints goes; a file's number */
export async function run(part: Part, output: "inherit" | number = "inherit"): Promise<Tally> {
  if (part.mocha !== true) return (await succeeds(part, {}, output)) ? ONE_PASSED : ONE_FAILED;
  const folder = mkdtempSync(join(tmpdir(), "tally-"));
  try {
    const file = join(folder, "tally.json");
    const succeeded = await succeeds(part, { TALLY_FILE: file }, output);
    return judged(read(file), succeeded);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function read(file: string): Tally | undefined {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Tally;
  } catch {
    return undefined;
  }
}

function succeeds(
  part: Part,
  environment: NodeJS.ProcessEnv,
  output: "inherit" | number,
): Promise<boolean> {
  const [file, ...args] = part.command;
  // A group of its own, so that a part that hangs goes with all its children.
  const child = spawn(file, args, {
    stdio: ["ignore", output, output],
    detached: true,
    env: { ...process.env, ...environment },
  });
  const kill = (signal: NodeJS.Signals) => {
    if (child.pid === undefined) return;
    try {
      process.kill(-child.pid, signal);
    } catch {
      // It is gone already.
    }
  };
  const onSignal = (signal: NodeJS.Signals) => {
    kill(signal);
    setTimeout(() => process.exit(130), 5000).unref();
  };
  const limit = setTimeout(() => {
    console.error(`${part.name}: killed after ${part.minutes} minutes`);
    kill("SIGKILL");
  }, part.minutes * 60_000);
  process.on("SIGINT", onSignal).on("SIGTERM", onSignal);
  return new Promise<boolean>((resolve) => {
    child.once("error", (error) => {
      console.error(`${part.name}: ${error.message}`);
      resolve(false);
    });
    child.once("exit", (status) => resolve(status === 0));
  }).finally(() => {
    clearTimeout(limit);
    process.off("SIGINT", onSignal).off("SIGTERM", onSignal);
  });
}
