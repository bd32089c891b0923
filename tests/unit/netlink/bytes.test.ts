import { deepStrictEqual, strictEqual, throws } from "node:assert";
import { describe, it } from "mocha";
import { aligned, Reader, Writer } from "../../../provider/netlink/bytes";
import { isMalformedMessage, isUnencodableValue } from "../../../provider/netlink/faults";

describe("Reader and Writer", () => {
  it("read what was written, in the same order", () => {
    const writer = new Writer(1);
    writer.u8(255);
    writer.u16(0xfffe);
    writer.pad();
    writer.u32(0xffff_ffff);
    writer.i32(-2);
    writer.u64(2n ** 64n - 1n);
    writer.bytes(new Uint8Array([1, 2, 3]));
    writer.text("é");
    const reader = new Reader(writer.finish());
    strictEqual(reader.u8(), 255);
    strictEqual(reader.u16(), 0xfffe);
    reader.skip(1);
    strictEqual(reader.u32(), 0xffff_ffff);
    strictEqual(reader.i32(), -2);
    strictEqual(reader.u64(), 2n ** 64n - 1n);
    deepStrictEqual(reader.bytes(3), new Uint8Array([1, 2, 3]));
    strictEqual(reader.text(2, "utf8"), "é");
    strictEqual(reader.remaining, 0);
  });

  it("a writer keeps its content and its zeros while it grows", () => {
    const writer = new Writer(1);
    for (let value = 0; value < 1000; value++) {
      writer.u8(value & 0xff);
      writer.pad();
    }
    const written = writer.finish();
    strictEqual(written.length, 4000);
    for (let value = 0; value < 1000; value++) {
      deepStrictEqual([...written.subarray(value * 4, value * 4 + 4)], [value & 0xff, 0, 0, 0]);
    }
  });

  it("a reader stays within a part of a larger buffer", () => {
    const part = new Uint8Array([9, 9, 1, 2, 9]).subarray(2, 4);
    const reader = new Reader(part);
    deepStrictEqual(reader.bytes(2), new Uint8Array([1, 2]));
    throws(() => reader.u8(), isMalformedMessage);
  });

  it("bytes share memory with what is read; their own slices do not", () => {
    const source = Buffer.from([1, 2, 3, 4]);
    const shared = new Reader(source).bytes(2);
    const copy = shared.slice();
    source.fill(0);
    deepStrictEqual(shared, new Uint8Array([0, 0]));
    deepStrictEqual(copy, new Uint8Array([1, 2]));
  });

  it("reading past the end is a fault with its place, whatever is read", () => {
    for (const read of [
      (reader: Reader) => reader.u16(),
      (reader: Reader) => reader.u32(),
      (reader: Reader) => reader.i32(),
      (reader: Reader) => reader.u64(),
      (reader: Reader) => reader.bytes(2),
      (reader: Reader) => reader.text(2, "utf8"),
    ]) {
      const reader = new Reader(new Uint8Array(3));
      reader.skip(2);
      reader.path.push("IFLA_LINKINFO", "IFLA_INFO_KIND");
      throws(() => read(reader), {
        name: "MalformedMessage",
        attribute: "IFLA_LINKINFO.IFLA_INFO_KIND",
        offset: 2,
      });
    }
  });

  it("a number that does not fit is a fault of the caller", () => {
    for (const write of [
      (writer: Writer) => writer.u8(256),
      (writer: Writer) => writer.u16(-1),
      (writer: Writer) => writer.u32(2 ** 32),
      (writer: Writer) => writer.u32(1.5),
      (writer: Writer) => writer.u32(Number.NaN),
      (writer: Writer) => writer.i32(2 ** 31),
      (writer: Writer) => writer.u64(-1n),
    ]) {
      throws(() => write(new Writer()), isUnencodableValue);
    }
  });

  it("aligned rounds up to four", () => {
    deepStrictEqual([0, 1, 4, 5, 8].map(aligned), [0, 4, 4, 8, 8]);
  });
});
