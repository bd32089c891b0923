/** Whatever arrives, decoding ends with a value or a `MalformedMessage`, and loses nothing. */
import { deepStrictEqual, ok, strictEqual } from "node:assert";
import * as fc from "fast-check";
import { describe, it } from "mocha";
import { decodeAck, decodeAckBody, encodeAckBody, isAck } from "../../provider/netlink/ack";
import { littleEndian } from "../../provider/netlink/bytes";
import { decodeAddress, encodeAddress } from "../../provider/netlink/address-message";
import {
  AF_INET,
  AF_INET6,
  MAX_ADDR_LEN,
  NLMSG_DONE,
  NLMSG_ERROR,
} from "../../provider/netlink/constants";
import { describeMessage } from "../../provider/netlink/describe";
import { isMalformedMessage } from "../../provider/netlink/faults";
import {
  decodeLink,
  encodeLink,
  type LinkAttributes,
  type LinkMessage,
} from "../../provider/netlink/link-message";
import type { MacvlanAttributes } from "../../provider/netlink/macvlan-attributes";
import { decodeMessages, encodeMessage, type NetlinkMessage } from "../../provider/netlink/message";
import { decodeNamespace } from "../../provider/netlink/namespace-message";
import { decodeRoute, encodeRoute } from "../../provider/netlink/route-message";
import { fixturesIn } from "../golden/fixture";

function valueOrMalformed<T>(decode: () => T): T | undefined {
  try {
    return decode();
  } catch (fault) {
    ok(isMalformedMessage(fault), String(fault));
    return undefined;
  }
}

/** Reads as everything, for only the first bytes decide what it would be read as. */
function decodeAll(body: Uint8Array): void {
  const link = valueOrMalformed(() => decodeLink(body));
  if (link !== undefined) {
    const encoded = encodeLink(link);
    const clean = withCleanPadding(body, 16);
    clean[1] = 0;
    sameAgain(encoded, clean);
    deepStrictEqual(decodeLink(encoded), link);
  }
  const address = valueOrMalformed(() => decodeAddress(body));
  if (address !== undefined) sameAgain(encodeAddress(address), withCleanPadding(body, 8));
  const route = valueOrMalformed(() => decodeRoute(body));
  if (route !== undefined) sameAgain(encodeRoute(route), withCleanPadding(body, 12));
  valueOrMalformed(() => decodeNamespace(body));
  for (const type of [NLMSG_ERROR, NLMSG_DONE]) {
    for (const flags of [0, 0x100, 0x200, 0x300]) {
      const message = { type, flags, sequence: 1, portId: 0, body };
      valueOrMalformed(() => decodeAck(message));
    }
  }
}

function sameAgain(encoded: Uint8Array, clean: Buffer): void {
  strictEqual(Buffer.from(encoded).toString("hex"), clean.toString("hex"));
}

/** All that a message may lose: padding at the top level; of a link, the byte ifinfomsg leaves unused too. */
function withCleanPadding(body: Uint8Array, header: number): Buffer {
  const clean = Buffer.alloc((body.length + 3) & ~3);
  clean.set(body);
  for (let at = header; at < body.length;) {
    const end = at + (littleEndian ? clean.readUInt16LE(at) : clean.readUInt16BE(at));
    at = (end + 3) & ~3;
    clean.fill(0, end, at);
  }
  return clean;
}

const bytes = (maxLength: number) => fc.uint8Array({ maxLength });

describe("decoding anything", () => {
  it("arbitrary bytes", () => {
    fc.assert(
      fc.property(bytes(300), (body) => {
        valueOrMalformed(() => decodeMessages(body));
        decodeAll(body);
      }),
      { numRuns: 2000 },
    );
  });

  it("arbitrary attributes of plausible numbers and lengths", () => {
    const attribute = fc
      .tuple(fc.nat(70), fc.constantFrom(0, 0x8000, 0x4000), bytes(20), fc.nat(30))
      .map(([type, flags, payload, lie]) => {
        const padded = new Uint8Array((4 + payload.length + 3) & ~3);
        const view = new DataView(padded.buffer);
        // One in ten lies about its length.
        const length = lie < 3 ? payload.length + lie + 2 : payload.length + 4;
        view.setUint16(0, length, littleEndian);
        view.setUint16(2, type | flags, littleEndian);
        padded.set(payload, 4);
        return padded;
      });
    fc.assert(
      fc.property(fc.array(attribute, { maxLength: 12 }), (attributes) => {
        decodeAll(Buffer.concat([new Uint8Array(16), ...attributes]));
        for (const family of [AF_INET, AF_INET6])
          for (const header of [8, 12])
            decodeAll(Buffer.concat([Buffer.alloc(header, family), ...attributes]));
      }),
      { numRuns: 2000 },
    );
  });

  const golden = [
    ...["links", "acks", "dumps", "namespaces", "requests", "addresses", "routes"],
  ].flatMap(fixturesIn);

  it("golden bytes, changed in places", () => {
    const changes = fc.array(fc.tuple(fc.nat(4000), fc.nat(255)), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(fc.constantFrom(...golden), changes, (fixture, edits) => {
        const changed = fixture.bytes.slice();
        for (const [at, byte] of edits) changed[at % changed.length] = byte;
        decodeDatagram(changed);
        decodeAll(changed.subarray(16));
      }),
      { numRuns: 2000 },
    );
  });

  it("golden bytes, cut anywhere", () => {
    fc.assert(
      fc.property(fc.constantFrom(...golden), fc.nat(4000), (fixture, at) => {
        const length = at % fixture.bytes.length;
        decodeDatagram(fixture.bytes.subarray(0, length));
        decodeAll(fixture.bytes.subarray(Math.min(16, length), length));
      }),
      { numRuns: 1000 },
    );
  });

  it("golden links, cut at every length", () => {
    for (const { bytes: whole } of fixturesIn("links").slice(0, 3)) {
      for (let length = 16; length < whole.length; length++) {
        valueOrMalformed(() => decodeLink(whole.subarray(16, length)));
      }
    }
  });
});

