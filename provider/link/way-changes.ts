/** Which changes of addresses and routes take the way from the connection by which they are asked for. */
import { type InternetAddress, networkOf, parseInternetAddress } from "../netlink/internet-address";
import { ipOf, isIpv6, keyOf, partsOf } from "./addresses";
import type { Address, Route, Settings } from "./model";
import { routeKey } from "./routes";

/** One way that the connection's packets take out of the host, as the kernel chose it. */
export interface Way {
  /** The host's own address of the connection, and the other side's. */
  readonly local: string;
  readonly remote: string;
  /** The device, by its ifindex, and the route. */
  readonly index: number;
  readonly route: Route;
}

/** A change of one address or route. */
export interface WayChange {
  readonly property: "addresses" | "routes";
  /** What is done, as the beginning of a clause. */
  readonly what: string;
  /** Whether it takes that way away. */
  readonly takes: (way: Way) => boolean;
  /** It only adds something: most often that is harmless. */
  readonly isAddition: boolean;
}

type Place = { readonly ifindex: number; readonly settings: Settings & { readonly name: string } };

/** What of bringing a link to what is wanted could do so, for some connection. */
export function wayChanges(
  { addresses, routes }: Pick<Settings, "addresses" | "routes">,
  { ifindex, settings }: Place,
): WayChange[] {
  if (addresses === undefined && routes === undefined) return [];
  const seen = { addresses: settings.addresses ?? [], routes: settings.routes ?? [] };
  const { name } = settings;
  return [
    ...missingIn(addresses, seen.addresses, bySetting).map((address): WayChange => ({
      property: "addresses",
      what: `taking ${partsOf(address).address} from ${name}`,
      isAddition: false,
      takes: (way) =>
        ipOf(address) === way.local ||
        (way.index === ifindex &&
          way.route.destination === connectedBy(address) &&
          !(addresses ?? []).some((each) => connectedBy(each) === way.route.destination)),
    })),
    ...missingIn(seen.addresses, addresses ?? [], keyOf).map((address): WayChange => ({
      property: "addresses",
      what: `giving ${name} ${partsOf(address).address}`,
      isAddition: true,
      // Its own network's route wins over a wider one.
      takes: (way) => wins({ destination: connectedBy(address) }, ifindex, way),
    })),
    ...missingIn(routes, seen.routes, byWhere).map((route): WayChange => ({
      property: "routes",
      what: `taking the route to ${route.destination} from ${name}`,
      isAddition: false,
      takes: (way) => way.index === ifindex && routeKey(way.route) === routeKey(route),
    })),
    ...missingIn(seen.routes, routes ?? [], byWhere).map((route): WayChange => ({
      property: "routes",
      what: `giving ${name} a route to ${route.destination}`,
      isAddition: true,
      takes: (way) => wins(route, ifindex, way),
    })),
  ];
}

/** With its label and the rest: for another one the kernel must take it away first. */
const bySetting = (address: Address): string =>
  JSON.stringify(Object.entries(partsOf(address)).sort());

/** With its gateway: another one is another way. */
const byWhere = (route: Route): string => `${routeKey(route)} ${route.gateway ?? ""}`;

/** Those of a list that the wanted one has not; none where nothing is wanted. */
function missingIn<T>(
  wanted: readonly T[] | undefined,
  all: readonly T[],
  keyOf: (each: T) => string,
): readonly T[] {
  const keys = wanted && new Set(wanted.map(keyOf));
  return keys === undefined ? [] : all.filter((each) => !keys.has(keyOf(each)));
}

const parse = (network: string): [ip: InternetAddress | undefined, length: number] => {
  const [ip = "", length] = network.split("/");
  return [parseInternetAddress(ip), Number(length)];
};

const lengthOf = (network: string): number => parse(network)[1];

/** The network that an address, or its peer, makes reachable. */
function connectedBy(address: Address): string {
  const { address: own, peer } = partsOf(address);
  const [ip, length] = parse(own);
  const end = peer === undefined ? ip : parseInternetAddress(peer);
  return end === undefined ? own : `${networkOf(end, length)}/${length}`;
}

function covers(network: string, remote: string): boolean {
  const ip = parseInternetAddress(remote);
  if (ip === undefined || isIpv6(network) !== isIpv6(remote)) return false;
  return `${networkOf(ip, lengthOf(network))}/${lengthOf(network)}` === network;
}

/** A new route in the main table that the connection's packets would take instead of theirs. */
function wins(route: Route, ifindex: number, { remote, index, route: theirs }: Way): boolean {
  if (route.table !== undefined || !covers(route.destination, remote)) return false;
  const [own, other] = [lengthOf(route.destination), lengthOf(theirs.destination)];
  const usual = isIpv6(remote) ? 1024 : 0;
  const isSameWay = index === ifindex && route.gateway === theirs.gateway;
  return (
    !isSameWay &&
    (own > other || (own === other && (route.metric ?? usual) < (theirs.metric ?? usual)))
  );
}
