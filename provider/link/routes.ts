/** The routes through a link: in a program's words, and in the kernel's. */
import { omitUndefined } from "../omit-undefined";
import {
  AF_INET,
  AF_INET6,
  RT_SCOPE_LINK,
  RT_SCOPE_NOWHERE,
  RT_SCOPE_UNIVERSE,
  RT_TABLE_COMPAT,
  RT_TABLE_MAIN,
  RTN_UNICAST,
  RTNH_F_ONLINK,
  RTPROT_STATIC,
  RTPROT_KERNEL,
  RTPROT_UNSPEC,
} from "../netlink/constants";
import { type InternetAddress, networkOf, parseInternetAddress } from "../netlink/internet-address";
import type { RouteMessage } from "../netlink/route-message";
import { ipAddress, parsePrefixed } from "./addresses";
import type { Route } from "./model";
import {
  boolean,
  type Fail,
  integer,
  listOf,
  objectWith,
  show,
  type ValueType,
} from "./value-type";

const U32 = 4294967295;
const METRIC = integer(0, U32);
const TABLE = integer(1, U32);
/** What the kernel gives a route that asks for none. */
const METRIC_OF = { [AF_INET]: 0, [AF_INET6]: 1024 } as const;
const FIELDS = ["destination", "gateway", "source", "metric", "table", "onLink"];

const route: ValueType<Route> = {
  describe: "`{ destination, gateway, source, metric, table, onLink }`",
  parse(value, path, fail) {
    const parts = objectWith(FIELDS, value, path, fail);
    if (parts === undefined) return undefined;
    const optional = <T>(name: string, type: ValueType<T>): T | undefined =>
      parts[name] === undefined || parts[name] === null
        ? undefined
        : type.parse(parts[name], `${path}.${name}`, fail);
    const gateway = optional("gateway", ipAddress);
    const source = optional("source", ipAddress);
    const about = gateway ?? source;
    const destination = parseDestination(parts["destination"], about, `${path}.destination`, fail);
    const metric = optional("metric", METRIC);
    const table = optional("table", TABLE);
    const onLink = optional("onLink", boolean);
    if (destination === undefined) return undefined;
    const family = familyOf(destination);
    if (gateway !== undefined && gateway.family !== family && family === AF_INET6)
      fail(`${path}.gateway`, `${gateway.text} cannot be the gateway of an IPv6 route`);
    if (source !== undefined && source.family !== family)
      fail(`${path}.source`, `${source.text} is not of the destination's family`);
    if (onLink === true && gateway === undefined)
      fail(`${path}.onLink`, "it says something of a gateway only; name one, or leave it out");
    return omitUndefined({
      destination,
      gateway: gateway?.text,
      source: source?.text,
      metric: metric === METRIC_OF[family] ? undefined : metric,
      table: table === RT_TABLE_MAIN ? undefined : table,
      onLink: onLink === true ? onLink : undefined,
    });
  },
};

/** "default" is that of the family of what stands beside it, IPv4's where nothing does. */
function parseDestination(
  value: unknown,
  about: InternetAddress | undefined,
  path: string,
  fail: Fail,
): string | undefined {
  if (value === "default") return about?.family === AF_INET6 ? "::/0" : "0.0.0.0/0";
  const alone = typeof value === "string" ? parseInternetAddress(value.trim()) : undefined;
  if (alone !== undefined) return `${alone.text}/${alone.family === AF_INET ? 32 : 128}`;
  if (typeof value !== "string" || !value.includes("/")) {
    fail(
      path,
      `${show(value)} is no destination; write "default", or a network as 198.51.100.0/24`,
    );
    return undefined;
  }
  const parsed = parsePrefixed(value, path, fail);
  if (parsed === undefined) return undefined;
  const network = `${networkOf(parsed.address, parsed.prefixLength)}/${parsed.prefixLength}`;
  if (network !== `${parsed.address.text}/${parsed.prefixLength}`)
    fail(path, `${show(value)} is an address in a network, not a network; write "${network}"`);
  return network;
}

