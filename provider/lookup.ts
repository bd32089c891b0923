/** What is on a host, for programs that build on it: asked from the program's own process, and read only. */
import { HostError, isHostError } from "./errors";
import { childrenElsewhere } from "./host/everywhere";
import type { LinkHost } from "./host/link-host";
import type { Namespace } from "./host/namespaces";
import { openHost } from "./host/open-host";
import { addressesIn, routesOfBoth } from "./host/route-answers";
import { addressText } from "./link/addresses";
import type { Device } from "./link/causes";
import { checkConnection } from "./link/check-connection";
import {
  KINDS,
  type Kind,
  type Mode,
  type Netns,
  type Route,
  type Settings,
  type Sysctls,
} from "./link/model";
import { routesMade } from "./link/routes";
import { SYSCTL_NAMES, sysctlsSeen } from "./link/sysctls";
import { netns as netnsType } from "./link/value-type";
import type { AddressMessage } from "./netlink/address-message";
import type { Config } from "./request";

export interface Where {
  readonly connection?: unknown;
  readonly netns?: Netns | undefined;
}

/** A macvlan or macvtap as the kernel holds it. */
export interface LinkInfo extends Omit<Settings, "lowerNetns" | "routes" | "tap" | "bridge"> {
  readonly kind: Kind;
  readonly name: string;
  readonly mode: Mode;
  readonly ifindex: number;
  /** RFC 2863, as `ip` prints it. */
  readonly operState: string;
  /** Undefined where the lower device is in another namespace. */
  readonly lowerDevice?: string;
  /** All of them, whoever added them. */
  readonly addresses: readonly string[];
  readonly sysctls: Sysctls;
  /** The bridge that it is a port of. */
  readonly bridge?: string;
  /** Whether a program made it with this package. */
  readonly isManaged: boolean;
}

/** Of one link there is more to tell. */
export interface LinkDetails extends LinkInfo {
  /** All that lead through it, whoever made them, but for those that the kernel makes of addresses. */
  readonly routes: readonly Route[];
  /** Path of a macvtap's character device; undefined where there is no node, or none that may be looked at. */
  readonly tapDevice?: string;
  readonly tapMajor?: number;
  readonly tapMinor?: number;
}

/** A macvlan or macvtap that is in another network namespace than its lower device. */
export interface LinkElsewhere extends Pick<
  LinkInfo,
  "kind" | "name" | "mode" | "macAddress" | "isManaged"
> {
  /** Where it is, as `netns` takes it. */
  readonly netns: Netns;
}

/** A device that links may stand on. */
export interface LowerDeviceInfo {
  readonly name: string;
  readonly ifindex: number;
  /** "veth", "bond", "vlan", …; undefined for a network card. */
  readonly kind?: string;
  readonly macAddress?: string;
  /** Bytes. */
  readonly mtu?: number;
  readonly adminState?: "up" | "down";
  readonly operState: string;
  /** A card of IEEE 802.11: most access points pass no frames of a link's own MAC address. */
  readonly isWireless: boolean;
  /** The bridge, bond or team that it belongs to, which takes all of its frames. */
  readonly master?: string;
  readonly isBridgePort: boolean;
  readonly addresses: readonly string[];
  /** The macvlans and macvtaps on it, as far as they are in its own namespace. */
  readonly links: readonly LinkInfo[];
  /** Those in other namespaces of the host, as far as they may be looked into (root may). */
  readonly linksElsewhere: readonly LinkElsewhere[];
}

interface Look {
  readonly host: LinkHost;
  readonly namespace: Namespace;
  readonly devices: readonly Device[];
  readonly addresses: readonly AddressMessage[];
}

async function look({ connection: given, netns }: Where, config: Config): Promise<Look> {
  const faults: string[] = [];
  const fail = (path: string, reason: string): void => void faults.push(`${path}: ${reason}`);
  const connection = checkConnection(given, fail);
  const where = netns === undefined ? undefined : netnsType.parse(netns, "netns", fail);
  if (faults.length > 0) throw new Error(faults.join("; "));
  const host = await openHost(connection, config);
  const namespace = await host.namespace(where);
  const [devices, addresses] = await Promise.all([
    host.devices(namespace),
    addressesIn(host, namespace),
  ]);
  return { host, namespace, devices, addresses };
}

const isLink = ({ kind }: Device): boolean => KINDS.some((each) => each === kind);

const nameOf = (devices: readonly Device[], index: number | undefined): string | undefined =>
  index === undefined ? undefined : devices.find(({ ifindex }) => ifindex === index)?.settings.name;

const addressesOf = ({ addresses }: Look, index: number): string[] =>
  addresses.filter((each) => each.index === index).map(addressText);

function infoOf(seen: Look, device: Device): LinkInfo {
  const { settings, kind, ifindex, operState, lowerIfindex, lowerNetnsId, master, mark } = device;
  const lowerDevice = lowerNetnsId === undefined ? nameOf(seen.devices, lowerIfindex) : undefined;
  const bridge = nameOf(seen.devices, master);
  return {
    ...settings,
    kind: kind as Kind,
    mode: settings.mode ?? "vepa",
    ifindex,
    operState,
    ...(lowerDevice !== undefined && { lowerDevice }),
    addresses: addressesOf(seen, ifindex),
    sysctls: sysctlsSeen(SYSCTL_NAMES, device),
    ...(bridge !== undefined && { bridge }),
    isManaged: mark !== undefined,
  };
}

