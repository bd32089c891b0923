/** The body of RTM_NEWNSID and RTM_GETNSID: a `rtgenmsg` and its attributes. */
import { type AttributeTable, decodeAttributes, encodeAttributes, type Values } from "./attribute";
import { Reader, Writer } from "./bytes";
import { i32, u32 } from "./codecs";
import {
  NETNSA_CURRENT_NSID,
  NETNSA_FD,
  NETNSA_NSID,
  NETNSA_PID,
  NETNSA_TARGET_NSID,
} from "./constants";

export const namespaceAttributes = {
  /** NETNSA_NSID_NOT_ASSIGNED in a request lets the kernel choose; in a reply it means none. */
  NETNSA_NSID: [NETNSA_NSID, i32],
  NETNSA_PID: [NETNSA_PID, u32],
  /** A descriptor of the process that sends the message. */
  NETNSA_FD: [NETNSA_FD, u32],
  NETNSA_TARGET_NSID: [NETNSA_TARGET_NSID, i32],
  NETNSA_CURRENT_NSID: [NETNSA_CURRENT_NSID, i32],
} as const satisfies AttributeTable;

export type NamespaceAttributes = Values<typeof namespaceAttributes>;

export interface NamespaceMessage {
  readonly family: number;
  readonly attributes: NamespaceAttributes;
}

export function encodeNamespace(message: NamespaceMessage): Uint8Array {
  const writer = new Writer(32);
  writer.u8(message.family);
  // A rtgenmsg is one byte; attributes start at the next multiple of four.
  writer.pad();
  encodeAttributes(namespaceAttributes, message.attributes, writer);
  return writer.finish();
}

export function decodeNamespace(body: Uint8Array): NamespaceMessage {
  const reader = new Reader(body);
  const family = reader.u8();
  reader.skip(3);
  return { family, attributes: decodeAttributes(namespaceAttributes, reader) };
}
