/**
 * IFLA_INET_CONF and IFLA_INET6_CONF: what `/proc/sys/net/ipv4/conf/<link>/` and its IPv6 twin hold. A
 * link's message has all of them as an array of numbers, by IPV4_DEVCONF_* less one and by DEVCONF_*;
 * those of IPv4 can be set as well, as a nest of attributes.
 */
import { Reader, Writer } from "./bytes";

/** Numbers of `linux/ip.h` that are used by name. */
export const IPV4_DEVCONF_PROMOTE_SECONDARIES = 20;

/** Undefined where this kernel does not have it, or the link has none of that family. */
export function numberAt(array: Uint8Array | undefined, index: number): number | undefined {
  if (array === undefined || array.length < 4 * (index + 1)) return undefined;
  const reader = new Reader(array);
  reader.skip(4 * index);
  return reader.i32();
}

/** The payload of IFLA_INET_CONF in a request: by IPV4_DEVCONF_*. */
export function encodeInetConf(values: ReadonlyMap<number, number>): Uint8Array {
  const writer = new Writer(8 * values.size);
  for (const [number, value] of values) {
    writer.u16(8);
    writer.u16(number);
    writer.i32(value);
  }
  return writer.finish();
}
