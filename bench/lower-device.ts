import { execFileSync } from "node:child_process";

/** The group of every link that a benchmark makes, so that one message deletes them all. */
export const GROUP = 4711;

export function ip(...args: string[]): string {
  return execFileSync("ip", args, {
    encoding: "utf8",
    maxBuffer: 2 ** 26,
    stdio: ["ignore", "pipe", "inherit"],
  });
}

let count = 0;

/**
 * A new veth, up, for the links of one measurement; gone with them when it is over. Without a
 * carrier, unless BENCH_CARRIER=1: with one, every link that comes up sends IPv6's multicasts to all
 * the others, and 2,000 links have the kernel deliver millions of packets, which is what is measured
 * then, whoever makes them.
 */
export async function onFreshLowerDevice<T>(work: (lower: LowerDevice) => Promise<T>): Promise<T> {
  const name = `lower${++count}`;
  ip("link", "add", name, "up", "type", "veth", "peer", "name", `wire${count}`);
  if (process.env["BENCH_CARRIER"] === "1") ip("link", "set", `wire${count}`, "up");
  const lower = { name, ifindex: Number(/^\d+/.exec(ip("-o", "link", "show", "dev", name))) };
  try {
    return await work(lower);
  } finally {
    // One by one, as with the lower device, 2,000 would take a minute.
    if (linksOn(name).length > 0) ip("link", "delete", "group", String(GROUP));
    ip("link", "delete", name);
  }
}

export interface LowerDevice {
  readonly name: string;
  readonly ifindex: number;
}

/** A benchmark that made less, or made it otherwise, measured nothing. */
export function expectLinks({ name }: LowerDevice, wanted: number, mtu?: number): void {
  const links = linksOn(name);
  if (links.length !== wanted) throw new Error(`${links.length} links are there, ${wanted} wanted`);
  const other = links.find((line) => mtu !== undefined && !line.includes(` mtu ${mtu} `));
  if (other !== undefined) throw new Error(`not of MTU ${mtu}: ${other}`);
}

function linksOn(lower: string): string[] {
  const lines = ip("-o", "link", "show", "group", String(GROUP)).split("\n");
  return lines.filter((line) => line.includes(`@${lower}:`));
}
