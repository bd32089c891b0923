/** The body of RTM_NEWLINK, DELLINK, GETLINK and the LINKPROPs: an `ifinfomsg` and attributes. */
import { type AttributeTable, decodeAttributes, encodeAttributes } from "./attribute";
import { Reader, Writer } from "./bytes";
import { AF_BRIDGE } from "./constants";
import { type LinkAttributes, linkAttributes } from "./link-attributes";

export type { LinkAttributes } from "./link-attributes";

export interface LinkMessage {
  /** AF_UNSPEC, except in AF_BRIDGE's own view of its ports. */
  readonly family: number;
  /** ARPHRD_*. */
  readonly type: number;
  readonly index: number;
  /** IFF_* together. */
  readonly flags: number;
  /** The IFF_* that a request means to change. */
  readonly change: number;
  readonly attributes: LinkAttributes;
}

/** AF_BRIDGE puts other attributes into IFLA_AF_SPEC; without its row it stays bytes, "#26". */
const bridgeLinkAttributes = omit(linkAttributes, "IFLA_AF_SPEC");

const glancedAttributes: AttributeTable = pick(linkAttributes, [
  ...(["IFLA_IFNAME", "IFLA_PROP_LIST", "IFLA_IFALIAS", "IFLA_ADDRESS", "IFLA_MTU"] as const),
  ...(["IFLA_LINK", "IFLA_LINK_NETNSID", "IFLA_MASTER", "IFLA_LINKINFO", "IFLA_GROUP"] as const),
  ...(["IFLA_OPERSTATE", "IFLA_TXQLEN", "IFLA_NUM_TX_QUEUES", "IFLA_NUM_RX_QUEUES"] as const),
  "IFLA_AF_SPEC",
]);

/** Throws `UnencodableValue`. */
export function encodeLink(link: LinkMessage): Uint8Array {
  const writer = new Writer();
  writer.u8(link.family);
  writer.u8(0);
  writer.u16(link.type);
  writer.i32(link.index);
  writer.u32(link.flags);
  writer.u32(link.change);
  encodeAttributes(tableOf(link.family), link.attributes, writer);
  return writer.finish();
}

/** Throws `MalformedMessage`. */
export function decodeLink(body: Uint8Array): LinkMessage {
  return read(new Reader(body), tableOf);
}

/** What a look at a link asks for, which is less than half of it, in less than half of the time. */
export function glanceAtLink(body: Uint8Array): LinkMessage {
  return read(new Reader(body, true), () => glancedAttributes);
}

function read(reader: Reader, table: (family: number) => AttributeTable): LinkMessage {
  const family = reader.u8();
  reader.skip(1);
  const type = reader.u16();
  const index = reader.i32();
  const flags = reader.u32();
  const change = reader.u32();
  const attributes: LinkAttributes = decodeAttributes(table(family), reader);
  return { family, type, index, flags, change, attributes };
}

function tableOf(family: number): AttributeTable {
  return family === AF_BRIDGE ? bridgeLinkAttributes : linkAttributes;
}

function pick<Table extends AttributeTable>(
  table: Table,
  names: readonly (keyof Table)[],
): AttributeTable {
  return Object.fromEntries(Object.entries(table).filter(([name]) => names.includes(name)));
}

function omit(table: AttributeTable, name: string): AttributeTable {
  return Object.fromEntries(Object.entries(table).filter(([other]) => other !== name));
}
