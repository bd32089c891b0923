/** What a program is told of its links. Imports nothing: every program loads it. */
import type { LinkState, PropertyName } from "./model";

/** The one output that only we read. */
export const RECORD = "record";

/** Of interest whatever they are, and outputs of every link. */
export const ALWAYS_SAVED = [
  "lowerDevice",
  "name",
  "mode",
  "macAddress",
  "ifindex",
] as const satisfies readonly (keyof LinkState)[];

/** An output that is saved only where it says something. */
export type QuietName =
  | Exclude<PropertyName, (typeof ALWAYS_SAVED)[number]>
  | "usedBroadcastQueueLength"
  | "operState"
  | "actualLowerDevice";

export const QUIET_NAMES = Object.keys({
  lowerNetns: true,
  netns: true,
  mtu: true,
  adminState: true,
  txQueueLength: true,
  numTxQueues: true,
  numRxQueues: true,
  addrGenMode: true,
  noPromisc: true,
  noDst: true,
  broadcastQueueLength: true,
  broadcastLimit: true,
  sourceMacAddresses: true,
  group: true,
  alias: true,
  altNames: true,
  addresses: true,
  routes: true,
  sysctls: true,
  arp: true,
  bridge: true,
  tap: true,
  usedBroadcastQueueLength: true,
  operState: true,
  actualLowerDevice: true,
} satisfies Record<QuietName, true>) as readonly QuietName[];
