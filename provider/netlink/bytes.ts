import { endianness } from "node:os";
import { MalformedMessage, UnencodableValue } from "./faults";

/**
 * Netlink speaks the byte order of the kernel's machine. This is the one place that says which;
 * it assumes that the host of the links has the byte order of the machine that runs the program.
 */
export const littleEndian = endianness() === "LE";

/** Messages, attributes and the structs between them start at multiples of four bytes. */
export function aligned(length: number): number {
  return (length + 3) & ~3;
}

/**
 * A cursor over bytes that may be anything. Nothing is read beyond `end`, which shrinks while an
 * attribute's payload is read and grows back after it.
 */
export class Reader {
  offset = 0;
  end: number;
  /** Names of the attributes around the cursor, for faults. */
  readonly path: string[] = [];
  /** Set by a codec whose value cannot give back the bytes it was read from; see `attribute.ts`. */
  inexact = false;

  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #text: Buffer;

  constructor(bytes: Uint8Array) {
    const { buffer, byteOffset, byteLength } = bytes;
    // A plain array even when given a Buffer, whose `slice` would share memory.
    this.#bytes = new Uint8Array(buffer, byteOffset, byteLength);
    this.#view = new DataView(buffer, byteOffset, byteLength);
    this.#text = Buffer.from(buffer, byteOffset, byteLength);
    this.end = byteLength;
  }

  get remaining(): number {
    return this.end - this.offset;
  }

  u8(): number {
    return this.#view.getUint8(this.#advance(1));
  }

  u16(): number {
    return this.#view.getUint16(this.#advance(2), littleEndian);
  }

  u32(): number {
    return this.#view.getUint32(this.#advance(4), littleEndian);
  }

  i32(): number {
    return this.#view.getInt32(this.#advance(4), littleEndian);
  }

  u64(): bigint {
    return this.#view.getBigUint64(this.#advance(8), littleEndian);
  }

  /** A copy: the buffer under it may be received into again. */
  bytes(length: number): Uint8Array {
    const start = this.#advance(length);
    return this.#bytes.slice(start, start + length);
  }

  text(length: number, encoding: "latin1" | "utf8"): string {
    const start = this.#advance(length);
    return this.#text.toString(encoding, start, start + length);
  }

  /** Shares memory with the buffer. */
  view(length: number): Uint8Array {
    const start = this.#advance(length);
    return this.#bytes.subarray(start, start + length);
  }

  skip(length: number): void {
    this.#advance(length);
  }

  /** The byte at an absolute offset, without moving. */
  peek(offset: number): number {
    return this.#view.getUint8(offset);
  }

  /** The payload must be exactly this long. */
  exactly(length: number): void {
    const found = this.end - this.offset;
    if (found !== length) throw this.fault(`${countOfBytes(length)} wanted, ${found} found`);
  }

  fault(problem: string, offset = this.offset): MalformedMessage {
    return new MalformedMessage(this.path.join("."), offset, problem);
  }

  #advance(length: number): number {
    const start = this.offset;
    if (start + length > this.end) {
      throw this.fault(`${countOfBytes(length)} wanted, ${this.end - start} found`);
    }
    this.offset = start + length;
    return start;
  }
}

/** The other direction: grows as it is written to. */
export class Writer {
  offset = 0;
  readonly path: string[] = [];

  #bytes: Uint8Array;
  #view: DataView;
  #text: Buffer;

  constructor(capacity = 512) {
    this.#bytes = new Uint8Array(capacity);
    this.#view = new DataView(this.#bytes.buffer);
    this.#text = Buffer.from(this.#bytes.buffer);
  }

  u8(value: number): void {
    this.#check(value, 0, 0xff);
    const at = this.#advance(1);
    this.#view.setUint8(at, value);
  }

  u16(value: number): void {
    this.#check(value, 0, 0xffff);
    const at = this.#advance(2);
    this.#view.setUint16(at, value, littleEndian);
  }

  u32(value: number): void {
    this.#check(value, 0, 0xffff_ffff);
    const at = this.#advance(4);
    this.#view.setUint32(at, value, littleEndian);
  }

  i32(value: number): void {
    this.#check(value, -0x8000_0000, 0x7fff_ffff);
    const at = this.#advance(4);
    this.#view.setInt32(at, value, littleEndian);
  }

  u64(value: bigint): void {
    if (BigInt.asUintN(64, value) !== value) throw this.fault(`${value} is not in 64 bits`);
    const at = this.#advance(8);
    this.#view.setBigUint64(at, value, littleEndian);
  }

  bytes(value: Uint8Array): void {
    const start = this.#advance(value.length);
    this.#bytes.set(value, start);
  }

  /** UTF-8, without a NUL at the end. */
  text(value: string): void {
    const length = Buffer.byteLength(value, "utf8");
    const start = this.#advance(length);
    this.#text.write(value, start, length, "utf8");
  }

  /** Fills a length in, after what it counts was written. */
  patchU16(offset: number, value: number): void {
    this.#check(value, 0, 0xffff);
    this.#view.setUint16(offset, value, littleEndian);
  }

  pad(): void {
    // Fresh memory is zero, and nothing is ever written twice.
    this.#advance(aligned(this.offset) - this.offset);
  }

  finish(): Uint8Array {
    return this.#bytes.subarray(0, this.offset);
  }

  fault(problem: string): UnencodableValue {
    return new UnencodableValue(this.path.join("."), problem);
  }

  #check(value: number, least: number, most: number): void {
    if (!Number.isInteger(value) || value < least || value > most) {
      throw this.fault(`${value} is not an integer between ${least} and ${most}`);
    }
  }

  #advance(length: number): number {
    const start = this.offset;
    const end = start + length;
    if (end > this.#bytes.length) {
      // Doubling keeps the copying linear.
      const larger = new Uint8Array(Math.max(end, this.#bytes.length * 2));
      larger.set(this.#bytes);
      this.#bytes = larger;
      this.#view = new DataView(larger.buffer);
      this.#text = Buffer.from(larger.buffer);
    }
    this.offset = end;
    return start;
  }
}

function countOfBytes(count: number): string {
  return count === 1 ? "1 byte" : `${count} bytes`;
}
