import { deepStrictEqual, strictEqual, throws } from "node:assert";
import { describe, it } from "mocha";
import type { Codec } from "../../../provider/netlink/attribute";
import { Reader, Writer } from "../../../provider/netlink/bytes";
import { ipv4, ipv6 } from "../../../provider/netlink/internet-address";

function read(codec: Codec<string>, ...bytes: number[]): string {
  return codec.read(new Reader(new Uint8Array(bytes)), {});
}

function written(codec: Codec<string>, text: string): number[] {
  const writer = new Writer();
  codec.write(writer, text, {});
  return [...writer.finish()];
}

const words = (...all: number[]): number[] => all.flatMap((word) => [word >> 8, word & 0xff]);

describe("internet addresses", () => {
  it("IPv4", () => {
    strictEqual(read(ipv4, 192, 0, 2, 255), "192.0.2.255");
    deepStrictEqual(written(ipv4, "192.0.2.255"), [192, 0, 2, 255]);
  });

  // The texts of RFC 5952, section 4.
  const texts: readonly [string, ...number[]][] = [
    ["::", 0, 0, 0, 0, 0, 0, 0, 0],
    ["::1", 0, 0, 0, 0, 0, 0, 0, 1],
    ["2001:db8::", 0x2001, 0xdb8, 0, 0, 0, 0, 0, 0],
    ["2001:db8::1:0:0:1", 0x2001, 0xdb8, 0, 0, 1, 0, 0, 1],
    ["2001:0:0:1::1", 0x2001, 0, 0, 1, 0, 0, 0, 1],
    ["2001:db8:0:1:1:1:1:1", 0x2001, 0xdb8, 0, 1, 1, 1, 1, 1],
    ["0:1:2:3:4:5:6:abcd", 0, 1, 2, 3, 4, 5, 6, 0xabcd],
    ["::ffff:192.0.2.1", 0, 0, 0, 0, 0, 0xffff, 0xc000, 0x201],
  ];
  for (const [text, ...bits] of texts) {
    it(`IPv6 ${text}`, () => {
      strictEqual(read(ipv6, ...words(...bits)), text);
      deepStrictEqual(written(ipv6, text), words(...bits));
    });
  }

  it("IPv6 in another spelling", () => {
    deepStrictEqual(written(ipv6, "2001:DB8:0:0::00ab"), words(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0xab));
    deepStrictEqual(
      written(ipv6, "64:ff9b::192.0.2.1"),
      words(0x64, 0xff9b, 0, 0, 0, 0, 0xc000, 0x201),
    );
  });

  it("of another length, and what is none", () => {
    throws(() => read(ipv4, 1, 2, 3), /4 bytes wanted, 3 found/);
    throws(() => read(ipv4, ...words(1, 2, 3, 4, 5, 6, 7, 8)), /4 bytes wanted, 16 found/);
    throws(() => read(ipv6, 1, 2, 3, 4), /16 bytes wanted, 4 found/);
    for (const text of ["", "1.2.3", "1.2.3.4.5", "1.2.3.256", "01.2.3.4", "1.2.3.x", "::1"])
      throws(() => written(ipv4, text), /is not an IPv4 address/);
    const wrong = [
      "",
      "1",
      "1:2:3:4:5:6:7",
      "1:2:3:4:5:6:7:8:9",
      "1::2::3",
      "12345::",
      "g::",
      ":::",
    ];
    for (const text of [...wrong, "1:2:3:4:5:6:7::8", "fe80::1%eth0", "1.2.3.4:5:6:7:8:9:a:b"])
      throws(() => written(ipv6, text), /is not an IPv6 address/);
  });
});
