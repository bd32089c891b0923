import { deepStrictEqual, throws } from "node:assert";
import { describe, it } from "mocha";
import {
  type AttributeTable,
  decodeAttributes,
  encodeAttributes,
  type Values,
} from "../../../provider/netlink/attribute";
import { Reader, Writer } from "../../../provider/netlink/bytes";
import { string, u32 } from "../../../provider/netlink/codecs";
import {
  chosenBySibling,
  listOf,
  listOfFlagged,
  nested,
  nestedFlagged,
} from "../../../provider/netlink/nest-codecs";
import { ascii, attribute, u16Bytes, u32Bytes } from "./attribute-bytes";

const numbers = nested({ MODE: [1, u32] });
const table = {
  KIND: [1, string],
  DATA: [2, chosenBySibling("KIND", { known: numbers })],
  FLAGGED: [3, nestedFlagged({ MODE: [1, u32] })],
  LIST: [4, listOf("ITEM", 7, string)],
  FLAGGED_LIST: [5, listOfFlagged("ITEM", 7, string)],
} as const satisfies AttributeTable;

function decode(bytes: readonly number[]): Values<typeof table> {
  return decodeAttributes(table, new Reader(new Uint8Array(bytes)));
}

function encode(values: Values<typeof table>): number[] {
  const writer = new Writer();
  encodeAttributes(table, values, writer);
  return [...writer.finish()];
}

const kind = attribute(1, ...ascii("known\0"));
const data = attribute(2, ...attribute(1, ...u32Bytes(4)));

describe("nested", () => {
  it("sets NLA_F_NESTED only where asked to", () => {
    const inner = attribute(1, ...u32Bytes(4));
    deepStrictEqual(encode({ FLAGGED: { MODE: 4 } }), attribute(0x8003, ...inner));
    deepStrictEqual(encode({ KIND: "known", DATA: { MODE: 4 } }), [...kind, ...data]);
  });
});

describe("listOf", () => {
  it("is an array in both directions", () => {
    const items = [...attribute(7, ...ascii("a\0")), ...attribute(7, ...ascii("bcde\0"))];
    for (const [name, type] of [
      ["LIST", 4],
      ["FLAGGED_LIST", 0x8005],
    ] as const) {
      const values = decode(attribute(type, ...items));
      deepStrictEqual(values, { [name]: ["a", "bcde"] });
      deepStrictEqual(encode(values), attribute(type, ...items));
    }
    deepStrictEqual(decode(attribute(4)), { LIST: [] });
    deepStrictEqual(encode({ LIST: [] }), attribute(4));
  });

  it("passes over entries of another type, which come back with the unchanged list", () => {
    const bytes = attribute(4, ...attribute(9, 1), ...attribute(7, ...ascii("a\0")));
    const values = decode(bytes);
    deepStrictEqual(values, { LIST: ["a"] });
    deepStrictEqual(encode(values), bytes);
    deepStrictEqual(encode({ LIST: ["a"] }), attribute(4, ...attribute(7, ...ascii("a\0"))));
  });

  it("odd entries come back too", () => {
    for (const items of [
      attribute(7, ...ascii("a")),
      attribute(0x8007, ...ascii("a\0")),
      [...u16Bytes(6), ...u16Bytes(7), ...ascii("a\0")],
    ]) {
      deepStrictEqual(decode(attribute(4, ...items)), { LIST: ["a"] });
      deepStrictEqual(encode(decode(attribute(4, ...items))), attribute(4, ...items));
    }
  });

  it("names the entry that is at fault", () => {
    throws(() => decode(attribute(4, ...u16Bytes(99), ...u16Bytes(7))), {
      attribute: "LIST.ITEM",
      offset: 4,
    });
    throws(() => encode({ LIST: ["a\0"] }), { attribute: "LIST.ITEM" });
  });
});

describe("chosenBySibling", () => {
  it("takes the table that the sibling names", () => {
    deepStrictEqual(decode([...kind, ...data]), { KIND: "known", DATA: { MODE: 4 } });
  });

  it("is bytes where the sibling is missing, later or unknown", () => {
    const raw = new Uint8Array(attribute(1, ...u32Bytes(4)));
    deepStrictEqual(decode(data), { DATA: raw });
    deepStrictEqual(decode([...data, ...kind]), { DATA: raw, KIND: "known" });
    const other = attribute(1, ...ascii("constructor\0"));
    deepStrictEqual(decode([...other, ...data]), { KIND: "constructor", DATA: raw });
    for (const bytes of [data, [...data, ...kind], [...other, ...data]]) {
      deepStrictEqual(encode(decode(bytes)), bytes);
    }
  });

  it("refuses values where only bytes can be written", () => {
    throws(() => encode({ KIND: "other", DATA: { MODE: 4 } }), /bytes wanted: KIND is other/);
    throws(() => encode({ DATA: { MODE: 4 } }), { attribute: "DATA" });
  });
});
