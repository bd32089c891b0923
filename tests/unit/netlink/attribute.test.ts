import { deepStrictEqual, strictEqual, throws } from "node:assert";
import { describe, it } from "mocha";
import {
  type AttributeTable,
  decodeAttributes,
  encodeAttributes,
  type Values,
} from "../../../provider/netlink/attribute";
import { Reader, Writer } from "../../../provider/netlink/bytes";
import { string, u16, u32 } from "../../../provider/netlink/codecs";
import { isUnencodableValue } from "../../../provider/netlink/faults";
import { nested } from "../../../provider/netlink/nest-codecs";
import { ascii, attribute, u16Bytes, u32Bytes } from "./attribute-bytes";

const table = {
  MTU: [4, u32],
  NAME: [3, string],
  NEST: [18, nested({ KIND: [1, string], DEEP: [2, nested({ MODE: [1, u16] })] })],
} as const satisfies AttributeTable;

function decode(...bytes: number[]): Values<typeof table> {
  return decodeAttributes(table, new Reader(new Uint8Array(bytes)));
}

function encode(values: Values<typeof table>): number[] {
  const writer = new Writer();
  encodeAttributes(table, values, writer);
  return [...writer.finish()];
}

describe("decodeAttributes and encodeAttributes", () => {
  it("keep wire order in the order of keys", () => {
    const bytes = [...attribute(4, ...u32Bytes(1500)), ...attribute(3, ...ascii("m0\0"))];
    const values = decode(...bytes);
    deepStrictEqual(Object.keys(values), ["MTU", "NAME"]);
    deepStrictEqual(values, { MTU: 1500, NAME: "m0" });
    deepStrictEqual(encode(values), bytes);
    const { MTU = 0, NAME = "" } = values;
    deepStrictEqual(encode({ NAME, MTU }), [...bytes.slice(8), ...bytes.slice(0, 8)]);
  });

  it("nothing is an empty object", () => {
    deepStrictEqual(decode(), {});
    deepStrictEqual(encode({}), []);
  });

  it("unknown attributes survive under their type, flag bits included", () => {
    const bytes = [...attribute(57, 1, 2, 3), ...attribute(0x8039), ...attribute(0)];
    const values = decode(...bytes);
    deepStrictEqual(values, {
      "#57": new Uint8Array([1, 2, 3]),
      "#32825": new Uint8Array(),
      "#0": new Uint8Array(),
    });
    deepStrictEqual(encode(values), bytes);
  });

  it("a repeated attribute survives, known or not: the first counts", () => {
    const bytes = [
      ...attribute(4, ...u32Bytes(1)),
      ...attribute(57),
      ...attribute(4, ...u32Bytes(2)),
      ...attribute(57, 1),
      ...attribute(4, 7),
    ];
    const values = decode(...bytes);
    deepStrictEqual(Object.keys(values), ["MTU", "#57", "#4~2", "#57~2", "#4~3"]);
    strictEqual(values.MTU, 1);
    deepStrictEqual(values["#4~2"], new Uint8Array(u32Bytes(2)));
    deepStrictEqual(encode(values), bytes);
  });

  it("many repetitions cost no more each than few", function () {
    this.timeout(2000);
    const bytes = new Uint8Array(16_000 * 4).map((_, at) => attribute(57)[at % 4] ?? 0);
    const values = decodeAttributes(table, new Reader(bytes));
    strictEqual(Object.keys(values).length, 16_000);
    deepStrictEqual(encode(values), [...bytes]);
  });

  it("an odd flag on a known type is accepted and comes back", () => {
    const bytes = attribute(0x8000 | 18, ...attribute(1, ...ascii("veth\0")));
    const values = decode(...bytes);
    deepStrictEqual(values, { NEST: { KIND: "veth" } });
    deepStrictEqual(encode(values), bytes);
    deepStrictEqual(
      encode({ ...values, NEST: { KIND: "veth" } }),
      attribute(18, ...attribute(1, ...ascii("veth\0"))),
    );
  });

  it("padding that is missing or not zero comes back where a nest holds it", () => {
    const ragged = attribute(18, ...u16Bytes(5), ...u16Bytes(9), 1);
    deepStrictEqual(encode(decode(...ragged)), ragged);
    const dirty = attribute(18, ...u16Bytes(5), ...u16Bytes(9), 1, 0, 7, 0);
    deepStrictEqual(encode(decode(...dirty)), dirty);
  });

  it("undefined is passed over", () => {
    const values = { MTU: undefined, NAME: "m0" } as unknown as Values<typeof table>;
    deepStrictEqual(encode(values), attribute(3, ...ascii("m0\0")));
  });

  describe("faults", () => {
    const bytesBefore = attribute(3, ...ascii("m0\0"));

    it("a width that is not the attribute's", () => {
      throws(() => decode(...bytesBefore, ...attribute(4, 1, 2)), {
        attribute: "MTU",
        offset: 12,
        message: "MTU at byte 12: 4 bytes wanted, 2 found",
      });
      throws(() => decode(...attribute(4, ...u32Bytes(1), 0)), {
        message: "MTU at byte 4: 4 bytes wanted, 5 found",
      });
    });

    it("deep within, with the whole path and the offset from the start", () => {
      const bytes = attribute(18, ...attribute(1, 0), ...attribute(2, ...attribute(1, 9)));
      throws(() => decode(...bytesBefore, ...bytes), {
        attribute: "NEST.DEEP.MODE",
        offset: 8 + 4 + 8 + 4 + 4,
      });
    });

    it("fewer bytes than a header", () => {
      throws(() => decode(...bytesBefore, 1, 2), {
        message: "Netlink message at byte 8: an attribute's header has 4 bytes, 2 left",
      });
    });

    it("a length less than the header, or beyond the end", () => {
      throws(() => decode(...u16Bytes(3), ...u16Bytes(4)), {
        message: "MTU at byte 0: its length is 3, less than its header's 4",
      });
      throws(() => decode(...u16Bytes(0), ...u16Bytes(99)), { attribute: "#99", offset: 0 });
      throws(() => decode(...u16Bytes(9), ...u16Bytes(3), 0, 0, 0, 0), {
        message: "NAME at byte 0: its length is 9, with 8 bytes left",
      });
    });

    it("an attribute within a nest ends within the nest", () => {
      const inner = [...u16Bytes(12), ...u16Bytes(1)];
      throws(() => decode(...attribute(18, ...inner), ...attribute(3, 0)), {
        attribute: "NEST.KIND",
        offset: 4,
      });
    });

    it("keys and values that cannot be written", () => {
      const values = (value: object): Values<typeof table> => value as Values<typeof table>;
      throws(() => encode(values({ MTUU: 1 })), { attribute: "MTUU" });
      throws(() => encode(values({ "#70000": new Uint8Array() })), isUnencodableValue);
      throws(() => encode(values({ "#57": "text" })), isUnencodableValue);
      throws(() => encode({ MTU: -1 }), { attribute: "MTU" });
      throws(() => encode({ NEST: { DEEP: { MODE: 65536 } } }), { attribute: "NEST.DEEP.MODE" });
      throws(() => encode({ "#57": new Uint8Array(65532) }), /65536 bytes do not fit/);
    });
  });
});
