/** The envelope: `nlmsghdr` and the messages of a datagram. */
import { aligned, Reader, Writer } from "./bytes";
import { NLMSG_HDRLEN } from "./constants";

export interface NetlinkMessage {
  /** RTM_* or NLMSG_*. */
  readonly type: number;
  /** NLM_F_* together. */
  readonly flags: number;
  /** What matches a reply with its request. */
  readonly sequence: number;
  /** The sending socket; 0 is the kernel, and in requests means "fill it in". */
  readonly portId: number;
  /** What follows the header. When decoded it shares memory with the datagram. */
  readonly body: Uint8Array;
}

/** The bytes to send, padded so that another message may follow them. */
export function encodeMessage(message: NetlinkMessage): Uint8Array {
  const length = NLMSG_HDRLEN + message.body.length;
  const writer = new Writer(aligned(length));
  writer.u32(length);
  writer.u16(message.type);
  writer.u16(message.flags);
  writer.u32(message.sequence);
  writer.u32(message.portId);
  writer.bytes(message.body);
  writer.pad();
  return writer.finish();
}

/** Every message of a datagram, in order; a dump has many in one. Throws `MalformedMessage`. */
export function decodeMessages(datagram: Uint8Array): NetlinkMessage[] {
  const reader = new Reader(datagram);
  const messages: NetlinkMessage[] = [];
  while (reader.remaining > 0) {
    const start = reader.offset;
    const left = reader.remaining;
    const length = left < NLMSG_HDRLEN ? left : reader.u32();
    if (length < NLMSG_HDRLEN || length > left) {
      throw reader.fault(`a message of ${length} bytes, ${left} left`, start);
    }
    const type = reader.u16();
    const flags = reader.u16();
    const sequence = reader.u32();
    const portId = reader.u32();
    messages.push({ type, flags, sequence, portId, body: reader.bytes(length - NLMSG_HDRLEN) });
    // The last message of a datagram may come without its padding.
    reader.skip(Math.min(aligned(length) - length, reader.remaining));
  }
  return messages;
}
