import { execFileSync } from "node:child_process";
import { cpus, release, totalmem } from "node:os";
import type { Machine } from "./results";

/** What decides how long things take there; nothing that names it. */
export function machine(): Machine {
  return {
    kernel: /^\d+\.\d+/.exec(release())?.[0] ?? release(),
    processors: `${cpus().length} × ${cpus()[0]?.model.trim() ?? "unknown"}`,
    memory: `${(totalmem() / 2 ** 30).toFixed(0)} GiB`,
    "Node.js": process.versions.node,
    Python: versionOf("python3", "--version"),
    iproute2: versionOf("ip", "-V"),
    OpenSSH: versionOf("sh", "-c", "ssh -V 2>&1"),
    Pulumi: versionOf("pulumi", "version"),
  };
}

function versionOf(program: string, ...args: string[]): string {
  try {
    const said = execFileSync(program, args, {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
    return /\d+(\.\d+)+\w*/.exec(said)?.[0] ?? said.trim();
  } catch {
    return "none";
  }
}
