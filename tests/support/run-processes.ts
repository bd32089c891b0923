/** Which processes a Pulumi run consists of, whoever their parent is by now. */
import { readdirSync, readFileSync } from "node:fs";

export type Role =
  "engine" | "language host" | "program" | "provider starter" | "provider" | "agent" | "other";

export interface RunProcess {
  readonly pid: number;
  readonly role: Role;
  readonly command: string;
}

// The first that matches the command line.
const ROLES: readonly [Role, RegExp][] = [
  ["language host", /pulumi-language-nodejs/],
  ["provider starter", /pulumi-resource-pulumi-nodejs/],
  ["provider", /cmd\/dynamic-provider/],
  ["program", /cmd\/run\b/],
  ["agent", /python/],
  ["engine", /^(\S*\/)?pulumi\s/],
];

/**
 * All processes whose environment holds `entry` ("NAME=value"), and their children, which sudo may
 * have given another environment. A process that is dead and not yet collected does not count.
 */
export function processesWith(entry: string): RunProcess[] {
  const all = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => describe(Number(name)));
  const found = new Set(all.filter(({ environment }) => environment.includes(entry)));
  for (let grown = true; grown;) {
    const pids = new Set([...found].map(({ pid }) => pid));
    const children = all.filter((one) => pids.has(one.parent) && !found.has(one));
    for (const child of children) found.add(child);
    grown = children.length > 0;
  }
  return [...found].map(({ pid, command }) => ({ pid, command, role: roleOf(command) }));
}

function roleOf(command: string): Role {
  return ROLES.find(([, pattern]) => pattern.test(command))?.[0] ?? "other";
}

interface Described {
  readonly pid: number;
  readonly parent: number;
  readonly command: string;
  readonly environment: readonly string[];
}

function describe(pid: number): Described[] {
  try {
    const read = (file: string) => readFileSync(`/proc/${pid}/${file}`, "utf8");
    // The name, in parentheses, may hold anything; state and parent come after the last one.
    const [state, parent] = read("stat")
      .replace(/^.*\) /s, "")
      .split(" ");
    if (state === "Z" || state === "X") return [];
    const command = read("cmdline").replaceAll("\0", " ");
    return [{ pid, parent: Number(parent), command, environment: read("environ").split("\0") }];
  } catch {
    return []; // It ended meanwhile, or belongs to another user.
  }
}