function decodeDatagram(datagram: Uint8Array): void {
  for (const message of valueOrMalformed(() => decodeMessages(datagram)) ?? []) {
    ok(describeMessage(message).length > 0);
    decodeAll(message.body);
    if (isAck(message)) valueOrMalformed(() => encodeAckBody(decodeAckBody(message)));
  }
}

const u32 = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const i32 = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
const u16 = fc.nat(0xffff);
const u8 = fc.nat(0xff);
const text = fc
  .string({ unit: "binary", maxLength: 40 })
  .map((value) => value.replaceAll("\0", ""));
const hardwareAddress = fc
  .uint8Array({ maxLength: MAX_ADDR_LEN })
  .map((octets) => Array.from(octets, (octet) => octet.toString(16).padStart(2, "0")).join(":"));
const unknown = fc
  .tuple(
    fc.integer({ min: 100, max: 0x3fff }),
    fc.constantFrom(0, 0x4000, 0x8000, 0xc000),
    bytes(40),
  )
  .map(([type, flags, payload]) => [`#${type | flags}` as const, payload] as const);

const macvlan: fc.Arbitrary<MacvlanAttributes> = fc.record(
  {
    IFLA_MACVLAN_MODE: u32,
    IFLA_MACVLAN_FLAGS: u16,
    IFLA_MACVLAN_MACADDR_MODE: u32,
    IFLA_MACVLAN_MACADDR: hardwareAddress,
    IFLA_MACVLAN_MACADDR_DATA: fc.array(hardwareAddress, { maxLength: 20 }),
    IFLA_MACVLAN_MACADDR_COUNT: u32,
    IFLA_MACVLAN_BC_QUEUE_LEN: u32,
    IFLA_MACVLAN_BC_QUEUE_LEN_USED: u32,
    IFLA_MACVLAN_BC_CUTOFF: i32,
  },
  { requiredKeys: [] },
);

const linkInfo = fc.oneof(
  fc.record({
    IFLA_INFO_KIND: fc.constantFrom("macvlan", "macvtap"),
    IFLA_INFO_DATA: macvlan,
    IFLA_INFO_SLAVE_KIND: text,
  }),
  fc.record({ IFLA_INFO_KIND: fc.constantFrom("veth", "bridge"), IFLA_INFO_DATA: bytes(60) }),
);

/** In any order: the order of keys is the order on the wire. */
const attributes: fc.Arbitrary<LinkAttributes> = fc
  .tuple(
    fc.record(
      {
        IFLA_ADDRESS: hardwareAddress,
        IFLA_IFNAME: text,
        IFLA_MTU: u32,
        IFLA_LINK: u32,
        IFLA_LINK_NETNSID: i32,
        IFLA_OPERSTATE: u8,
        IFLA_IFALIAS: text,
        IFLA_GROUP: u32,
        IFLA_PROP_LIST: fc.array(text, { maxLength: 8 }),
        IFLA_AF_SPEC: fc.record({ AF_INET6: fc.record({ IFLA_INET6_ADDR_GEN_MODE: u8 }) }),
        IFLA_LINKINFO: linkInfo,
        IFLA_STATS64: bytes(64),
      },
      { requiredKeys: [] },
    ),
    fc.array(unknown, { maxLength: 4 }),
  )
  .chain(([known, unknowns]) => {
    const entries = Object.entries({ ...known, ...Object.fromEntries(unknowns) });
    return fc
      .shuffledSubarray(entries, { minLength: entries.length })
      .map((shuffled) => Object.fromEntries(shuffled) as LinkAttributes);
  });

const links: fc.Arbitrary<LinkMessage> = fc.record({
  family: fc.constant(0),
  type: u16,
  index: i32,
  flags: u32,
  change: u32,
  attributes,
});

/** Records of fast-check have no prototype; decoded objects have the usual one. */
function plain<T>(value: T): T {
  return structuredClone(value);
}

describe("encoding and decoding", () => {
  it("a link comes back equal, in its order, and the same bytes again", () => {
    fc.assert(
      fc.property(links, (generated) => {
        const link = plain(generated);
        const encoded = encodeLink(link);
        const decoded = decodeLink(encoded);
        deepStrictEqual(decoded, link);
        deepStrictEqual(Object.keys(decoded.attributes), Object.keys(link.attributes));
        deepStrictEqual(encodeLink(decoded), encoded);
      }),
      { numRuns: 1000 },
    );
  });

  it("messages come back from one datagram", () => {
    const messages: fc.Arbitrary<NetlinkMessage[]> = fc.array(
      fc.record({ type: u16, flags: u16, sequence: u32, portId: u32, body: bytes(30) }),
      { maxLength: 8 },
    );
    fc.assert(
      fc.property(messages, (generated) => {
        const sent = plain(generated);
        deepStrictEqual(decodeMessages(Buffer.concat(sent.map(encodeMessage))), sent);
      }),
    );
  });

  it("whatever attributes a decoded link has, they are there after encoding", () => {
    fc.assert(
      fc.property(links, unknown, (link, [name, payload]) => {
        const added = { ...link.attributes, [name]: payload };
        const again = decodeLink(encodeLink({ ...link, attributes: added })).attributes;
        deepStrictEqual(again[name], payload);
      }),
    );
  });
});
