import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Links come and go in a namespace, until what it returns is called. */
export function churn(netns: string): () => void {
  const folder = mkdtempSync(join(tmpdir(), "pmv-churn-"));
  const lines = Array.from({ length: 50 }, (_, n) => [
    `link add come${n} type veth peer name go${n}`,
    `link del come${n}`,
  ]);
  const batch = join(folder, "batch");
  writeFileSync(batch, lines.flat().join("\n"));
  const loop = `while ip -n ${netns} -batch ${batch}; do :; done`;
  const child = spawn("sh", ["-c", loop], { stdio: "ignore", detached: true });
  return () => {
    process.kill(-(child.pid ?? 0), "SIGKILL");
    rmSync(folder, { recursive: true });
  };
}
