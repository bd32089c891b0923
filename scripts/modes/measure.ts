/** What is heard in a topology, as it is: `stations.py` sends and listens. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { PYTHON } from "../../tests/support/python";
import type { Placed } from "./topology";

type Pair = readonly [from: string, to: string];

export interface Heard {
  /** Each frame that was sent, and who heard it; `strange` is one that was addressed to somebody else. */
  readonly frames: readonly (readonly [
    from: string,
    to: string | null,
    by: readonly (readonly [name: string, strange: boolean])[],
  ])[];
  /** Whose ARP request was answered. */
  readonly arp: readonly Pair[];
  /** Who got a packet, where every neighbour's MAC address is known. */
  readonly datagrams: readonly Pair[];
  /** The same for a packet that goes by the router. */
  readonly routed: readonly Pair[];
}

/** A frame from a station to any MAC address, as if from another one where `as` says so. */
export interface Probe {
  readonly from: string;
  readonly to: string;
  readonly as?: string;
}

export const measure = (stations: readonly Placed[]): Promise<Heard> =>
  run({ stations: stations.map(asGiven) }) as Promise<Heard>;

/** Who hears each of these frames. */
export const probe = (stations: readonly Placed[], probes: readonly Probe[]): Promise<string[][]> =>
  run({ stations: stations.map(asGiven), probes }) as Promise<string[][]>;

const asGiven = ({ name, netns, link, mac, tap, flat, routed, marker }: Placed): object => ({
  ...{ name, netns, link, mac, tap, flat, routed, marker },
});

async function run(given: object): Promise<unknown> {
  const child = spawn(PYTHON, ["-I", join(__dirname, "stations.py")], {
    stdio: ["pipe", "pipe", "inherit"],
    timeout: 300_000,
  });
  child.stdin.end(JSON.stringify(given));
  const [said] = await Promise.all([text(child.stdout), once(child, "close")]);
  const { exitCode, signalCode } = child;
  if (exitCode !== 0) throw new Error(`The measurement failed (${exitCode ?? signalCode})`);
  return JSON.parse(said);
}
