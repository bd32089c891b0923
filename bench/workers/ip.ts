/** The peer that everybody has: iproute2, which asks the kernel one question at a time. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import type { LinkToMake } from "../links-to-make";
import { GROUP, type LowerDevice } from "../lower-device";
import { CHANGED_MTU, type Deed, DEEDS, type Hire, type Job } from "./worker";

type Lines = (job: Job) => Readonly<Record<Deed, readonly string[]>>;

/** One line for each link. */
const sameMessages: Lines = ({ lower, links }) => ({
  create: links.map((link) => addition(link, lower)),
  read: links.map(({ name }) => `link show dev ${name}`),
  change: links.map(({ name }) => `link set dev ${name} mtu ${CHANGED_MTU}`),
  delete: links.map(({ name }) => `link delete dev ${name}`),
});

/** What our handlers set and look at, as iproute2 says it. */
const allThatIsNeeded: Lines = ({ lower, links }) => ({
  create: links.flatMap(({ alias, ...link }) => [
    addition({ alias, ...link }, lower),
    `link set dev ${link.name} alias "${alias} [pulumi-macvlan:0123456789abcdef]"`,
    `link show dev ${link.name}`,
  ]),
  read: links.map(({ name }) => `link show dev ${name}`),
  change: links.flatMap(({ name }) => [
    `link show dev ${name}`,
    `link set dev ${name} mtu ${CHANGED_MTU}`,
    `link show dev ${name}`,
  ]),
  delete: links.flatMap(({ name }) => [`link show dev ${name}`, `link delete dev ${name}`]),
});

function addition({ name, macAddress }: LinkToMake, lower: LowerDevice): string {
  return `link add name ${name} link ${lower.name} address ${macAddress} up group ${GROUP} type macvlan mode bridge`;
}

/** The command that runs this one, here or on another host. */
export type Way = (...words: string[]) => readonly string[];
const HERE: Way = (...words) => words;

/** `ip -batch`: a single process for all links, on this host or by a way to another. */
export function ipBatch({ way = HERE, complete = false } = {}): Hire {
  return async (job) => {
    const lines = (complete ? allThatIsNeeded : sameMessages)(job);
    return workerFor((deed) => run(way("ip", "-d", "-batch", "-"), lines[deed]));
  };
}

/** A process for each command, started by a shell, as a script does it. */
export function ipProcesses(way: Way = HERE): Hire {
  return async (job) => {
    const lines = sameMessages(job);
    const script = (deed: Deed): string[] => [
      "set -e",
      // The shell's own input is this script.
      ...lines[deed].map(
        (line) =>
          `${way("ip", "-d", ...line.split(" "))
            .map(quoted)
            .join(" ")} </dev/null`,
      ),
    ];
    return workerFor((deed) => run(["sh"], script(deed)));
  };
}

const quoted = (word: string): string => (/^[\w./@=-]+$/.test(word) ? word : `'${word}'`);

function workerFor(
  work: (deed: Deed) => Promise<unknown>,
): Readonly<Record<Deed, () => Promise<unknown>>> {
  const entries = DEEDS.map((deed) => [deed, () => work(deed)] as const);
  return Object.fromEntries(entries) as Record<Deed, () => Promise<unknown>>;
}

/** Without -force it ends at the first refusal. What it shows is thrown away, which costs it least. */
export async function run(
  [program = "", ...args]: readonly string[],
  lines: readonly string[],
): Promise<void> {
  const child = spawn(program, args, { stdio: ["pipe", "ignore", "inherit"] });
  child.stdin.end(`${lines.join("\n")}\n`);
  const [status] = (await once(child, "close")) as [number | null];
  if (status !== 0) throw new Error(`${program} ended with status ${status}`);
}
