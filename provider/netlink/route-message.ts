/** The body of RTM_NEWROUTE, DELROUTE and GETROUTE: a `rtmsg` and attributes. */
import { decodeAttributes, encodeAttributes } from "./attribute";
import { Reader, Writer } from "./bytes";
import { type RouteAttributes, routeTableOf } from "./route-attributes";

export type { NextHop, RouteAttributes, Via } from "./route-attributes";

export interface RouteMessage {
  /** AF_INET or AF_INET6; another one's attributes stay bytes. */
  readonly family: number;
  readonly destinationLength: number;
  readonly sourceLength: number;
  readonly tos: number;
  /** RT_TABLE_*; RT_TABLE_COMPAT or _UNSPEC where RTA_TABLE has it. */
  readonly table: number;
  /** RTPROT_*: who made it. */
  readonly protocol: number;
  /** RT_SCOPE_*. */
  readonly scope: number;
  /** RTN_*. */
  readonly type: number;
  /** RTM_F_* and RTNH_F_* together. */
  readonly flags: number;
  readonly attributes: RouteAttributes;
}

/** Throws `UnencodableValue`. */
export function encodeRoute(route: RouteMessage): Uint8Array {
  const writer = new Writer(128);
  writer.u8(route.family);
  writer.u8(route.destinationLength);
  writer.u8(route.sourceLength);
  writer.u8(route.tos);
  writer.u8(route.table);
  writer.u8(route.protocol);
  writer.u8(route.scope);
  writer.u8(route.type);
  writer.u32(route.flags);
  encodeAttributes(routeTableOf(route.family), route.attributes, writer);
  return writer.finish();
}

/** Throws `MalformedMessage`. */
export function decodeRoute(body: Uint8Array): RouteMessage {
  const reader = new Reader(body);
  const family = reader.u8();
  const destinationLength = reader.u8();
  const sourceLength = reader.u8();
  const tos = reader.u8();
  const table = reader.u8();
  const protocol = reader.u8();
  const scope = reader.u8();
  const type = reader.u8();
  const flags = reader.u32();
  const attributes: RouteAttributes = decodeAttributes(routeTableOf(family), reader);
  return {
    ...{ family, destinationLength, sourceLength, tos, table, protocol, scope, type, flags },
    attributes,
  };
}
