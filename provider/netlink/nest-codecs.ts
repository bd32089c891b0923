/** Codecs of attributes that hold attributes. */
import {
  type AttributeTable,
  type Codec,
  decodeAttributes,
  encodeAttributes,
  type Values,
} from "./attribute";
import { closeAttribute, enterAttribute, leaveAttribute, openAttribute } from "./attribute-framing";
import { NLA_F_NESTED, NLA_TYPE_MASK } from "./constants";

/** A nest as rtnetlink's older attributes have it, without NLA_F_NESTED on its type. */
export function nested<Table extends AttributeTable>(table: Table): Codec<Values<Table>> {
  return {
    read: (reader) => decodeAttributes(table, reader),
    write: (writer, values) => encodeAttributes(table, values, writer),
  };
}

/** A nest with NLA_F_NESTED on its type. When reading, either form is taken for either. */
export function nestedFlagged<Table extends AttributeTable>(table: Table): Codec<Values<Table>> {
  return { ...nested(table), typeFlags: NLA_F_NESTED };
}

/**
 * A nest that repeats one attribute: an array of its values. Entries of another type are passed
 * over (a newer kernel may list more), and the nest keeps its bytes for encoding.
 */
export function listOf<T>(name: string, type: number, codec: Codec<T>): Codec<readonly T[]> {
  const wireType = type | (codec.typeFlags ?? 0);
  const nameOf = (other: number): string => (other === type ? name : `#${other}`);
  return {
    read(reader, siblings) {
      const { end } = reader;
      const values: T[] = [];
      let exact = true;
      while (reader.offset < end) {
        const found = enterAttribute(reader, end, nameOf);
        if ((found & NLA_TYPE_MASK) === type) {
          reader.path.push(name);
          reader.inexact = false;
          values.push(codec.read(reader, siblings));
          if (reader.inexact) exact = false;
          if (reader.remaining > 0) throw reader.fault(`${reader.remaining} bytes too many`);
          reader.path.pop();
        } else {
          reader.skip(reader.remaining);
        }
        exact = leaveAttribute(reader, end) && found === wireType && exact;
      }
      reader.inexact = !exact;
      return values;
    },
    write(writer, values, siblings) {
      for (const value of values) {
        const header = openAttribute(writer, name, wireType);
        codec.write(writer, value, siblings);
        closeAttribute(writer, header);
      }
    },
  };
}

export function listOfFlagged<T>(name: string, type: number, codec: Codec<T>): Codec<readonly T[]> {
  return { ...listOf(name, type, codec), typeFlags: NLA_F_NESTED };
}

/**
 * A payload whose format an earlier attribute beside it names, as IFLA_INFO_KIND does for
 * IFLA_INFO_DATA. Where the name is missing, comes later or is not in `choices`: bytes.
 */
export function chosenBySibling<T>(
  sibling: string,
  choices: Readonly<Record<string, Codec<T>>>,
): Codec<T | Uint8Array> {
  const codecs = new Map(Object.entries(choices));
  return {
    read(reader, siblings) {
      const codec = codecs.get(String(siblings[sibling]));
      return codec === undefined ? reader.bytes(reader.remaining) : codec.read(reader, siblings);
    },
    write(writer, value, siblings) {
      // Bytes first: what was read before its sibling is bytes, though the sibling is known now.
      if (value instanceof Uint8Array) return writer.bytes(value);
      const codec = codecs.get(String(siblings[sibling]));
      if (codec === undefined) {
        throw writer.fault(`bytes wanted: ${sibling} is ${String(siblings[sibling])}`);
      }
      codec.write(writer, value, siblings);
    },
  };
}
