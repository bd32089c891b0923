/** The peer: `ip -batch`, which asks the kernel one question at a time from a single C program. */
import { spawn } from "node:child_process";
import { once } from "node:events";

/** Without -force it ends at the first refusal. What it shows is thrown away, which costs it least. */
export async function ipBatch(
  lines: readonly string[],
  options: readonly string[] = [],
): Promise<void> {
  const child = spawn("ip", [...options, "-batch", "-"], { stdio: ["pipe", "ignore", "inherit"] });
  child.stdin.end(`${lines.join("\n")}\n`);
  const [status] = (await once(child, "close")) as [number | null];
  if (status !== 0) throw new Error(`ip -batch ended with status ${status}`);
}
