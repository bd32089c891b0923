import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";

/** A tar of a root with /busybox and the libraries that it is linked with, made below a folder. */
export function bundledBusybox(folder: string): string {
  const root = join(folder, "root");
  mkdirSync(root);
  const binary = execFileSync("sh", ["-c", "command -v busybox"], { encoding: "utf8" }).trim();
  execFileSync("cp", ["-L", binary, join(root, "busybox")]);
  const linked = execFileSync("sh", ["-c", 'ldd "$1" || true', "sh", binary], { encoding: "utf8" });
  for (const [library] of linked.matchAll(/\/lib\S*/g)) {
    mkdirSync(dirname(join(root, library)), { recursive: true });
    execFileSync("cp", ["-L", library, join(root, library)]);
  }
  const tar = join(folder, "busybox.tar");
  execFileSync("tar", ["-C", root, "-cf", tar, "."]);
  return tar;
}
