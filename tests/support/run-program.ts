import { execFileSync } from "node:child_process";

/** Runs a program somewhere and answers what it prints; throws with what it says when it fails. */
export type Run = (file: string, args: readonly string[]) => string;

export const runHere: Run = (file, args) =>
  execFileSync(file, args, { encoding: "utf8", stdio: "pipe" });
