/** Which devices of a network namespace a connection to its host goes through. */
import type { AddressMessage } from "../netlink/address-message";
import { RT_SCOPE_HOST, RT_SCOPE_LINK, RTN_LOCAL } from "../netlink/constants";
import type { TcpEnds } from "../netlink/route-requests";
import type { RouteMessage } from "../netlink/route-message";
import { omitUndefined } from "../omit-undefined";
import type { Device } from "./causes";
import { fromRouteMessage } from "./routes";
import type { Way } from "./way-changes";

/** A device without which the connection would break. */
export interface Carrier {
  readonly device: Device;
  /** How that is known, as a clause: "it has 192.0.2.7, to which the connection comes". */
  readonly why: string;
  /** False where it is one of several, and nobody can tell which of them it is. */
  readonly isCertain: boolean;
  /** Where it may be one for no other reason than that it has these. */
  readonly addresses?: readonly string[];
}

/** A connection's socket, and the kernel's answers to where its packets go; none where it knows no way. */
export interface Traced {
  readonly ends: TcpEnds;
  readonly routes: readonly RouteMessage[];
}

/** What a look at a namespace shows that has such sockets. */
export interface Surroundings {
  readonly sockets: readonly Traced[];
  readonly addresses: readonly AddressMessage[];
  readonly devices: readonly Device[];
  /** Why no socket tells the whole, where none does. */
  readonly blind?: string | undefined;
}

/** A carrier stands on a device of another namespace, which this one knows by a number. */
export interface Crossing {
  readonly netnsId: number;
  readonly ifindex: number;
  readonly above: Carrier;
}

export interface Carried {
  /** By ifindex. */
  readonly carriers: ReadonlyMap<number, Carrier>;
  readonly crossings: readonly Crossing[];
  /** Why it is not known which device carries the connection, where it is not. */
  readonly unknown: string | undefined;
}

export const isLinkLocal = (address: string): boolean => /^fe[89ab][0-9a-f]:/.test(address);
const isLoopback = (address: string): boolean => /^127\./.test(address) || address === "::1";

/** An address as the device holds it; IFA_ADDRESS may be its peer's. */
export const ownAddress = ({ attributes }: AddressMessage): string | undefined =>
  attributes.IFA_LOCAL ?? attributes.IFA_ADDRESS;

// Where their frames go is told by IFLA_LINK and IFLA_MASTER. Of a tunnel (tun, wireguard, vxlan, ppp…) nothing is.
const UNDERSTOOD: ReadonlySet<string | undefined> = new Set([
  ...[undefined, "veth", "dummy", "vrf", "dsa"],
  ...["vlan", "macvlan", "macvtap", "ipvlan", "ipvtap", "macsec"],
  ...["bridge", "bond", "team", "openvswitch"],
]);

export function carriedBy(seen: Surroundings): Carried {
  const traced = trace(seen);
  const unknown = traced.unknown ?? seen.blind;
  return unknown === undefined ? traced : { ...trace(seen, maybe(seen)), unknown };
}

/** The ways by which packets leave; of those that stay on the host nothing can be taken. */
export function waysOf(sockets: readonly Traced[]): Way[] {
  return sockets.flatMap(({ ends: { local, remote }, routes }) =>
    routes
      .filter(({ type }) => type !== RTN_LOCAL)
      .flatMap((message) => {
        const route = fromRouteMessage(message);
        const { RTA_OIF: index, RTA_MULTIPATH: hops } = message.attributes;
        if (index !== undefined) return [{ local, remote, index, route }];
        return (hops ?? []).map((hop) => {
          const gateway = hop.attributes.RTA_GATEWAY;
          return { local, remote, index: hop.index, route: omitUndefined({ ...route, gateway }) };
        });
      }),
  );
}

/** Every device that has an address may carry what is not known to be carried by another. */
function maybe({ addresses, devices, sockets }: Surroundings): Carrier[] {
  const inUse = new Set(sockets.map(({ ends }) => ends.local));
  const counts = ({ scope, ...address }: AddressMessage): boolean => {
    const text = ownAddress({ scope, ...address }) ?? "";
    // Each device that is UP has a link-local one, whether anybody uses it or not.
    const idle = isLinkLocal(text) && scope === RT_SCOPE_LINK && !inUse.has(text);
    return scope !== RT_SCOPE_HOST && !idle;
  };
  return devices.flatMap((device) => {
    const own = addresses.filter(({ index }) => index === device.ifindex).filter(counts);
    const texts = own.map((address) => ownAddress(address) ?? "");
    if (device.loopback || texts.length === 0) return [];
    const why = `it has the address ${texts[0]}`;
    return [{ device, why, isCertain: false, addresses: texts }];
  });
}

