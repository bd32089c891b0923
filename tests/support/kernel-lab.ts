/** Namespaces, veth pairs and processes of one test, made with `ip` and gone after it. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, readlinkSync, statSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { openHost } from "../../provider/host/open-host";
import type { Connection } from "../../provider/link/model";
import type { Config } from "../../provider/request";
import type { IpLink } from "./ip-link";
import { refuseOutsideSandbox } from "./kernel-guard";
import { type Run, runHere } from "./run-program";

let count = 0;

/** A lab for each test of the suite that calls it: `const lab = useLab()` and then `lab()` in a test. */
export function useLab(): () => KernelLab {
  let lab: KernelLab | undefined;
  before(refuseOutsideSandbox);
  beforeEach(() => void (lab = new KernelLab()));
  afterEach(() => lab?.remove());
  return () => {
    if (lab === undefined) throw new Error("There is a lab only while a test runs");
    return lab;
  };
}

export class KernelLab {
  readonly #namespaces = new Set<string>();
  readonly #processes: ChildProcess[] = [];
  readonly #connections: Connection[] = [{}];

  /** The provider's settings in this lab. */
  readonly config: Config = () => undefined;

  /** Under another kernel: `virtual-machine.ts`. */
  constructor(readonly run: Run = runHere) {}

  /** A named namespace with loopback up and nothing else. */
  namespace(name = `lab${process.pid}-${++count}`): string {
    this.run("ip", ["netns", "add", name]);
    this.#namespaces.add(name);
    this.ip(name, "link", "set", "lo", "up");
    return name;
  }

  /** A named namespace with a veth in it, both ends up: `lower` for links, `wire` as the far end. */
  host(): string {
    const netns = this.namespace();
    this.veth(netns, "lower", "wire");
    return netns;
  }

  veth(netns: string, name: string, peer: string, peerNetns = netns): void {
    const far = ["peer", "name", peer, "netns", peerNetns];
    this.ip(netns, "link", "add", "name", name, "type", "veth", ...far);
    this.ip(netns, "link", "set", "dev", name, "up");
    this.ip(peerNetns, "link", "set", "dev", peer, "up");
  }

  /** What `ip -n NETNS …` prints; throws with what it says when it fails. */
  ip(netns: string, ...args: string[]): string {
    return this.run("ip", ["-n", netns, ...args]);
  }

  /** What `ip -d -j link show` says of one link; undefined when there is none of that name. */
  link(netns: string, name: string): IpLink | undefined {
    return this.links(netns).find(({ ifname }) => ifname === name);
  }

  links(netns: string): IpLink[] {
    const shown = JSON.parse(this.ip(netns, "-d", "-j", "link", "show")) as Partial<IpLink>[];
    // Where it has nothing to say, `ip` prints an empty object.
    return shown.filter((link): link is IpLink => link.ifname !== undefined);
  }

  /** All links of all namespaces of the lab, to compare before and after. */
  everything(): Record<string, IpLink[]> {
    return Object.fromEntries(
      [...this.#namespaces].map((netns) => [netns, this.links(netns).map(settled)]),
    );
  }

  /** Macvlans and macvtaps: what may be left behind. */
  macvlans(netns: string): IpLink[] {
    return this.links(netns).filter((link) => /^macv/.test(link.linkinfo?.info_kind ?? ""));
  }

  /** A process in a named namespace, or in a new one that has no name. */
  async process(netns?: string): Promise<number> {
    const enter = netns === undefined ? ["unshare", "-n"] : ["ip", "netns", "exec", netns];
    const [file = "", ...args] = [...enter, "sleep", "600"];
    const child = spawn(file, args, { stdio: "ignore" });
    this.#processes.push(child);
    const { pid } = child;
    if (pid === undefined) throw new Error("Cannot start a process in a namespace");
    const ours = readlinkSync("/proc/self/ns/net");
    while (readlinkSync(`/proc/${pid}/ns/net`) === ours) await pause(2);
    return pid;
  }

  /** Names of the links in the namespace of a process. */
  namesBeside(pid: number | "self"): string[] {
    const lines = readFileSync(`/proc/${pid}/net/dev`, "utf8").split("\n").slice(2);
    return lines.flatMap((line) => /^ *([^:]+):/.exec(line)?.[1] ?? []);
  }

  /** Kills a process of the lab and waits until it is gone. */
  async end(pid: number): Promise<void> {
    const child = this.#processes.find((each) => each.pid === pid);
    const gone = child && once(child, "exit");
    child?.kill("SIGKILL");
    await gone;
  }

  deleteNamespace(netns: string): void {
    this.#namespaces.delete(netns);
    this.run("ip", ["netns", "del", netns]);
  }

  inode(netns: string): number {
    return statSync(`/run/netns/${netns}`).ino;
  }

  /** Sessions to this connection end with the lab. */
  uses(connection: Connection): void {
    this.#connections.push(connection);
  }

  async remove(): Promise<void> {
    for (const child of this.#processes) child.kill("SIGKILL");
    // The agent holds every namespace that it opened, and with it the links there.
    for (const connection of this.#connections) await this.endSession(connection);
    for (const netns of this.#namespaces) this.deleteNamespace(netns);
  }

  async endSession(connection: Connection = {}): Promise<void> {
    const host = await openHost(connection, this.config).catch(() => undefined);
    await host?.session.close();
  }
}

/** Without what the kernel works out in its own time after a device went up, and keeps when it goes down again. */
function settled({ operstate: _, qdisc: __, flags, ...link }: IpLink): IpLink {
  return { ...link, operstate: "", flags: flags.filter((flag) => flag !== "NO-CARRIER") };
}
