import { deepStrictEqual, strictEqual, throws } from "node:assert";
import { describe, it } from "mocha";
import { decodeAddress, encodeAddress } from "../../../provider/netlink/address-message";
import * as kernel from "../../../provider/netlink/constants";
import { decodeRoute, encodeRoute } from "../../../provider/netlink/route-message";
import { attribute, u16Bytes, u32Bytes } from "./attribute-bytes";

const route = (family: number, ...attributes: number[]): Uint8Array =>
  new Uint8Array([...[family, 24, 0, 0, 254, 4, 0, 1], ...u32Bytes(0), ...attributes]);
const address = (family: number, ...attributes: number[]): Uint8Array =>
  new Uint8Array([...[family, 24, 0x80, 0], ...u32Bytes(3), ...attributes]);
const hop = (length: number, index: number, ...attributes: number[]): number[] => [
  ...[...u16Bytes(length), 0, 2],
  ...u32Bytes(index),
  ...attributes,
];

describe("a route's message", () => {
  it("has numbers of its header, and ports in network order", () => {
    const bytes = route(kernel.AF_INET, ...attribute(kernel.RTA_SPORT, 0x01, 0xbb));
    const decoded = decodeRoute(bytes);
    deepStrictEqual(decoded, {
      ...{ family: 2, destinationLength: 24, sourceLength: 0, tos: 0, table: 254 },
      ...{ protocol: 4, scope: 0, type: 1, flags: 0 },
      attributes: { RTA_SPORT: 443 },
    });
    deepStrictEqual(encodeRoute(decoded), bytes);
    throws(() => encodeRoute({ ...decoded, attributes: { RTA_DPORT: 65536 } }), /RTA_DPORT: 65536/);
  });

  it("takes addresses of its family alone", () => {
    const four = attribute(kernel.RTA_DST, 192, 0, 2, 0);
    strictEqual(decodeRoute(route(kernel.AF_INET, ...four)).attributes.RTA_DST, "192.0.2.0");
    throws(
      () => decodeRoute(route(kernel.AF_INET6, ...four)),
      /RTA_DST at byte 16: 16 bytes wanted/,
    );
    // Multicast routes and MPLS have their own.
    deepStrictEqual(decodeRoute(route(28, ...four)).attributes, {
      "#1": new Uint8Array([192, 0, 2, 0]),
    });
  });

  it("keeps what it does not know, in next hops too", () => {
    const inside = attribute(999, 1, 2, 3);
    const hops = attribute(kernel.RTA_MULTIPATH, ...hop(16, 3, ...inside), ...hop(8, 4));
    const bytes = route(kernel.AF_INET, ...attribute(998, 9), ...hops);
    const decoded = decodeRoute(bytes);
    deepStrictEqual(decoded.attributes.RTA_MULTIPATH, [
      { flags: 0, hops: 2, index: 3, attributes: { "#999": new Uint8Array([1, 2, 3]) } },
      { flags: 0, hops: 2, index: 4, attributes: {} },
    ]);
    deepStrictEqual(encodeRoute(decoded), bytes);
    const [first, second] = decoded.attributes.RTA_MULTIPATH;
    const swapped = { ...decoded, attributes: { RTA_MULTIPATH: [second!, first!] } };
    deepStrictEqual(
      [...encodeRoute(swapped)],
      [
        ...route(
          kernel.AF_INET,
          ...attribute(kernel.RTA_MULTIPATH, ...hop(8, 4), ...hop(16, 3, ...inside)),
        ),
      ],
    );
  });

  it("refuses a next hop that is longer than what is there, or shorter than itself", () => {
    for (const length of [0, 7, 12]) {
      const bytes = route(kernel.AF_INET, ...attribute(kernel.RTA_MULTIPATH, ...hop(length, 3)));
      throws(
        () => decodeRoute(bytes),
        new RegExp(`RTA_MULTIPATH at byte 16: a next hop of ${length} bytes, 8 left`),
      );
    }
    const beyond = hop(16, 3, ...u16Bytes(12), ...u16Bytes(kernel.RTA_GATEWAY), 1, 2, 3, 4);
    const bytes = route(kernel.AF_INET, ...attribute(kernel.RTA_MULTIPATH, ...beyond));
    throws(() => decodeRoute(bytes), /RTA_MULTIPATH.RTA_GATEWAY at byte 24: its length is 12/);
    throws(() => decodeRoute(new Uint8Array(11)), { name: "MalformedMessage" });
  });

  it("has a gateway of any family", () => {
    const via = attribute(
      kernel.RTA_VIA,
      ...u16Bytes(kernel.AF_INET6),
      ...Array<number>(15).fill(0),
      1,
    );
    const bytes = route(kernel.AF_INET, ...via);
    const decoded = decodeRoute(bytes);
    deepStrictEqual(decoded.attributes.RTA_VIA, { family: 10, address: "::1" });
    deepStrictEqual(encodeRoute(decoded), bytes);
    const strange = attribute(kernel.RTA_VIA, ...u16Bytes(99), 1, 2);
    deepStrictEqual(decodeRoute(route(2, ...strange)).attributes.RTA_VIA, {
      family: 99,
      address: new Uint8Array([1, 2]),
    });
    const short = attribute(kernel.RTA_VIA, ...u16Bytes(kernel.AF_INET6), 1, 2);
    throws(() => decodeRoute(route(2, ...short)), /RTA_VIA at byte 18: 16 bytes wanted, 2 found/);
  });
});

describe("an address's message", () => {
  it("has an address of its family and how long it holds", () => {
    const bytes = address(
      kernel.AF_INET,
      ...attribute(kernel.IFA_LOCAL, 192, 0, 2, 1),
      ...attribute(kernel.IFA_CACHEINFO, ...[1800, 3600, 7, 8].flatMap(u32Bytes)),
      ...attribute(777, 1),
    );
    const decoded = decodeAddress(bytes);
    deepStrictEqual(decoded, {
      ...{ family: 2, prefixLength: 24, flags: 0x80, scope: 0, index: 3 },
      attributes: {
        IFA_LOCAL: "192.0.2.1",
        IFA_CACHEINFO: { preferred: 1800, valid: 3600, created: 7, updated: 8 },
        "#777": new Uint8Array([1]),
      },
    });
    deepStrictEqual(encodeAddress(decoded), bytes);
  });

  it("refuses what is cut short, and what is of another family", () => {
    throws(() => decodeAddress(new Uint8Array(7)), { name: "MalformedMessage" });
    const short = attribute(kernel.IFA_CACHEINFO, ...u32Bytes(1));
    throws(() => decodeAddress(address(2, ...short)), /IFA_CACHEINFO at byte 12: 16 bytes wanted/);
    const four = attribute(kernel.IFA_LOCAL, 192, 0, 2, 1);
    throws(() => decodeAddress(address(kernel.AF_INET6, ...four)), /IFA_LOCAL .* 16 bytes wanted/);
  });
});
