/** The attributes of a route, whose addresses have the length of its family's. */
import {
  type AttributeTable,
  type Codec,
  decodeAttributes,
  encodeAttributes,
  type Values,
} from "./attribute";
import { leaveAttribute } from "./attribute-framing";
import { bytes, string, u16, u32, u8 } from "./codecs";
import * as kernel from "./constants";
import { ipv4, ipv6 } from "./internet-address";
import { nested } from "./nest-codecs";

/** Ports are in network byte order, whatever the machine's is. */
const port: Codec<number> = {
  read(reader) {
    reader.exactly(2);
    return reader.u8() * 256 + reader.u8();
  },
  write(writer, value) {
    if (!Number.isInteger(value) || value < 0 || value > 0xffff)
      throw writer.fault(`${value} is not a port`);
    writer.u8(value >> 8);
    writer.u8(value & 0xff);
  },
};

/** A gateway of the other family: IPv4 routes over IPv6 neighbours. */
export interface Via {
  readonly family: number;
  readonly address: string | Uint8Array;
}

const ipOf: Readonly<Record<number, Codec<string>>> = {
  [kernel.AF_INET]: ipv4,
  [kernel.AF_INET6]: ipv6,
};

const via: Codec<Via> = {
  read(reader, siblings) {
    const family = reader.u16();
    return { family, address: (ipOf[family] ?? bytes).read(reader, siblings) };
  },
  write(writer, { family, address }, siblings) {
    writer.u16(family);
    const ip = ipOf[family];
    if (typeof address !== "string") writer.bytes(address);
    else if (ip !== undefined) ip.write(writer, address, siblings);
    else throw writer.fault(`an address of family ${family} is bytes`);
  },
};

const metrics = {
  /** Which of the others may not be learnt anew: a bit for each number. */
  RTAX_LOCK: [kernel.RTAX_LOCK, u32],
  RTAX_MTU: [kernel.RTAX_MTU, u32],
  RTAX_WINDOW: [kernel.RTAX_WINDOW, u32],
  RTAX_RTT: [kernel.RTAX_RTT, u32],
  RTAX_RTTVAR: [kernel.RTAX_RTTVAR, u32],
  RTAX_SSTHRESH: [kernel.RTAX_SSTHRESH, u32],
  RTAX_CWND: [kernel.RTAX_CWND, u32],
  RTAX_ADVMSS: [kernel.RTAX_ADVMSS, u32],
  RTAX_REORDERING: [kernel.RTAX_REORDERING, u32],
  RTAX_HOPLIMIT: [kernel.RTAX_HOPLIMIT, u32],
  RTAX_INITCWND: [kernel.RTAX_INITCWND, u32],
  RTAX_FEATURES: [kernel.RTAX_FEATURES, u32],
  RTAX_RTO_MIN: [kernel.RTAX_RTO_MIN, u32],
  RTAX_INITRWND: [kernel.RTAX_INITRWND, u32],
  RTAX_QUICKACK: [kernel.RTAX_QUICKACK, u32],
  RTAX_CC_ALGO: [kernel.RTAX_CC_ALGO, string],
  RTAX_FASTOPEN_NO_COOKIE: [kernel.RTAX_FASTOPEN_NO_COOKIE, u32],
} as const satisfies AttributeTable;

/** What says where a packet goes next, in a route and in each of its next hops. */
const hopAttributesOf = (ip: Codec<string>) =>
  ({
    RTA_GATEWAY: [kernel.RTA_GATEWAY, ip],
    /** Routing realms. */
    RTA_FLOW: [kernel.RTA_FLOW, u32],
    RTA_VIA: [kernel.RTA_VIA, via],
    RTA_ENCAP_TYPE: [kernel.RTA_ENCAP_TYPE, u16],
    RTA_ENCAP: [kernel.RTA_ENCAP, bytes],
  }) as const satisfies AttributeTable;

