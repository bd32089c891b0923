/** The body of RTM_NEWADDR, DELADDR and GETADDR: an `ifaddrmsg` and attributes. */
import {
  type AttributeTable,
  type Codec,
  decodeAttributes,
  encodeAttributes,
  type Values,
} from "./attribute";
import { Reader, Writer } from "./bytes";
import { i32, string, u32, u8 } from "./codecs";
import * as kernel from "./constants";
import { ipv4, ipv6 } from "./internet-address";

/** Seconds; 0xffffffff is for ever. The time stamps are hundredths of a second since the boot. */
export interface AddressLifetime {
  readonly preferred: number;
  readonly valid: number;
  readonly created: number;
  readonly updated: number;
}

const lifetime: Codec<AddressLifetime> = {
  read(reader) {
    reader.exactly(16);
    const preferred = reader.u32();
    const valid = reader.u32();
    const created = reader.u32();
    return { preferred, valid, created, updated: reader.u32() };
  },
  write(writer, { preferred, valid, created, updated }) {
    for (const value of [preferred, valid, created, updated]) writer.u32(value);
  },
};

const addressAttributesOf = (ip: Codec<string>) =>
  ({
    /** Of a point-to-point device, and of a device with a peer, the other side's. */
    IFA_ADDRESS: [kernel.IFA_ADDRESS, ip],
    /** The device's own. For IPv6 absent where IFA_ADDRESS is it. */
    IFA_LOCAL: [kernel.IFA_LOCAL, ip],
    IFA_LABEL: [kernel.IFA_LABEL, string],
    IFA_BROADCAST: [kernel.IFA_BROADCAST, ip],
    IFA_ANYCAST: [kernel.IFA_ANYCAST, ip],
    IFA_CACHEINFO: [kernel.IFA_CACHEINFO, lifetime],
    IFA_MULTICAST: [kernel.IFA_MULTICAST, ip],
    /** IFA_F_* together; the header has room for eight of them only. */
    IFA_FLAGS: [kernel.IFA_FLAGS, u32],
    /** Metric of the route to the address's own network. */
    IFA_RT_PRIORITY: [kernel.IFA_RT_PRIORITY, u32],
    /** In a request: act there. In a reply: the answer is about there. */
    IFA_TARGET_NETNSID: [kernel.IFA_TARGET_NETNSID, i32],
    /** Who set it, one of IFAPROT_*. */
    IFA_PROTO: [kernel.IFA_PROTO, u8],
  }) as const satisfies AttributeTable;

export type AddressAttributes = Values<ReturnType<typeof addressAttributesOf>>;

export interface AddressMessage {
  /** AF_INET or AF_INET6; another one's attributes stay bytes. */
  readonly family: number;
  readonly prefixLength: number;
  /** The lowest eight IFA_F_*. */
  readonly flags: number;
  /** RT_SCOPE_*. */
  readonly scope: number;
  /** The device's ifindex. */
  readonly index: number;
  readonly attributes: AddressAttributes;
}

const tables = new Map<number, AttributeTable>([
  [kernel.AF_INET, addressAttributesOf(ipv4)],
  [kernel.AF_INET6, addressAttributesOf(ipv6)],
]);
const ofOthers: AttributeTable = {};

/** Throws `UnencodableValue`. */
export function encodeAddress(address: AddressMessage): Uint8Array {
  const writer = new Writer(96);
  writer.u8(address.family);
  writer.u8(address.prefixLength);
  writer.u8(address.flags);
  writer.u8(address.scope);
  writer.u32(address.index);
  encodeAttributes(tables.get(address.family) ?? ofOthers, address.attributes, writer);
  return writer.finish();
}

/** Throws `MalformedMessage`. */
export function decodeAddress(body: Uint8Array): AddressMessage {
  const reader = new Reader(body);
  const family = reader.u8();
  const prefixLength = reader.u8();
  const flags = reader.u8();
  const scope = reader.u8();
  const index = reader.u32();
  const attributes: AddressAttributes = decodeAttributes(tables.get(family) ?? ofOthers, reader);
  return { family, prefixLength, flags, scope, index, attributes };
}