function trace(seen: Surroundings, possible: readonly Carrier[] = []): Carried {
  const starts: Carrier[] = [];
  let unknown: string | undefined;
  for (const socket of seen.sockets) {
    const found = startsOf(socket, seen);
    if (typeof found === "string") unknown ??= found;
    else starts.push(...found);
  }
  const carried = downFrom([...starts, ...possible], seen.devices);
  return { ...carried, unknown: unknown ?? carried.unknown };
}

/** The devices that one connection enters and leaves by; a text where that cannot be told. */
function startsOf(
  { ends: { local, remote }, routes }: Traced,
  { addresses, devices }: Surroundings,
): Carrier[] | string {
  if (isLoopback(local) || isLoopback(remote))
    return "it comes over loopback, as through a reverse tunnel";
  if (routes.length === 0) return `the host names no route to ${remote}`;
  if (routes.some(({ type }) => type === RTN_LOCAL)) return "it comes from the host itself";
  const byIndex = (index: number): Device | undefined =>
    devices.find(({ ifindex }) => ifindex === index);
  const starts: Carrier[] = [];
  for (const { attributes } of routes) {
    const { RTA_OIF, RTA_MULTIPATH = [] } = attributes;
    for (const index of [RTA_OIF ?? [], RTA_MULTIPATH.map((hop) => hop.index)].flat()) {
      const device = byIndex(index);
      if (device === undefined || device.loopback)
        return `the route to ${remote} leads through no device that can be seen`;
      starts.push({ device, why: `the route to ${remote} leads through it`, isCertain: true });
    }
  }
  if (starts.length === 0) return `the route to ${remote} names no device`;
  for (const address of addresses) {
    const device = ownAddress(address) === local ? byIndex(address.index) : undefined;
    // A router's address may be on its loopback device, which carries nothing.
    if (device !== undefined && !device.loopback)
      starts.push({
        device,
        why: `it has ${local}, to which the connection comes`,
        isCertain: true,
      });
  }
  return starts;
}

/** What carries also what stands on it, as the kernel stacks devices. */
export function downFrom(starts: readonly Carrier[], devices: readonly Device[]): Carried {
  const carriers = new Map<number, Carrier>();
  const crossings: Crossing[] = [];
  let unknown: string | undefined;
  const queue = [...starts];
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    const { device, isCertain } = next;
    const known = carriers.get(device.ifindex);
    if (known !== undefined && (known.isCertain || !isCertain)) continue;
    carriers.set(device.ifindex, next);
    const { kind, lowerIfindex, lowerNetnsId, settings } = device;
    if (isCertain && !UNDERSTOOD.has(kind))
      unknown ??= `${settings.name} is a device of the kind ${String(kind)}, and what carries that is not told`;
    const carries = isCertain ? "carries" : "may carry";
    const above = `${settings.name}, which ${carries} it`;
    // The other end of a veth is no lower device.
    if (kind !== "veth" && lowerIfindex !== undefined) {
      if (lowerNetnsId !== undefined)
        crossings.push({ netnsId: lowerNetnsId, ifindex: lowerIfindex, above: next });
      for (const lower of lowerNetnsId === undefined ? devices : [])
        if (lower.ifindex === lowerIfindex)
          queue.push({ device: lower, why: `${above}, stands on it`, isCertain });
    }
    for (const port of portsOf(device, devices))
      queue.push({ device: port, why: `it is a port of ${above}`, isCertain });
  }
  return { carriers, crossings, unknown };
}

/** Of a bridge, bond or team; of a network card, the virtual function that does its work. */
function portsOf({ ifindex, kind }: Device, devices: readonly Device[]): readonly Device[] {
  if (kind === "vrf") return [];
  return kind === "openvswitch"
    ? devices.filter(({ slaveKind }) => slaveKind === "openvswitch")
    : devices.filter(({ master }) => master === ifindex);
}