export interface NextHop {
  /** RTNH_F_*. */
  readonly flags: number;
  /** Its weight less one. */
  readonly hops: number;
  readonly index: number;
  readonly attributes: Values<ReturnType<typeof hopAttributesOf>>;
}

const RTNEXTHOP_BYTES = 8;

/** An array of `rtnexthop`, each with attributes of its own behind it. */
function nextHops(table: ReturnType<typeof hopAttributesOf>): Codec<readonly NextHop[]> {
  return {
    read(reader) {
      const { end } = reader;
      const all: NextHop[] = [];
      let exact = true;
      while (reader.offset < end) {
        const start = reader.offset;
        const left = end - start;
        const length = left < RTNEXTHOP_BYTES ? left : reader.u16();
        if (length < RTNEXTHOP_BYTES || length > left)
          throw reader.fault(`a next hop of ${length} bytes, ${left} left`, start);
        const flags = reader.u8();
        const hops = reader.u8();
        const index = reader.i32();
        reader.end = start + length;
        all.push({ flags, hops, index, attributes: decodeAttributes(table, reader) });
        if (reader.inexact) exact = false;
        exact = leaveAttribute(reader, end) && exact;
      }
      reader.inexact = !exact;
      return all;
    },
    write(writer, all) {
      for (const { flags, hops, index, attributes } of all) {
        const start = writer.offset;
        writer.u16(0);
        writer.u8(flags);
        writer.u8(hops);
        writer.i32(index);
        encodeAttributes(table, attributes, writer);
        writer.patchU16(start, writer.offset - start);
        writer.pad();
      }
    },
  };
}

const routeAttributesOf = (ip: Codec<string>) => {
  const ofHops = hopAttributesOf(ip);
  return {
    ...ofHops,
    RTA_DST: [kernel.RTA_DST, ip],
    RTA_SRC: [kernel.RTA_SRC, ip],
    RTA_IIF: [kernel.RTA_IIF, u32],
    RTA_OIF: [kernel.RTA_OIF, u32],
    /** The metric. */
    RTA_PRIORITY: [kernel.RTA_PRIORITY, u32],
    RTA_PREFSRC: [kernel.RTA_PREFSRC, ip],
    RTA_METRICS: [kernel.RTA_METRICS, nested(metrics)],
    RTA_MULTIPATH: [kernel.RTA_MULTIPATH, nextHops(ofHops)],
    RTA_CACHEINFO: [kernel.RTA_CACHEINFO, bytes],
    /** The header has room for tables below 256 only. */
    RTA_TABLE: [kernel.RTA_TABLE, u32],
    RTA_MARK: [kernel.RTA_MARK, u32],
    RTA_PREF: [kernel.RTA_PREF, u8],
    /** Seconds. */
    RTA_EXPIRES: [kernel.RTA_EXPIRES, u32],
    RTA_UID: [kernel.RTA_UID, u32],
    RTA_TTL_PROPAGATE: [kernel.RTA_TTL_PROPAGATE, u8],
    /** Lookups only, as the ports: what rules may ask for. Linux 4.19. */
    RTA_IP_PROTO: [kernel.RTA_IP_PROTO, u8],
    RTA_SPORT: [kernel.RTA_SPORT, port],
    RTA_DPORT: [kernel.RTA_DPORT, port],
    RTA_NH_ID: [kernel.RTA_NH_ID, u32],
    RTA_FLOWLABEL: [kernel.RTA_FLOWLABEL, bytes],
  } as const satisfies AttributeTable;
};

export type RouteAttributes = Values<ReturnType<typeof routeAttributesOf>>;

const tables = new Map<number, AttributeTable>([
  [kernel.AF_INET, routeAttributesOf(ipv4)],
  [kernel.AF_INET6, routeAttributesOf(ipv6)],
]);
const ofOthers: AttributeTable = {};

/** Attributes of a family that nobody here knows stay bytes. */
export function routeTableOf(family: number): AttributeTable {
  return tables.get(family) ?? ofOthers;
}
