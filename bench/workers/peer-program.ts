/** Peers that are libraries, each in a small program of its own, which is running already. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { GROUP } from "../lower-device";
import { CHANGED_MTU, type Hire, type Job } from "./worker";

export interface Peer {
  readonly name: string;
  readonly hire: Hire;
}

const INSTALL = join(__dirname, "../peers/install");

/** Where there is a network. */
export function installPeers(): void {
  execFileSync(INSTALL, { stdio: ["ignore", "ignore", "inherit"] });
}

/** Those that could be had, and what to say of the others. */
export function peerPrograms(): {
  readonly peers: readonly Peer[];
  readonly missing: readonly string[];
} {
  const folder = execFileSync(INSTALL, ["--where"], { encoding: "utf8" }).trim();
  const all = [
    { name: "vishvananda/netlink", program: join(folder, "vishvananda-netlink") },
    { name: "pyroute2", program: join(folder, "pyroute2") },
  ];
  const [there, missing] = [true, false].map((is) =>
    all.filter(({ program }) => existsSync(program) === is),
  ) as [typeof all, typeof all];
  return {
    peers: there.map(({ name, program }) => ({ name, hire: hirer(program) })),
    missing: missing.map(({ name }) => `${name} could not be had: it has no row`),
  };
}

function hirer(program: string): Hire {
  return async (job) => {
    const folder = mkdtempSync(join(tmpdir(), "pmv-bench-"));
    writeFileSync(join(folder, "job.json"), asJson(job));
    const child = spawn(program, [join(folder, "job.json")], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    const answer = answersOf(child, program);
    await answer();
    rmSync(folder, { recursive: true });
    const ask = (deed: string) => (): Promise<unknown> => {
      child.stdin.write(`${deed}\n`);
      return answer();
    };
    return {
      create: ask("create"),
      read: ask("read"),
      change: ask("change"),
      delete: ask("delete"),
      leave: () => child.stdin.end(),
    };
  };
}

/** The next "done", each time. */
function answersOf(child: ChildProcess, program: string): () => Promise<unknown> {
  if (child.stdout === null) throw new Error(`${program} has no output`);
  const lines = createInterface({ input: child.stdout });
  const ended = once(child, "close").then(() => Promise.reject(new Error(`${program} ended`)));
  ended.catch(() => undefined);
  return () => Promise.race([once(lines, "line"), ended]);
}

const asJson = ({ lower, links }: Job): string =>
  JSON.stringify({ lower, links, group: GROUP, mtu: CHANGED_MTU });
