/** The four bytes before an attribute and the padding after it, in both directions. */
import { aligned, type Reader, type Writer } from "./bytes";
import { NLA_HDRLEN } from "./constants";

/** Reads a header; the reader then ends where the payload ends. Returns the type, flags included. */
export function enterAttribute(
  reader: Reader,
  end: number,
  nameOf: (type: number) => string,
): number {
  const header = reader.offset;
  const left = end - header;
  if (left < NLA_HDRLEN) throw reader.fault(`an attribute's header has 4 bytes, ${left} left`);
  const length = reader.u16();
  const type = reader.u16();
  if (length < NLA_HDRLEN || length > left) {
    reader.path.push(nameOf(type));
    const problem = length < NLA_HDRLEN ? "less than its header's 4" : `with ${left} bytes left`;
    throw reader.fault(`its length is ${length}, ${problem}`, header);
  }
  reader.end = header + length;
  return type;
}

/** Goes on to the next header. False where the padding is not zeros, as encoding writes them. */
export function leaveAttribute(reader: Reader, end: number): boolean {
  const start = reader.offset;
  const next = aligned(start);
  reader.end = end;
  if (next > end) {
    reader.offset = end;
    return false;
  }
  reader.offset = next;
  for (let offset = start; offset < next; offset++) if (reader.peek(offset) !== 0) return false;
  return true;
}

/** Writes a header, to be completed by `closeAttribute` with what this returns. */
export function openAttribute(writer: Writer, name: string, type: number): number {
  const header = writer.offset;
  writer.path.push(name);
  writer.u16(0);
  writer.u16(type);
  return header;
}

export function closeAttribute(writer: Writer, header: number): void {
  const length = writer.offset - header;
  if (length > 0xffff) throw writer.fault(`${length} bytes do not fit its 16-bit length`);
  writer.patchU16(header, length);
  writer.pad();
  writer.path.pop();
}
