import type { Device } from "../link/causes";
import { familiesOf, type Interest, isInterested, withAround } from "../link/around";
import { AF_INET, AF_INET6 } from "../netlink/constants";
import type { LinkHost } from "./link-host";
import type { Handle } from "./namespaces";
import { addressesIn, routesThrough } from "./route-answers";

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
  const { addresses, exclusive, bridge } = interest;
  const { ipv4, ipv6 } = familiesOf(interest);
  const [link, ...read] = await Promise.all([
    reading,
    addresses !== undefined || exclusive === true ? addressesIn(host, namespace, ifindex) : [],
    ipv4 ? routesThrough(host, namespace, AF_INET, ifindex) : [],
    ipv6 ? routesThrough(host, namespace, AF_INET6, ifindex) : [],
  ]);
  if (link === undefined || !isInterested(interest)) return link;
  const [seen, four, six] = read;
  const master =
    bridge === undefined || link.master === undefined
      ? undefined
      : await host.device(namespace, { ifindex: link.master });
  return withAround(link, interest, {
    addresses: seen,
    routes: [...four, ...six],
    master: master?.settings.name ?? "",
  });
}
