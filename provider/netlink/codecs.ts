/** Codecs of single values. Each takes exactly its payload, or faults. */
import type { Codec } from "./attribute";
import type { Reader } from "./bytes";
import { MAX_ADDR_LEN, NLA_F_NESTED } from "./constants";

export const u8: Codec<number> = {
  read(reader) {
    reader.exactly(1);
    return reader.u8();
  },
  write(writer, value) {
    writer.u8(value);
  },
};

export const u16: Codec<number> = {
  read(reader) {
    reader.exactly(2);
    return reader.u16();
  },
  write(writer, value) {
    writer.u16(value);
  },
};

export const u32: Codec<number> = {
  read(reader) {
    reader.exactly(4);
    return reader.u32();
  },
  write(writer, value) {
    writer.u32(value);
  },
};

export const i32: Codec<number> = {
  read(reader) {
    reader.exactly(4);
    return reader.i32();
  },
  write(writer, value) {
    writer.i32(value);
  },
};

export const u64: Codec<bigint> = {
  read(reader) {
    reader.exactly(8);
    return reader.u64();
  },
  write(writer, value) {
    writer.u64(value);
  },
};

/** Anything, as it is. */
export const bytes: Codec<Uint8Array> = {
  read(reader) {
    return reader.bytes(reader.remaining);
  },
  write(writer, value) {
    writer.bytes(value);
  },
};

/** The same for a nest that is not looked into and has NLA_F_NESTED on its type. */
export const bytesFlagged: Codec<Uint8Array> = { ...bytes, typeFlags: NLA_F_NESTED };

/** Says what it says by being there. */
export const flag: Codec<true> = {
  read(reader) {
    reader.exactly(0);
    return true;
  },
  write() {
    // No payload.
  },
};

/**
 * A C string. It is written as UTF-8 with a NUL, as the kernel writes it, and read up to its first
 * NUL. Bytes that are not UTF-8 (a name may be any bytes) are shown as U+FFFD; they and whatever
 * else is odd, such as the missing NUL in requests of iproute2, come back when encoded unchanged.
 */
export const string: Codec<string> = {
  read(reader) {
    const length = reader.remaining;
    const { textLength, ascii } = measureText(reader);
    const value = reader.text(textLength, ascii ? "latin1" : "utf8");
    const exact = textLength === length - 1 && (ascii || !value.includes("\ufffd"));
    if (!exact) {
      reader.inexact = true;
      reader.skip(reader.remaining);
    } else {
      reader.skip(1);
    }
    return value;
  },
  write(writer, value) {
    if (value.includes("\0")) throw writer.fault("a string cannot hold a NUL");
    if (/\p{Surrogate}/u.test(value)) throw writer.fault("a lone surrogate has no UTF-8");
    writer.text(value);
    writer.u8(0);
  },
};

/** Six bytes are "02:00:5e:00:53:01"; other lengths up to MAX_ADDR_LEN alike, none as "". */
export const hardwareAddress: Codec<string> = {
  read(reader) {
    const length = reader.remaining;
    if (length > MAX_ADDR_LEN) {
      throw reader.fault(`at most ${MAX_ADDR_LEN} bytes wanted, ${length} found`);
    }
    let value = "";
    for (let at = 0; at < length; at++) {
      if (at > 0) value += ":";
      value += hexOfByte[reader.u8()];
    }
    return value;
  },
  write(writer, value) {
    // Two digits and a colon for each byte; the colon after the last is not there.
    const octets = (value.length + 1) / 3;
    if (value === "") return;
    for (let at = 0; at < value.length; at += 3) {
      const octet = hexDigit(value.charCodeAt(at)) * 16 + hexDigit(value.charCodeAt(at + 1));
      const separated = at + 2 === value.length || value[at + 2] === ":";
      if (!(octet >= 0) || !separated || octets > MAX_ADDR_LEN || !Number.isInteger(octets)) {
        throw writer.fault(`"${value}" is not a hardware address such as 02:00:5e:00:53:01`);
      }
      writer.u8(octet);
    }
  },
};

const hexOfByte = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

/** NaN for what is no digit. */
function hexDigit(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const lower = code | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x61 + 10 : Number.NaN;
}

function measureText(reader: Reader): { textLength: number; ascii: boolean } {
  let ascii = true;
  let offset = reader.offset;
  for (; offset < reader.end; offset++) {
    const byte = reader.peek(offset);
    if (byte === 0) break;
    if (byte >= 0x80) ascii = false;
  }
  return { textLength: offset - reader.offset, ascii };
}
