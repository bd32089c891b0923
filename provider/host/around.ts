import type { Device } from "../link/causes";
import { familiesOf, type Interest, isInterested, withAround } from "../link/around";
import { type ArpSeen, arpValuesOf, packTag, rulesTo, tableOf, tagOf } from "../link/arp";
import { at, having, type KeysOf } from "../link/having";
import { fromRouteMessage } from "../link/routes";
import { AF_INET, AF_INET6 } from "../netlink/constants";
import type { LinkHost } from "./link-host";
import type { Handle, Place } from "./namespaces";
import { addressesIn, routesThrough, rulesIn } from "./route-answers";
import { sameNamespace } from "./step-messages";

/**
 * A link with what stands around it, as far as somebody is interested. Where the link itself is being
 * read, it is one burst of frames. Nothing where it is not there.
 */
export async function withAroundOf(
  host: LinkHost,
  namespace: Handle,
  ifindex: number,
  reading: Promise<Device | undefined> | Device,
  interest: Interest,
): Promise<Device | undefined> {
  if (!isInterested(interest)) return reading;
  const { addresses, exclusive, bridge, table } = interest;
  const { ipv4, ipv6 } = familiesOf(interest);
  const [link, ...read] = await Promise.all([
    reading,
    addresses !== undefined || exclusive === true ? addressesIn(host, namespace, ifindex) : [],
    ipv4 ? routesThrough(host, namespace, AF_INET, ifindex) : [],
    ipv6 ? routesThrough(host, namespace, AF_INET6, ifindex) : [],
  ]);
  if (link === undefined) return link;
  const [seen, four, six] = read;
  const arp = table === undefined ? undefined : await arpAround(host, namespace, link, table);
  const master =
    bridge === undefined || link.master === undefined
      ? undefined
      : await host.device(namespace, { ifindex: link.master });
  return withAround(link, interest, {
    addresses: seen,
    routes: [...four, ...six],
    master: master?.settings.name ?? "",
    arp,
  });
}

/** What `arp` is made of, of a link that is there. */
async function arpAround(
  host: LinkHost,
  namespace: Handle,
  link: Device,
  table: number,
): Promise<ArpSeen> {
  const [rules, routes, devices] = await Promise.all([
    rulesIn(host, namespace),
    routesThrough(host, namespace, AF_INET, link.ifindex),
    // A lower device in another namespace answers for no address of this one.
    link.lowerNetnsId === undefined ? host.devices(namespace) : [],
  ]);
  const own = routes.filter(({ attributes }) => attributes.RTA_TABLE === table);
  return {
    rules: rulesTo(rules, table),
    routes: own.map(fromRouteMessage),
    ...lowerSeen(devices, link.lowerIfindex, link),
  };
}

/** The same before there is a link; rules may be left of one that somebody deleted. */
export async function arpBefore(
  host: LinkHost,
  { below, beside }: Place,
  mark: string,
  lowerIfindex: number,
): Promise<ArpSeen> {
  const [rules, devices] = await Promise.all([
    rulesIn(host, beside),
    sameNamespace(below, beside) ? host.devices(below) : [],
  ]);
  return {
    rules: rulesTo(rules, tableOf(mark)),
    routes: [],
    ...lowerSeen(devices, lowerIfindex),
  };
}

const ON_LOWER: KeysOf = ({ lowerIfindex }) => [lowerIfindex];

function lowerSeen(
  devices: readonly Device[],
  lowerIfindex: number | undefined,
  link?: Device,
): Pick<ArpSeen, "lower" | "former" | "hasOthers"> {
  const device = at(devices, lowerIfindex);
  const other = having(devices, ON_LOWER, lowerIfindex).find(
    (each) => each.ifindex !== link?.ifindex && tagOf(each) !== undefined,
  );
  const lower = device && arpValuesOf(device);
  const noted = (link && tagOf(link)) ?? (other && tagOf(other));
  return { lower, former: noted ?? packTag(lower ?? {}), hasOthers: other !== undefined };
}
