import { execFileSync } from "node:child_process";

/** `@pulumi/command`'s plugin comes from its vendor's release page, which no package registry has. */
export function hasCommandPlugin(): boolean {
  const plugins = execFileSync("pulumi", ["plugin", "ls"], { encoding: "utf8" });
  return /^command\s+resource/m.test(plugins);
}

export const NO_COMMAND_PLUGIN =
  "@pulumi/command's plugin is not installed: no row for its Command";
