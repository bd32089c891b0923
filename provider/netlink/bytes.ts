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

  // One view for numbers and text alike: three would cost more than what is read through them.
  readonly #bytes: Buffer;

  /** `glances`: what no table knows is passed over, and nothing is kept for writing it again. */
  constructor(
    bytes: Uint8Array,
    readonly glances = false,
  ) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.end = bytes.byteLength;
  }

  get remaining(): number {
    return this.end - this.offset;
  }

  u8(): number {
    return this.peek(this.#advance(1));
  }

  // Byte by byte: Buffer's own methods check each offset once more, which took a third of a link's decoding.
  u16(): number {
    const at = this.#advance(2);
    return littleEndian
      ? this.peek(at) | (this.peek(at + 1) << 8)
      : (this.peek(at) << 8) | this.peek(at + 1);
  }

  u32(): number {
    return this.i32() >>> 0;
  }

  i32(): number {
    const at = this.#advance(4);
    const [a, b, c, d] = [this.peek(at), this.peek(at + 1), this.peek(at + 2), this.peek(at + 3)];
    return littleEndian
      ? a | (b << 8) | (c << 16) | (d << 24)
      : (a << 24) | (b << 16) | (c << 8) | d;
  }

  u64(): bigint {
    const at = this.#advance(8);
    return littleEndian ? this.#bytes.readBigUInt64LE(at) : this.#bytes.readBigUInt64BE(at);
  }

  /** Shares memory with what is read. */
  bytes(length: number): Uint8Array {
    const start = this.#advance(length);
    // Not a Buffer, whose `slice` would share memory where a Uint8Array's copies.
    return new Uint8Array(this.#bytes.buffer, this.#bytes.byteOffset + start, length);
  }

  text(length: number, encoding: "latin1" | "utf8"): string {
    const start = this.#advance(length);
    return this.#bytes.toString(encoding, start, start + length);
  }

  skip(length: number): void {
    this.#advance(length);
  }

  /** The byte at an absolute offset, without moving. */
  peek(offset: number): number {
    return this.#bytes[offset] as number;
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

  #bytes: Buffer;

  constructor(capacity = 512) {
    this.#bytes = Buffer.allocUnsafe(capacity);
  }

  u8(value: number): void {
    this.#check(value, 0, 0xff);
    const at = this.#advance(1);
    this.#bytes.writeUInt8(value, at);
  }

  u16(value: number): void {
    this.#check(value, 0, 0xffff);
    this.#u16At(this.#advance(2), value);
  }

  u32(value: number): void {
    this.#check(value, 0, 0xffff_ffff);
    const at = this.#advance(4);
    if (littleEndian) this.#bytes.writeUInt32LE(value, at);
    else this.#bytes.writeUInt32BE(value, at);
  }

  i32(value: number): void {
    this.#check(value, -0x8000_0000, 0x7fff_ffff);
    const at = this.#advance(4);
    if (littleEndian) this.#bytes.writeInt32LE(value, at);
    else this.#bytes.writeInt32BE(value, at);
  }

  u64(value: bigint): void {
    if (BigInt.asUintN(64, value) !== value) throw this.fault(`${value} is not in 64 bits`);
    const at = this.#advance(8);
    if (littleEndian) this.#bytes.writeBigUInt64LE(value, at);
    else this.#bytes.writeBigUInt64BE(value, at);
  }

  bytes(value: Uint8Array): void {
    const start = this.#advance(value.length);
    this.#bytes.set(value, start);
  }

  /** UTF-8, without a NUL at the end. */
  text(value: string): void {
    const length = Buffer.byteLength(value, "utf8");
    const start = this.#advance(length);
    this.#bytes.write(value, start, length, "utf8");
  }

  /** Fills a length in, after what it counts was written. */
  patchU16(offset: number, value: number): void {
    this.#check(value, 0, 0xffff);
    this.#u16At(offset, value);
  }

  pad(): void {
    const start = this.offset;
    this.#advance(aligned(start) - start);
    this.#bytes.fill(0, start, this.offset);
  }

  finish(): Uint8Array {
    const { buffer, byteOffset } = this.#bytes;
    return new Uint8Array(buffer, byteOffset, this.offset);
  }

  fault(problem: string): UnencodableValue {
    return new UnencodableValue(this.path.join("."), problem);
  }

  #u16At(offset: number, value: number): void {
    if (littleEndian) this.#bytes.writeUInt16LE(value, offset);
    else this.#bytes.writeUInt16BE(value, offset);
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
      const larger = Buffer.allocUnsafe(Math.max(end, this.#bytes.length * 2));
      larger.set(this.#bytes);
      this.#bytes = larger;
    }
    this.offset = end;
    return start;
  }
}

function countOfBytes(count: number): string {
  return count === 1 ? "1 byte" : `${count} bytes`;
}