export interface LinkFilter {
  readonly lowerDevice?: string | undefined;
  readonly kind?: Kind | undefined;
  readonly mode?: Mode | undefined;
}

export async function findLinks(
  { lowerDevice, kind, mode, ...where }: Where & LinkFilter,
  config: Config,
): Promise<readonly LinkInfo[]> {
  const seen = await look(where, config);
  return seen.devices
    .filter(isLink)
    .map((device) => infoOf(seen, device))
    .filter((link) => lowerDevice === undefined || link.lowerDevice === lowerDevice)
    .filter((link) => kind === undefined || link.kind === kind)
    .filter((link) => mode === undefined || link.mode === mode);
}

export async function findLink(
  { name, ...where }: Where & { readonly name: string },
  config: Config,
): Promise<LinkDetails> {
  const seen = await look(where, config);
  const found = named(seen, name);
  if (found !== undefined && isLink(found))
    return {
      ...infoOf(seen, found),
      routes: await routesOn(seen, found),
      ...(found.kind === "macvtap" && (await tapOf(seen, found))),
    };
  const links = seen.devices.filter(isLink).map(({ settings }) => settings.name);
  throw missing(
    seen,
    `look up the link ${name}`,
    found === undefined
      ? `there is no device "${name}"`
      : `${name} is ${found.kind === undefined ? "a network card" : `a ${found.kind}`}, neither macvlan nor macvtap`,
    `The links there are ${listed(links)}`,
  );
}

async function routesOn({ host, namespace }: Look, { ifindex }: Device): Promise<Route[]> {
  return routesMade(await routesOfBoth(host, namespace, ifindex));
}

async function tapOf(
  { host, namespace }: Look,
  { settings: { name }, ifindex }: Device,
): Promise<Pick<LinkDetails, "tapDevice" | "tapMajor" | "tapMinor">> {
  try {
    const { path, major, minor } = await host.tap(namespace, name, ifindex);
    return { ...(path !== null && { tapDevice: path }), tapMajor: major, tapMinor: minor };
  } catch (error) {
    if (isHostError(error) && error.kind === "refused") return {};
    throw error;
  }
}

async function linksElsewhere(
  { host, namespace }: Look,
  ifindex: number,
): Promise<LinkElsewhere[]> {
  const found = await childrenElsewhere(host, namespace, ifindex);
  return found
    .filter(({ device }) => isLink(device))
    .map(({ path, device: { kind, settings, mark } }) => ({
      netns: /^\/run\/netns\/([^/]+)$/.exec(path)?.[1] ?? { path },
      kind: kind as Kind,
      name: settings.name,
      mode: settings.mode ?? "vepa",
      ...(settings.macAddress !== undefined && { macAddress: settings.macAddress }),
      isManaged: mark !== undefined,
    }));
}

export async function findLowerDevice(
  { name, ...where }: Where & { readonly name: string },
  config: Config,
): Promise<LowerDeviceInfo> {
  const seen = await look(where, config);
  const { host, namespace, devices } = seen;
  const found = named(seen, name);
  if (found === undefined) {
    const names = devices.map(({ settings }) => settings.name);
    const what = `look up the lower device ${name}`;
    throw missing(seen, what, `there is no device "${name}"`, `The devices are ${listed(names)}`);
  }
  const { settings, ifindex, kind, operState, slaveKind } = found;
  const isCard = kind === undefined && !found.loopback;
  const isWireless = isCard && (await host.isWireless(namespace, settings.name));
  const master = nameOf(devices, found.master);
  const on = ({ lowerIfindex, lowerNetnsId }: Device): boolean =>
    lowerIfindex === ifindex && lowerNetnsId === undefined;
  return {
    name: settings.name,
    ifindex,
    operState,
    ...(kind !== undefined && { kind }),
    ...(settings.macAddress !== undefined && { macAddress: settings.macAddress }),
    ...(settings.mtu !== undefined && { mtu: settings.mtu }),
    ...(settings.adminState !== undefined && { adminState: settings.adminState }),
    isWireless,
    ...(master !== undefined && { master }),
    isBridgePort: slaveKind === "bridge",
    addresses: addressesOf(seen, ifindex),
    links: devices
      .filter((device) => isLink(device) && on(device))
      .map((link) => infoOf(seen, link)),
    linksElsewhere: await linksElsewhere(seen, ifindex),
  };
}

const named = ({ devices }: Look, name: string): Device | undefined =>
  devices.find(
    ({ settings }) => settings.name === name || (settings.altNames ?? []).includes(name),
  );

const listed = (names: readonly string[]): string =>
  names.length === 0 ? "none" : `${names.slice(0, 20).join(", ")}${names.length > 20 ? ", …" : ""}`;

function missing({ host }: Look, operation: string, cause: string, cure: string): HostError {
  return new HostError({ kind: "missing", operation, host: host.label, cause, cure });
}
