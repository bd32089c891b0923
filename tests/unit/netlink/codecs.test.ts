import { deepStrictEqual, strictEqual, throws } from "node:assert";
import { describe, it } from "mocha";
import {
  type AttributeTable,
  decodeAttributes,
  encodeAttributes,
} from "../../../provider/netlink/attribute";
import { Reader, Writer } from "../../../provider/netlink/bytes";
import {
  bytes,
  flag,
  hardwareAddress,
  i32,
  string,
  u16,
  u32,
  u64,
  u8,
} from "../../../provider/netlink/codecs";
import { ascii, attribute } from "./attribute-bytes";

const table = {
  u8: [1, u8],
  u16: [2, u16],
  u32: [3, u32],
  i32: [4, i32],
  u64: [5, u64],
  string: [6, string],
  bytes: [7, bytes],
  flag: [8, flag],
  address: [9, hardwareAddress],
} as const satisfies AttributeTable;

type Written = Parameters<typeof encodeAttributes<typeof table>>[1];

function decode(from: readonly number[]): Written {
  return decodeAttributes(table, new Reader(new Uint8Array(from)));
}

function encode(values: Written): number[] {
  const writer = new Writer();
  encodeAttributes(table, values, writer);
  return [...writer.finish()];
}

describe("codecs", () => {
  it("give back what they were given, at the ends of their ranges", () => {
    for (const values of [
      { u8: 0, u16: 0, u32: 0, i32: -(2 ** 31), u64: 0n, flag: true as const },
      { u8: 255, u16: 65535, u32: 2 ** 32 - 1, i32: 2 ** 31 - 1, u64: 2n ** 64n - 1n },
      { string: "", bytes: new Uint8Array(), address: "" },
      { string: "Straße 中 🛰", bytes: new Uint8Array([0, 255]), address: "02:00:5e:00:53:ff" },
    ]) {
      deepStrictEqual(decode(encode(values)), values);
    }
  });

  it("hold fixed widths to their length", () => {
    for (const [type, width] of [1, 2, 4, 4, 8].entries()) {
      const wrong = Array.from({ length: width + 1 }, () => 0);
      throws(() => decode(attribute(type + 1, ...wrong)), /wanted, \d+ found/);
      throws(() => decode(attribute(type + 1, ...wrong.slice(2))), /wanted, \d+ found/);
    }
    throws(() => decode(attribute(8, 1)), { message: "flag at byte 4: 0 bytes wanted, 1 found" });
  });

  describe("string", () => {
    it("is written with a NUL", () => {
      deepStrictEqual(encode({ string: "m0" }), attribute(6, ...ascii("m0\0")));
    });

    it("without a NUL, with more behind it, or not UTF-8: readable, and the same bytes again", () => {
      const odd = {
        veth: ascii("veth"),
        "": [],
        m0: ascii("m0\0rest"),
        "a\ufffdb": [0x61, 0xff, 0x62, 0],
        m: ascii("m\0\0\0"),
      };
      for (const [text, payload] of Object.entries(odd)) {
        const values = decode(attribute(6, ...payload));
        strictEqual(values.string, text);
        deepStrictEqual(encode(values), attribute(6, ...payload));
        deepStrictEqual(
          encode({ ...values, string: "other" }),
          attribute(6, ...ascii("other\0")),
          "a copy with a new value",
        );
        (values as { string: string }).string = "other";
        deepStrictEqual(encode(values), attribute(6, ...ascii("other\0")), "changed in place");
      }
    });

    it("cannot be written where it has no bytes", () => {
      throws(() => encode({ string: "a\0b" }), { attribute: "string" });
      throws(() => encode({ string: "\ud800" }), { attribute: "string" });
    });
  });

  describe("hardwareAddress", () => {
    it("is lower case, and takes either", () => {
      const payload = [2, 0, 0x5e, 0, 0xab, 0xcd];
      deepStrictEqual(encode({ address: "02:00:5E:00:aB:Cd" }), attribute(9, ...payload));
      strictEqual(decode(attribute(9, ...payload)).address, "02:00:5e:00:ab:cd");
    });

    it("is of any length up to 32 bytes", () => {
      const longest = Array.from({ length: 32 }, (_, at) => at);
      const { address } = decode(attribute(9, ...longest));
      deepStrictEqual(encode({ address: address ?? "" }), attribute(9, ...longest));
      throws(() => decode(attribute(9, ...longest, 0)), /at most 32 bytes wanted, 33 found/);
      throws(() => encode({ address: `${address}:00` }), { attribute: "address" });
    });

    it("is refused in any other form", () => {
      for (const address of [
        "02:00:5e:00:53:1",
        "02:00:5e:00:53:01:",
        ":02:00:5e:00:53:01",
        "02-00-5e-00-53-01",
        "0g:00:5e:00:53:01",
        "02:00:5e:00:53: 1",
        "02005e005301",
        " ",
      ]) {
        throws(() => encode({ address }), /is not a hardware address/, address);
      }
    });
  });
});
