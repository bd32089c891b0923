/** The part of a plan that is about what stands beside a link's own message. */
import { isDeepStrictEqual } from "node:util";
import { isIpv6, keyOf, partsOf } from "./addresses";
import type { Address, ObservedLink, Route, Settings, Sysctls } from "./model";
import type { PlannedStep, Step } from "./plan";
import { routeKey } from "./routes";
import { sysctlSeen } from "./sysctls";

/** What must hold before the first frame, of a link that is being made. */
export function beforeUp({ sysctls = {}, name = "" }: Settings): Step[] {
  return planSysctls(sysctls, {}, name).map(({ step }) => step);
}

/** What a link that is up gets, of one that is being made: all of it goes with the link. */
export function afterUp({ addresses = [], routes = [] }: Settings): Step[] {
  return [
    ...addresses.map((address) => adding(address, routes).step),
    ...routes.map((route) => ({ do: "set route", route }) as const),
  ];
}

/** One message for all of IPv4's, which the kernel takes from the link's own; a file for each of IPv6's. */
export function planSysctls(wanted: Sysctls, seen: Sysctls, link: string): PlannedStep[] {
  const differing = Object.entries(wanted).filter(([name, value]) => seen[name] !== value);
  const four = differing.filter(([name]) => name.startsWith("ipv4."));
  const of = (step: "set sysctls", values: readonly (readonly [string, number])[]): Step => ({
    do: step,
    values: Object.fromEntries(values),
  });
  const before = four.flatMap(([name]) => {
    const value = seen[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return [
    ...(four.length === 0
      ? []
      : [
          {
            step: of("set sysctls", four),
            ...(before.length > 0 && { inverse: of("set sysctls", before) }),
          },
        ]),
    ...differing
      .filter(([name]) => name.startsWith("ipv6."))
      .map(([name, value]): PlannedStep => {
        const was = seen[name];
        const write = (number: number): Step => ({ do: "write sysctl", link, name, value: number });
        return { step: write(value), ...(was !== undefined && { inverse: write(was) }) };
      }),
  ];
}

/**
 * Of a passthru link that becomes a bridge's port while it is down, the kernel does not count on the lower device
 * that all multicast is wanted; whoever takes it out while it is up counts below zero, for good.
 */
export const isPortWhileUp = ({ mode }: Settings): boolean => mode === "passthru";

export function planBridge(wanted: string | undefined, seen: string | undefined): PlannedStep[] {
  if (wanted === undefined || wanted === (seen ?? "")) return [];
  return [
    {
      step: { do: "set bridge", bridge: wanted },
      inverse: { do: "set bridge", bridge: seen ?? "" },
    },
  ];
}

/** What the kernel takes away with the state "up", which its return does not bring back. */
export function planDown({ addresses = [] }: Settings): PlannedStep[] {
  return addresses.filter(isIpv6).map((address) => {
    // It is there: only taking all back, in reverse order, needs it after the link is up again.
    const step = { do: "add address", address } as const;
    return { step, inverse: step };
  });
}

/**
 * Addresses and routes, one by one. New ones come before old ones go, so that what others hold on to
 * stays: a route its source, a connection the address that it does not use.
 */
export function planAddressing(
  { addresses, routes }: Settings,
  link: ObservedLink,
  goesDown: boolean,
): PlannedStep[] {
  const there = link.settings.addresses ?? [];
  const staying = goesDown ? there.filter((address) => !isIpv6(address)) : there;
  const byAddress = differenceOf(addresses, staying, keyOf);
  const byRoute = differenceOf(routes, link.settings.routes ?? [], routeKey);
  const again = (routes ?? []).filter(goesWith(byAddress)).map(settingAgain);
  return [
    // First, so that taken back it is last: a new address may be the first of its network by then.
    ...promoting(byAddress, link),
    ...byAddress.added.map((address) => adding(address, routes)),
    ...byRoute.added.map(settingRoute),
    ...byRoute.changed.map(([was, now]) => ({
      step: { do: "set route", route: now, replaces: true } as const,
      inverse: { do: "set route", route: was, replaces: true } as const,
    })),
    ...byRoute.removed.map((route) => swapped(settingRoute(route))),
    // Once before, where nothing changes but what its inverse then puts back; once after.
    ...again,
    // The kernel changes nothing of one that is there but its lifetime.
    ...byAddress.changed.flatMap(([was, now]) => [swapped(adding(was)), adding(now, routes)]),
    ...byAddress.removed.map((address) => swapped(adding(address))),
    ...again,
  ];
}

/**
 * The routes that the kernel may take away with an address that goes: with the last one of IPv4 all of
 * IPv4's, with any the routes that have it as their source.
 */
function goesWith({ removed, changed }: Difference<Address>): (route: Route) => boolean {
  const going = [...removed, ...changed.map(([was]) => was)];
  const six = new Set(going.map(isIpv6));
  return ({ destination, source }) =>
    isIpv6(destination) ? six.has(true) && source !== undefined : six.has(false);
}

export const settingAgain = (route: Route): PlannedStep => {
  const step = { do: "set route", route, replaces: true } as const;
  return { step, inverse: step };
};

/** A route takes no IPv6 source of which the kernel still asks whether somebody else has it. */
function adding(address: Address, routes: readonly Route[] = []): Required<PlannedStep> {
  const [ip] = partsOf(address).address.split("/");
  const isSource = isIpv6(address) && routes.some(({ source }) => source === ip);
  const at = isSource ? { ...partsOf(address), noDad: true } : address;
  return { step: { do: "add address", address: at }, inverse: { do: "remove address", address } };
}

const settingRoute = (route: Route) =>
  ({
    step: { do: "set route", route },
    inverse: { do: "remove route", route },
  }) as const satisfies PlannedStep;

const swapped = ({ step, inverse }: Required<PlannedStep>): PlannedStep => ({
  step: inverse,
  inverse: step,
});

interface Difference<T> {
  readonly added: readonly T[];
  readonly removed: readonly T[];
  readonly changed: readonly (readonly [was: T, now: T])[];
}

function differenceOf<T>(
  wanted: readonly T[] | undefined,
  seen: readonly T[],
  keyOf: (each: T) => string,
): Difference<T> {
  if (wanted === undefined) return { added: [], removed: [], changed: [] };
  const there = new Map(seen.map((each) => [keyOf(each), each]));
  const kept = new Set(wanted.map(keyOf));
  return {
    added: wanted.filter((each) => !there.has(keyOf(each))),
    removed: seen.filter((each) => !kept.has(keyOf(each))),
    changed: wanted.flatMap((now) => {
      const was = there.get(keyOf(now));
      return was === undefined || isDeepStrictEqual(was, now) ? [] : [[was, now] as const];
    }),
  };
}

const hasIpv4Going = ({ removed, changed }: Difference<Address>): boolean =>
  [...removed, ...changed.map(([was]) => was)].some((address) => !isIpv6(address));

/** Whether an IPv4 address goes, be it to come back with another label: with the last one all routes go. */
export const losesIpv4 = ({ addresses }: Settings, { settings }: ObservedLink): boolean =>
  hasIpv4Going(differenceOf(addresses, settings.addresses ?? [], keyOf));

const PROMOTE = "ipv4.promote_secondaries";

/** With the first address of a network the kernel takes all others of it, unless it is told to promote one. */
function promoting(goes: Difference<Address>, link: ObservedLink): PlannedStep[] {
  const value = sysctlSeen(PROMOTE, link);
  if (!hasIpv4Going(goes) || value !== 0) return [];
  return planSysctls({ [PROMOTE]: 1 }, { [PROMOTE]: value }, link.settings.name);
}
