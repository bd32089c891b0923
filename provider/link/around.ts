/** What belongs to a link and stands beside its own message: addresses, routes, sysctls, its bridge. */
import type { AddressMessage } from "../netlink/address-message";
import type { RouteMessage } from "../netlink/route-message";
import { omitUndefined } from "../omit-undefined";
import { addressesSeen, isIpv6, keyOf } from "./addresses";
import { type ArpSeen, isOwn, tableOf } from "./arp";
import type { ObservedLink, Settings, Switches } from "./model";
import { routeKey, routesSeen } from "./routes";
import { sysctlsSeen } from "./sysctls";

export const AROUND = ["addresses", "routes", "sysctls", "bridge", "arp"] as const;

/** What somebody declares, or has declared: nobody looks at the rest. */
export interface Interest extends Pick<Settings, (typeof AROUND)[number]> {
  readonly exclusive?: boolean | undefined;
  /** The addresses and routes that `arp` is about: none that an earlier run left. */
  readonly now?: Pick<Settings, "addresses" | "routes">;
  /** The link's own routing table, where `arp` is asked for: its mark may be lost. */
  readonly table?: number;
}

/** What was read for an interest. */
export interface Around {
  readonly addresses: readonly AddressMessage[];
  readonly routes: readonly RouteMessage[];
  /** Name of the device that the link is a port of; empty for none. */
  readonly master: string;
  /** Where that is asked for, and the link's own routing table. */
  readonly arp?: ArpSeen | undefined;
}

type Declared = Pick<Settings, (typeof AROUND)[number]> & Switches;

/** Of what is wanted now, and of what an earlier run left: what is wanted comes first. */
export function interestIn(now: Declared, mark: string, before: Declared = {}): Interest {
  return omitUndefined({
    exclusive: now.exclusive,
    addresses: either(now.addresses, before.addresses, keyOf),
    routes: either(now.routes, before.routes, routeKey),
    sysctls: now.sysctls && { ...before.sysctls, ...now.sysctls },
    bridge: now.bridge,
    arp: now.arp,
    now: now.arp && omitUndefined({ addresses: now.addresses, routes: now.routes }),
    table: now.arp && tableOf(mark),
  });
}

function either<T>(
  now: readonly T[] | undefined,
  before: readonly T[] | undefined,
  keyOf: (each: T) => string,
): readonly T[] | undefined {
  if (now === undefined) return before;
  const keys = new Set(now.map(keyOf));
  return [...now, ...(before ?? []).filter((each) => !keys.has(keyOf(each)))];
}

export const isInterested = (interest: Interest): boolean =>
  interest.exclusive === true || saysAround(interest);

export const saysAround = (settings: Pick<Settings, (typeof AROUND)[number]>): boolean =>
  AROUND.some((name) => settings[name] !== undefined);

/** The link as it is with what was read around it, in the words of those who declare it. */
export function withAround<L extends ObservedLink>(link: L, interest: Interest, around: Around): L {
  const { addresses, routes, sysctls, bridge, exclusive, now, table = 0 } = interest;
  const { arp } = around;
  const { adminState } = link.settings;
  const whole = { ...link, ...(arp !== undefined && { arp }) };
  const isOwnNow =
    arp !== undefined && isOwn(omitUndefined({ ...now, adminState }), arp, link, table);
  return {
    ...whole,
    settings: {
      ...link.settings,
      ...((addresses !== undefined || exclusive === true) && {
        addresses: addressesSeen(around.addresses, addresses ?? [], exclusive === true),
      }),
      ...(routes !== undefined && { routes: routesSeen(around.routes, routes) }),
      ...(sysctls !== undefined && { sysctls: sysctlsSeen(Object.keys(sysctls), link) }),
      ...(bridge !== undefined && { bridge: around.master }),
      ...(arp !== undefined && { arp: isOwnNow ? "own" : "shared" }),
    },
  };
}

/** Families of the routes that are asked for. */
export function familiesOf({ routes = [] }: Interest): {
  readonly ipv4: boolean;
  readonly ipv6: boolean;
} {
  const six = routes.map(({ destination }) => isIpv6(destination));
  return { ipv4: six.includes(false), ipv6: six.includes(true) };
}
