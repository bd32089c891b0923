/**
 * The engine under every attribute list: an attribute table is rows of name, number and codec, and
 * this file walks it in both directions.
 *
 * Decoding yields a plain object whose keys are in wire order:
 * - `IFLA_MTU`: an attribute the table knows, as its codec reads it;
 * - `"#57"`: one it does not know, as bytes, under its 16-bit type with the flag bits;
 * - `"#57~2"`, `"#57~3"`: a type that came again at the same level, as bytes, known or not.
 *
 * Encoding writes an object in the order of its keys, so that what was decoded is given back byte
 * for byte.
 */
import { closeAttribute, enterAttribute, leaveAttribute, openAttribute } from "./attribute-framing";
import type { Reader, Writer } from "./bytes";
import { NLA_TYPE_MASK } from "./constants";

/** The values at one level; a codec may look at those beside its own (`chosenBySibling`). */
export type Siblings = Readonly<Record<string, unknown>>;

/** How one payload is read and written. The reader ends where the payload ends. */
export interface Codec<T> {
  /** NLA_F_NESTED, where the kernel or its policy has that bit on the type. */
  readonly typeFlags?: number;
  read(reader: Reader, siblings: Siblings): T;
  write(writer: Writer, value: T, siblings: Siblings): void;
}

export type AttributeTable = Readonly<Record<string, readonly [type: number, Codec<unknown>]>>;

/** What `decodeAttributes` returns and `encodeAttributes` takes for a table. */
export type Values<Table extends AttributeTable> = {
  readonly [Name in keyof Table]?: Table[Name][1] extends Codec<infer Value> ? Value : never;
} & { readonly [unknown: `#${string}`]: Uint8Array };

interface Received {
  readonly value: unknown;
  readonly type: number;
  readonly payload: Uint8Array;
}

/**
 * Some wire forms have more to them than their value shows: a string without its NUL, an odd flag
 * on a type, a foreign entry in a list. Their bytes are kept here, by the object that holds the
 * value, and written again for as long as it is the value that was read. A copy of that object is
 * encoded from its values alone.
 */
const asReceived = new WeakMap<object, Map<string, Received>>();

interface Row {
  readonly name: string;
  readonly wireType: number;
  readonly codec: Codec<unknown>;
}

interface Index {
  readonly byType: ReadonlyArray<Row | undefined>;
  readonly byName: ReadonlyMap<string, Row>;
  readonly nameOf: (type: number) => string;
}

const indexes = new WeakMap<AttributeTable, Index>();

/** Reads attributes up to the reader's end. */
export function decodeAttributes<Table extends AttributeTable>(
  table: Table,
  reader: Reader,
): Values<Table> {
  const { byType, nameOf } = indexOf(table);
  const { end, path, glances } = reader;
  const level: Record<string, unknown> = {};
  let repeats: Map<string, number> | undefined;
  let exact = true;
  while (reader.offset < end) {
    const type = enterAttribute(reader, end, nameOf);
    const row = byType[type & NLA_TYPE_MASK];
    if (row === undefined && glances) {
      reader.offset = reader.end;
      leaveAttribute(reader, end);
      continue;
    }
    const name = row === undefined ? `#${type}` : row.name;
    if (level[name] !== undefined) {
      repeats ??= new Map<string, number>();
      const count = (repeats.get(name) ?? 1) + 1;
      repeats.set(name, count);
      level[`#${type}~${count}`] = reader.bytes(reader.remaining);
    } else if (row === undefined) {
      level[name] = reader.bytes(reader.remaining);
    } else {
      const start = reader.offset;
      path.push(name);
      reader.inexact = false;
      const value = row.codec.read(reader, level);
      if (reader.remaining > 0) throw reader.fault(`${reader.remaining} bytes too many`);
      level[name] = value;
      if (!glances && (reader.inexact || type !== row.wireType)) {
        reader.offset = start;
        keepAsReceived(level, name, { value, type, payload: reader.bytes(reader.remaining) });
      }
      path.pop();
    }
    if (!leaveAttribute(reader, end)) exact = false;
  }
  // For whoever holds this level; what the levels within could not show, they have kept.
  reader.inexact = !exact;
  return level as Values<Table>;
}

/** Writes attributes in the order of the object's keys; `undefined` is passed over. */
export function encodeAttributes<Table extends AttributeTable>(
  table: Table,
  values: Values<Table>,
  writer: Writer,
): void {
  const { byName } = indexOf(table);
  const level: Siblings = values;
  const received = asReceived.get(values);
  for (const name in level) {
    const value = level[name];
    if (value === undefined) continue;
    const row = byName.get(name);
    const original = received?.get(name);
    let header: number;
    if (original !== undefined && original.value === value) {
      header = openAttribute(writer, name, original.type);
      writer.bytes(original.payload);
    } else if (row !== undefined) {
      header = openAttribute(writer, name, row.wireType);
      row.codec.write(writer, value, level);
    } else {
      header = openAttribute(writer, name, unknownType(name, writer));
      if (!(value instanceof Uint8Array)) throw writer.fault("bytes wanted");
      writer.bytes(value);
    }
    closeAttribute(writer, header);
  }
}

function indexOf(table: AttributeTable): Index {
  const known = indexes.get(table);
  if (known !== undefined) return known;
  const byType: Array<Row | undefined> = [];
  const byName = new Map<string, Row>();
  for (const [name, [type, codec]] of Object.entries(table)) {
    const row = { name, wireType: type | (codec.typeFlags ?? 0), codec };
    byType[type] = row;
    byName.set(name, row);
  }
  const nameOf = (type: number): string => byType[type & NLA_TYPE_MASK]?.name ?? `#${type}`;
  const index = { byType, byName, nameOf };
  indexes.set(table, index);
  return index;
}

function keepAsReceived(level: object, name: string, received: Received): void {
  let kept = asReceived.get(level);
  if (kept === undefined) asReceived.set(level, (kept = new Map<string, Received>()));
  kept.set(name, received);
}

function unknownType(name: string, writer: Writer): number {
  const type = Number(/^#(\d{1,5})(?:~\d+)?$/.exec(name)?.[1] ?? Number.NaN);
  if (!(type <= 0xffff)) {
    writer.path.push(name);
    throw writer.fault("no attribute of this table has that name");
  }
  return type;
}
