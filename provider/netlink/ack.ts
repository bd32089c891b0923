/** How the kernel says that a request is over: NLMSG_ERROR (errno 0 is success) and NLMSG_DONE. */
import { type AttributeTable, decodeAttributes, encodeAttributes, type Values } from "./attribute";
import { aligned, Reader, Writer } from "./bytes";
import { bytes, string, u32 } from "./codecs";
import {
  NLM_F_ACK_TLVS,
  NLM_F_CAPPED,
  NLMSG_DONE,
  NLMSG_ERROR,
  NLMSG_HDRLEN,
  NLMSGERR_ATTR_COOKIE,
  NLMSGERR_ATTR_MISS_NEST,
  NLMSGERR_ATTR_MISS_TYPE,
  NLMSGERR_ATTR_MSG,
  NLMSGERR_ATTR_OFFS,
  NLMSGERR_ATTR_POLICY,
} from "./constants";
import type { NetlinkMessage } from "./message";

export interface Ack {
  readonly sequence: number;
  /** Positive, 0 is success. */
  readonly errno: number;
  /** The kernel's own words; they need NETLINK_EXT_ACK on the socket. */
  readonly text?: string;
  /** Where in the request the refused attribute starts, counted from its message header. */
  readonly offset?: number;
  /** Number of a required attribute that was missing, */
  readonly missingType?: number;
  /** and where the nest that should have held it starts; absent for the top level. */
  readonly missingNest?: number;
  /** RTM_* of the request; NLMSG_DONE does not tell. */
  readonly requestType?: number;
}

const extendedAckAttributes = {
  NLMSGERR_ATTR_MSG: [NLMSGERR_ATTR_MSG, string],
  NLMSGERR_ATTR_OFFS: [NLMSGERR_ATTR_OFFS, u32],
  NLMSGERR_ATTR_COOKIE: [NLMSGERR_ATTR_COOKIE, bytes],
  NLMSGERR_ATTR_POLICY: [NLMSGERR_ATTR_POLICY, bytes],
  NLMSGERR_ATTR_MISS_TYPE: [NLMSGERR_ATTR_MISS_TYPE, u32],
  NLMSGERR_ATTR_MISS_NEST: [NLMSGERR_ATTR_MISS_NEST, u32],
} as const satisfies AttributeTable;

/** The body of both messages, as it is on the wire. */
export interface AckBody {
  /** Negative errno, or 0. */
  readonly error: number;
  /** The request's header; NLMSG_ERROR only. */
  readonly request?: RequestHeader;
  /** What of the request's body came back with an error: all of it, or nothing (NLM_F_CAPPED). */
  readonly requestBody?: Uint8Array;
  readonly attributes: Values<typeof extendedAckAttributes>;
}

export interface RequestHeader {
  readonly length: number;
  readonly type: number;
  readonly flags: number;
  readonly sequence: number;
  readonly portId: number;
}

export function isAck(message: NetlinkMessage): boolean {
  return message.type === NLMSG_ERROR || message.type === NLMSG_DONE;
}

/** Of a message for which `isAck` holds. Throws `MalformedMessage`. */
export function decodeAck(message: NetlinkMessage): Ack {
  const { error, request, attributes } = decodeAckBody(message);
  const text = attributes.NLMSGERR_ATTR_MSG;
  const offset = attributes.NLMSGERR_ATTR_OFFS;
  const missingType = attributes.NLMSGERR_ATTR_MISS_TYPE;
  const missingNest = attributes.NLMSGERR_ATTR_MISS_NEST;
  return {
    sequence: message.sequence,
    // Only a negative number is an error: a dump may end with a positive one.
    errno: error < 0 ? -error : 0,
    ...(text !== undefined && { text }),
    ...(offset !== undefined && { offset }),
    ...(missingType !== undefined && { missingType }),
    ...(missingNest !== undefined && { missingNest }),
    ...(request !== undefined && { requestType: request.type }),
  };
}

export function decodeAckBody(message: NetlinkMessage): AckBody {
  const reader = new Reader(message.body);
  const error = reader.i32();
  const request = message.type === NLMSG_ERROR ? readRequestHeader(reader) : undefined;
  let requestBody: Uint8Array | undefined;
  if (request !== undefined && error !== 0 && (message.flags & NLM_F_CAPPED) === 0) {
    const length = request.length - NLMSG_HDRLEN;
    if (length < 0) throw reader.fault(`the refused request has a length of ${request.length}`);
    requestBody = reader.bytes(length);
    reader.skip(Math.min(aligned(length) - length, reader.remaining));
  }
  // Without the flag nothing more is promised, and what follows is no business of ours.
  const extended = (message.flags & NLM_F_ACK_TLVS) !== 0;
  const attributes = extended ? decodeAttributes(extendedAckAttributes, reader) : {};
  return {
    error,
    ...(request !== undefined && { request }),
    ...(requestBody !== undefined && { requestBody }),
    attributes,
  };
}

/** The other way round, for a kernel that a test plays. */
export function encodeAckBody(ack: AckBody): Uint8Array {
  const writer = new Writer(64);
  writer.i32(ack.error);
  if (ack.request !== undefined) {
    writer.u32(ack.request.length);
    writer.u16(ack.request.type);
    writer.u16(ack.request.flags);
    writer.u32(ack.request.sequence);
    writer.u32(ack.request.portId);
  }
  if (ack.requestBody !== undefined) writer.bytes(ack.requestBody);
  writer.pad();
  encodeAttributes(extendedAckAttributes, ack.attributes, writer);
  return writer.finish();
}

function readRequestHeader(reader: Reader): RequestHeader {
  const length = reader.u32();
  const type = reader.u16();
  const flags = reader.u16();
  const sequence = reader.u32();
  const portId = reader.u32();
  return { length, type, flags, sequence, portId };
}
