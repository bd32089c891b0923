/** A link of the tests' own, at every station of its way: arguments, inputs, kernel, state. */
import { deepStrictEqual } from "node:assert";
import type { Device } from "../../provider/link/causes";
import { checkLink, type CheckFailure } from "../../provider/link/check";
import { hostOf, isHere, isSameHost } from "../../provider/link/host";
import type { LinkInputs, LinkState, ObservedLink, Settings } from "../../provider/link/model";
import { keptOf, stateOf, type Surroundings } from "../../provider/link/state";
import { complete } from "../../provider/link/wanted";

/** Stands for a value that is not known yet, as Pulumi's own marker does. */
export const UNKNOWN = "unknown-04da6b54";
export const isUnknown = (value: unknown): boolean =>
  value === UNKNOWN ||
  (typeof value === "object" && value !== null && Object.values(value).some(isUnknown));

export const HOST = "hosthosthost";
export const urnOf = (name: string, parents = "", stack = "dev"): string =>
  `urn:pulumi:${stack}::shop::${parents}pulumi-nodejs:dynamic/macvlan:Macvlan::${name}`;

export type Given = Readonly<Record<string, unknown>>;
type Checked = {
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly failures: readonly CheckFailure[];
};

/** Checks arguments for a resource called "web" on eth0, unless they say otherwise. */
export function check(given: Given, old?: LinkInputs, host = HOST, machine?: string): Checked {
  const base = { kind: "macvlan", resourceUrn: urnOf("web"), lowerDevice: "eth0" };
  const { connection } = given;
  const now = { connection, machine: isHere(connection) ? host : machine };
  const kept = old !== undefined && isSameHost(hostOf(old), now) ? old.identity : undefined;
  return checkLink({ ...base, ...given }, { host, machine: now.machine, kept, isUnknown });
}

/** The same, for arguments that are legal. */
export function inputsFor(
  given: Given = {},
  old?: LinkInputs,
  host = HOST,
  machine?: string,
): LinkInputs {
  const { inputs, failures } = check(given, old, host, machine);
  deepStrictEqual(failures, []);
  return inputs as unknown as LinkInputs;
}

/** "property: reason" of each failure. */
export function failuresOf(given: Given, old?: LinkInputs): string[] {
  return check(given, old).failures.map(({ property, reason }) => `${property}: ${reason}`);
}

const AS_MADE: Settings = {
  mode: "vepa",
  mtu: 1500,
  txQueueLength: 1000,
  numTxQueues: 1,
  numRxQueues: 1,
  adminState: "up",
  addrGenMode: "eui64",
  noPromisc: false,
  noDst: false,
  broadcastQueueLength: 1000,
  broadcastLimit: 1,
  sourceMacAddresses: [],
  group: 0,
  alias: "",
  altNames: [],
};

const NO_CONF = { ipv4: undefined, ipv6: undefined };

const BELOW_A_MESSAGE = ["lowerDevice", "lowerNetns", "netns", "tap"];

/** The link as the kernel shows it after it was made from these inputs. */
export function observed(inputs: LinkInputs, more: Settings = {}): ObservedLink {
  const { settings, mark, kind } = complete(inputs, 1500);
  const shown = Object.entries(settings).filter(([name]) => !BELOW_A_MESSAGE.includes(name));
  return {
    ifindex: 7,
    kind,
    settings: { ...AS_MADE, ...Object.fromEntries(shown), ...more, name: settings.name },
    mark,
    lowerIfindex: 2,
    operState: "UP",
    usedBroadcastQueueLength: 1000,
    conf: NO_CONF,
  };
}

export const SURROUNDINGS: Surroundings = {
  bootId: "boot-1",
  actualLowerDevice: "eth0",
  lowerAsNamed: true,
  lowerMtu: 1500,
};

/** What is saved of that link. */
export function stateFor(given: Given = {}, more: Settings = {}): LinkState {
  const inputs = inputsFor(given);
  const node = { owner: "root", group: "root", mode: "0600", ...inputs.tap, ...more.tap };
  const tap = { major: 240, minor: 1, path: "/dev/tap7", settings: node };
  const around = inputs.kind === "macvtap" ? { ...SURROUNDINGS, tap } : SURROUNDINGS;
  return stateOf(keptOf(inputs, undefined), observed(inputs, more), around);
}

/** A device of a namespace: a network card that is up, unless said otherwise. */
export function device(name: string, ifindex: number, more: Partial<Device> = {}): Device {
  return {
    ifindex,
    kind: undefined,
    mark: undefined,
    lowerIfindex: undefined,
    operState: "UP",
    usedBroadcastQueueLength: undefined,
    conf: NO_CONF,
    hardwareType: 1,
    loopback: false,
    master: undefined,
    slaveKind: undefined,
    ...more,
    settings: { mtu: 1500, adminState: "up", altNames: [], ...more.settings, name },
  };
}
