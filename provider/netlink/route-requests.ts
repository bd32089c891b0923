/** Whole messages about addresses and routes, ready to be sent. */
import { type AddressMessage, encodeAddress } from "./address-message";
import {
  AF_INET,
  AF_INET6,
  AF_UNSPEC,
  IPPROTO_TCP,
  NLM_F_DUMP,
  RTM_DELADDR,
  RTM_DELROUTE,
  RTM_F_FIB_MATCH,
  RTM_GETADDR,
  RTM_GETROUTE,
  RTM_NEWADDR,
  RTM_NEWROUTE,
} from "./constants";
import { request, type RequestOptions } from "./requests";
import { encodeRoute, type RouteMessage } from "./route-message";

export interface DumpOptions extends RequestOptions {
  /** Of one device only. */
  readonly index?: number;
}

/** Addresses of both families; a kernel before 4.20 answers those of all devices, whatever `index` is. */
export function dumpAddresses({ index = 0, ...options }: DumpOptions): Uint8Array {
  const body = encodeAddress({
    ...{ family: AF_UNSPEC, prefixLength: 0, flags: 0, scope: 0, index },
    attributes: {},
  });
  return request(RTM_GETADDR, body, { ...options, flags: NLM_F_DUMP | (options.flags ?? 0) });
}

/** An address as a request gives it: `index` is the device's. */
export function newAddress(address: AddressMessage, options: RequestOptions): Uint8Array {
  return request(RTM_NEWADDR, encodeAddress(address), options);
}

export function deleteAddress(address: AddressMessage, options: RequestOptions): Uint8Array {
  return request(RTM_DELADDR, encodeAddress(address), options);
}

/** Routes of all tables, of one family; as for addresses, a filter by device may be overlooked. */
export function dumpRoutes(family: number, { index = 0, ...options }: DumpOptions): Uint8Array {
  const body = encodeRoute({
    ...{ family, destinationLength: 0, sourceLength: 0, tos: 0, table: 0 },
    ...{ protocol: 0, scope: 0, type: 0, flags: 0 },
    attributes: index === 0 ? {} : { RTA_OIF: index },
  });
  return request(RTM_GETROUTE, body, { ...options, flags: NLM_F_DUMP | (options.flags ?? 0) });
}

export function newRoute(route: RouteMessage, options: RequestOptions): Uint8Array {
  return request(RTM_NEWROUTE, encodeRoute(route), options);
}

export function deleteRoute(route: RouteMessage, options: RequestOptions): Uint8Array {
  return request(RTM_DELROUTE, encodeRoute(route), options);
}

/** One TCP connection, as seen from the host that is asked. */
export interface TcpEnds {
  readonly local: string;
  readonly localPort: number;
  readonly remote: string;
  readonly remotePort: number;
  /** The device that a link-local destination is on. */
  readonly outputIndex?: number;
}

/**
 * Which route a connection's packets take. All of it is asked with, since rules may choose a table by
 * the source or the ports; the answer is the whole route, with every next hop.
 */
export function getRouteOf(ends: TcpEnds, options: RequestOptions): Uint8Array {
  const [family, bits] = ends.remote.includes(":") ? [AF_INET6, 128] : [AF_INET, 32];
  const body = encodeRoute({
    ...{ family, destinationLength: bits, sourceLength: bits, tos: 0, table: 0 },
    ...{ protocol: 0, scope: 0, type: 0, flags: RTM_F_FIB_MATCH },
    attributes: {
      RTA_DST: ends.remote,
      RTA_SRC: ends.local,
      ...(ends.outputIndex !== undefined && { RTA_OIF: ends.outputIndex }),
      RTA_IP_PROTO: IPPROTO_TCP,
      RTA_SPORT: ends.localPort,
      RTA_DPORT: ends.remotePort,
    },
  });
  return request(RTM_GETROUTE, body, options);
}
