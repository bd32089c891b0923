/** Programs run by the real CLI, in turn. */
import { join } from "node:path";
import { omitUndefined } from "../provider/omit-undefined";
import { PulumiProject } from "../tests/support/pulumi-project";
import type { PulumiRun, RunResult } from "../tests/support/pulumi-run";
import type { Contestant, Taken } from "./contest";

export interface Program extends Pick<Contestant, "name" | "most" | "mostRounds"> {
  /** So many links, in what way ever. */
  readonly text: (links: number) => string;
  /** Folders of packages that it needs. */
  readonly packages?: readonly string[];
  /** Whether there are links on the host when it is `up`. */
  readonly makesLinks: boolean;
}

/** A resource for each link, of one of these packages. */
export function single(
  name: string,
  module: "pulumi-macvlan" | "do-nothing" | "ssh-ip",
  args: object,
): Program {
  const [type, folder] = {
    "pulumi-macvlan": ["Macvlan"] as const,
    "do-nothing": ["Nothing", "../tests/support/do-nothing"] as const,
    "ssh-ip": ["SshLink", "ssh-ip"] as const,
  }[module];
  return {
    name,
    text: (links) => `
      const { ${type} } = require("${module}");
      const args = ${JSON.stringify(args)};
      for (let n = 0; n < ${links}; n++) new ${type}("link" + n, args);
    `,
    packages: folder === undefined ? [] : [join(__dirname, folder)],
    makesLinks: module !== "do-nothing",
  };
}

/** One resource for all links. */
export function linkSet(name: string, args: object): Program {
  return {
    name,
    text: (links) => `
      const { LinkSet } = require("pulumi-macvlan");
      new LinkSet("farm", { ...${JSON.stringify(args)}, count: ${links}, namePattern: "link{n}" });
    `,
    makesLinks: true,
  };
}

export const OPERATIONS = ["up", "up again", "refresh", "destroy"] as const;
export type Operation = (typeof OPERATIONS)[number];

const SECONDS = 1200;

export interface Rounds {
  /** How many links are on the host. */
  readonly links: () => number;
  /** What is timed; a program is up and destroyed in any case. */
  readonly operations?: readonly Operation[];
  /** How many links are made, by the size; as many by default. */
  readonly linksOf?: (size: number) => number;
  /** Watches an `up`, and adds what it measured. */
  readonly watch?: (run: PulumiRun) => Promise<Taken>;
}

export async function pulumiContestant(program: Program, rounds: Rounds): Promise<Contestant> {
  const { name, text, packages = [], makesLinks, most, mostRounds } = program;
  const { links, operations = OPERATIONS, linksOf = (size) => size, watch } = rounds;
  const project = await PulumiProject.create({ program: text(1), packages });
  process.once("exit", () => project.remove());
  const timed = async (operation: Operation): Promise<number> => {
    const run = project.start(operation === "up again" ? "up" : operation, {
      timeoutSeconds: SECONDS,
    });
    return succeeded(await run.ended()).seconds;
  };
  const round = async (size: number): Promise<Taken> => {
    project.write("index.js", text(size));
    const run = project.start("up", { timeoutSeconds: SECONDS });
    const [more = {}, { seconds }] = await Promise.all([watch?.(run), run.ended().then(succeeded)]);
    expectLinks(name, links(), makesLinks ? linksOf(size) : 0);
    const taken: [string, number][] = [["up", seconds]];
    for (const operation of OPERATIONS.slice(1))
      if (operations.includes(operation) || operation === "destroy")
        taken.push([operation, await timed(operation)]);
    expectLinks(name, links(), 0);
    const wanted = taken.filter(([what]) => operations.some((each) => each === what));
    return { ...Object.fromEntries(wanted), ...more };
  };
  return omitUndefined({ name, round, most, mostRounds });
}

function succeeded(result: RunResult): RunResult {
  if (result.status === 0) return result;
  throw new Error(`${result.stdout}${result.stderr}`);
}

/** A run that made less measured nothing. */
function expectLinks(name: string, there: number, wanted: number): void {
  if (there !== wanted) throw new Error(`${name}: ${there} links are there, and not ${wanted}`);
}