const familyOf = (destination: string): typeof AF_INET | typeof AF_INET6 =>
  destination.includes(":") ? AF_INET6 : AF_INET;

/** What makes it another route to the kernel: two that differ in the rest cannot both be there. */
export function routeKey({ destination, metric, table }: Route): string {
  return `${destination} metric ${metric ?? METRIC_OF[familyOf(destination)]} table ${table ?? RT_TABLE_MAIN}`;
}

export const routes: ValueType<readonly Route[]> = listOf(route, 1000, routeKey);

export function toRouteMessage(given: Route, index: number): RouteMessage {
  const { destination, gateway, source, metric, table = RT_TABLE_MAIN, onLink } = given;
  const family = familyOf(destination);
  const [network = "", length] = destination.split("/");
  const viaOther = gateway !== undefined && family === AF_INET && gateway.includes(":");
  return {
    family,
    destinationLength: Number(length),
    ...{ sourceLength: 0, tos: 0 },
    table: table < 256 ? table : RT_TABLE_COMPAT,
    protocol: RTPROT_STATIC,
    scope: family === AF_INET && gateway === undefined ? RT_SCOPE_LINK : RT_SCOPE_UNIVERSE,
    type: RTN_UNICAST,
    flags: onLink === true ? RTNH_F_ONLINK : 0,
    attributes: omitUndefined({
      RTA_DST: Number(length) === 0 ? undefined : network,
      RTA_GATEWAY: viaOther ? undefined : gateway,
      RTA_VIA: viaOther ? { family: AF_INET6, address: gateway } : undefined,
      RTA_PREFSRC: source,
      RTA_OIF: index,
      RTA_PRIORITY: metric,
      RTA_TABLE: table,
    }),
  };
}

/** Told by what makes it this route and no other. */
export function toRemovedRoute(given: Route, index: number): RouteMessage {
  const { destination, metric, table } = given;
  const bare = toRouteMessage(omitUndefined({ destination, metric, table }), index);
  const scope = bare.family === AF_INET ? RT_SCOPE_NOWHERE : RT_SCOPE_UNIVERSE;
  return { ...bare, scope, protocol: RTPROT_UNSPEC };
}

export function fromRouteMessage(message: RouteMessage): Route {
  const { family, destinationLength, attributes, flags } = message;
  const any = family === AF_INET6 ? "::" : "0.0.0.0";
  const via = attributes.RTA_VIA?.address;
  const table = attributes.RTA_TABLE ?? message.table;
  const metric = attributes.RTA_PRIORITY ?? 0;
  return omitUndefined({
    destination: `${attributes.RTA_DST ?? any}/${destinationLength}`,
    gateway: attributes.RTA_GATEWAY ?? (typeof via === "string" ? via : undefined),
    source: attributes.RTA_PREFSRC,
    metric: metric === METRIC_OF[family as typeof AF_INET] ? undefined : metric,
    table: table === RT_TABLE_MAIN ? undefined : table,
    onLink: (flags & RTNH_F_ONLINK) !== 0 ? true : undefined,
  });
}

/** All that somebody made; the kernel makes its own of addresses. */
export const routesMade = (messages: readonly RouteMessage[]): Route[] =>
  messages
    .filter(({ type, protocol }) => type === RTN_UNICAST && protocol !== RTPROT_KERNEL)
    .map(fromRouteMessage);

/** What is there of those that somebody declares. A source that the kernel chose by itself says nothing. */
export function routesSeen(
  messages: readonly RouteMessage[],
  mine: readonly Route[],
): readonly Route[] {
  const there = new Map(
    messages
      .filter(({ type }) => type === RTN_UNICAST)
      .map(fromRouteMessage)
      .map((each) => [routeKey(each), each]),
  );
  return mine.flatMap((declared) => there.get(routeKey(declared)) ?? []);
}
