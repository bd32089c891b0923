/**
 * `arp: "own"`: each IPv4 address answers with its own link's MAC address and no other. By itself Linux
 * answers for all addresses of the host on every device, the lower one included, and lets answers out by
 * whichever link's network is first in the routing table.
 */
import { AF_INET, RT_TABLE_UNSPEC, RTPROT_STATIC } from "../netlink/constants";
import { networkOf, parseInternetAddress } from "../netlink/internet-address";
import { FR_ACT_TO_TBL, type RuleMessage } from "../netlink/rule-message";
import { ipOf, isIpv6, partsOf } from "./addresses";
import type { ObservedLink, Route, Settings, Sysctls } from "./model";
import type { PlannedStep, Step } from "./plan";
import { losesIpv4, settingAgain } from "./plan-around";
import { routeKey } from "./routes";
import { sysctlSeen } from "./sysctls";

/** On the link and on its lower device: no answer for another device's address, and loose reverse paths. */
export const ARP_SYSCTLS = {
  "ipv4.arp_announce": 2,
  "ipv4.arp_ignore": 1,
  "ipv4.rp_filter": 2,
} as const satisfies Sysctls;
const NAMES = Object.keys(ARP_SYSCTLS) as (keyof typeof ARP_SYSCTLS)[];

/**
 * `net.ipv4.conf.<link>.tag`, a number "for user purposes" (ip-sysctl) that means nothing to the kernel: on
 * a link of ours what its lower device had before the first of them. So the kernel itself keeps it, and
 * no killed process loses it while one of them is left.
 */
export const TAG = "ipv4.tag";
const IS_TAG = 1 << 20;

export function packTag(values: Sysctls): number {
  const [announce = 0, ignore = 0, filter = 0] = NAMES.map((name) => values[name]);
  return IS_TAG | (filter << 8) | (announce << 4) | ignore;
}

export function unpackTag(tag: number): Sysctls {
  const values = [(tag >> 4) & 0xf, tag & 0xf, (tag >> 8) & 0xf];
  return Object.fromEntries(NAMES.map((name, at) => [name, values[at] ?? 0]));
}

export function tagOf(link: Pick<ObservedLink, "conf">): number | undefined {
  const tag = sysctlSeen(TAG, link) ?? 0;
  return (tag & IS_TAG) === 0 ? undefined : tag;
}

export const arpValuesOf = (device: Pick<ObservedLink, "conf">): Sysctls =>
  Object.fromEntries(NAMES.map((name) => [name, sysctlSeen(name, device) ?? 0]));

/** Its own routing table, the same at every run; far above what people number theirs with. */
export function tableOf(mark: string): number {
  const digits = [...mark].map((letter) => "abcdefghijklmnopqrstuvwxyz234567".indexOf(letter));
  return digits.slice(0, 6).reduce((number, digit) => number * 32 + Math.max(0, digit), 1) >>> 0;
}

/** Before the main table (32766), after what people put first. */
const PRIORITY = 10_000;

/** What is there of it; read together with the link. */
export interface ArpSeen {
  /** Addresses that have a rule to the link's own table. */
  readonly rules: readonly string[];
  /** Of that table. */
  readonly routes: readonly Route[];
  /** Of the lower device; undefined where it is in another namespace, and answers for nobody here. */
  readonly lower: Sysctls | undefined;
  /** What the lower device had before the first of them. */
  readonly former: number;
  /** Whether another link on the lower device wants the same of it. */
  readonly hasOthers: boolean;
}

function ownAddresses({ addresses = [] }: Settings): string[] {
  return addresses.filter((each) => !isIpv6(each)).map((each) => partsOf(each).address);
}

/**
 * The networks of the addresses, each from its own address, and the declared routes of the main table.
 * A link that is down has none.
 */
function ownRoutes(settings: Settings, table: number): Route[] {
  if (settings.adminState === "down") return [];
  const connected = ownAddresses(settings).flatMap((address): Route[] => {
    const bits = Number(address.split("/")[1]);
    const parsed = parseInternetAddress(ipOf(address));
    if (parsed === undefined || bits >= 31) return [];
    return [{ destination: `${networkOf(parsed, bits)}/${bits}`, source: parsed.text, table }];
  });
  // Two addresses of one network have one route there.
  const first = new Map(connected.reverse().map((route) => [route.destination, route]));
  const declared = (settings.routes ?? []).filter(
    ({ destination, table: other }) => !isIpv6(destination) && other === undefined,
  );
  return [...[...first.values()].reverse(), ...declared.map((route) => ({ ...route, table }))];
}

/** Whether all of it holds for the addresses that are wanted. */
export function isOwn(
  settings: Settings,
  seen: ArpSeen,
  link: ObservedLink,
  table: number,
): boolean {
  const rules = new Set(seen.rules);
  const routes = new Set(seen.routes.map(inWords));
  const lower = seen.lower ?? ARP_SYSCTLS;
  return (
    ownAddresses(settings).every((address) => rules.has(ipOf(address))) &&
    ownRoutes(settings, table).every((route) => routes.has(inWords(route))) &&
    NAMES.every((name) => lower[name] === ARP_SYSCTLS[name]) &&
    (seen.lower === undefined || tagOf(link) !== undefined)
  );
}

