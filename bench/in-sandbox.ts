import { spawnSync } from "node:child_process";
import { join } from "node:path";

const INSIDE = "PULUMI_MACVLAN_BENCH_IN_SANDBOX";
const SANDBOX = join(__dirname, "..", "scripts", "sandbox");

/**
 * Runs `main` in namespaces of its own, by starting the program that is running once more in them.
 *
 * @param prepare what needs the network that is outside
 */
export function inSandbox(main: () => Promise<void>, prepare?: () => void): void {
  if (process.env[INSIDE] === "1") {
    void main();
    return;
  }
  prepare?.();
  const options = process.getuid?.() === 0 ? ["--root", "--"] : ["--"];
  const program = [process.execPath, ...process.execArgv, ...process.argv.slice(1)];
  const { status, error } = spawnSync(SANDBOX, [...options, ...program], {
    stdio: "inherit",
    env: { ...process.env, [INSIDE]: "1" },
  });
  if (error !== undefined) throw error;
  process.exitCode = status ?? 1;
}

/** For what wants a real sshd beside the sandbox: without the machine's root it is left out. */
export function inRootsSandbox(main: () => Promise<void>): void {
  if (process.getuid?.() === 0) inSandbox(main);
  else console.log("skipped: sshd needs root");
}