const inWords = (route: Route): string => `${routeKey(route)} ${route.gateway} ${route.source}`;

const setTag = (value: number): Step => ({ do: "set sysctls", values: { [TAG]: value } });
const setLower = (values: Sysctls): Step => ({ do: "set lower sysctls", values });

/** What goes first: the lower device's former values are noted on the link before they change. */
export function planArpFirst(
  { arp }: Settings,
  seen: ArpSeen | undefined,
  tag: number,
): PlannedStep[] {
  if (arp !== "own" || seen?.lower === undefined) return [];
  const { lower, former } = seen;
  const holds = NAMES.every((name) => lower[name] === ARP_SYSCTLS[name]);
  return [
    ...(tag === former ? [] : [{ step: setTag(former), inverse: setTag(tag) }]),
    ...(holds ? [] : [{ step: setLower(ARP_SYSCTLS), inverse: setLower(lower) }]),
  ];
}

/** Before addresses go: the kernel takes routes with them. */
export function planArpRemovals(
  settings: Settings,
  seen: ArpSeen | undefined,
  table: number,
  link?: ObservedLink,
): PlannedStep[] {
  if (settings.arp === undefined || seen === undefined) return [];
  const isWanted = settings.arp === "own";
  const ips = new Set(isWanted ? ownAddresses(settings).map(ipOf) : []);
  const routes = new Set(isWanted ? ownRoutes(settings, table).map(inWords) : []);
  const goesAndComes = link !== undefined && losesIpv4(settings, link);
  return [
    ...planWithoutRules(
      seen.rules.filter((ip) => !ips.has(ip)),
      table,
    ),
    // They went when the link did.
    ...(settings.adminState === "down" ? [] : seen.routes).flatMap((route) => {
      if (!routes.has(inWords(route))) return reversed(addingRoute(route));
      // Changes nothing; its inverse comes after that of the address.
      return goesAndComes ? settingAgain(route) : [];
    }),
  ];
}

export const planWithoutRules = (rules: readonly string[], table: number): PlannedStep[] =>
  rules.map((from) => reversed(addingRule(from, table)));

/** After addresses are there: no route leaves from one that is not. */
export function planArpAdditions(
  settings: Settings,
  seen: ArpSeen | undefined,
  table: number,
  link?: ObservedLink,
): PlannedStep[] {
  if (settings.arp !== "own" || seen === undefined) return [];
  const routes = new Set(seen.routes.map(inWords));
  const goesAndComes = link !== undefined && losesIpv4(settings, link);
  return [
    ...ownRoutes(settings, table).flatMap((route) => {
      if (!routes.has(inWords(route))) return addingRoute(route);
      return goesAndComes ? settingAgain(route) : [];
    }),
    ...ownAddresses(settings)
      .map(ipOf)
      .filter((ip) => !seen.rules.includes(ip))
      .map((ip) => addingRule(ip, table)),
  ];
}

/** With its last user the lower device gets back what it had. */
export function planArpLast(
  { arp }: Settings,
  seen: ArpSeen | undefined,
  link: ObservedLink,
): PlannedStep[] {
  const tag = tagOf(link);
  if (arp !== "shared" || seen?.lower === undefined || tag === undefined) return [];
  const back = { step: setLower(unpackTag(tag)), inverse: setLower(seen.lower) };
  return [...(seen.hasOthers ? [] : [back]), { step: setTag(0), inverse: setTag(tag) }];
}

type Both = Required<PlannedStep>;
const reversed = ({ step, inverse }: Both): Both => ({ step: inverse, inverse: step });
const addingRoute = (route: Route): Both => ({
  step: { do: "set route", route },
  inverse: { do: "remove route", route },
});
const addingRule = (from: string, table: number): Both => ({
  step: { do: "add rule", from, table },
  inverse: { do: "remove rule", from, table },
});

export function toRuleMessage(from: string, table: number): RuleMessage {
  return {
    ...{ family: AF_INET, destinationLength: 0, sourceLength: 32, tos: 0 },
    ...{ table: RT_TABLE_UNSPEC, action: FR_ACT_TO_TBL, flags: 0 },
    attributes: {
      FRA_SRC: from,
      FRA_TABLE: table,
      FRA_PRIORITY: PRIORITY,
      FRA_PROTOCOL: RTPROT_STATIC,
    },
  };
}

/** The addresses of rules to a table. */
export function rulesTo(rules: readonly RuleMessage[], table: number): string[] {
  return rules.flatMap(({ attributes, sourceLength }) =>
    attributes.FRA_TABLE === table && sourceLength === 32 ? (attributes.FRA_SRC ?? []) : [],
  );
}
