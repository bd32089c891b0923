/** The frames that announce addresses, byte by byte. */
import assert from "node:assert/strict";
import { announcements } from "../../../provider/link/announce";

const MAC = "02:00:5e:10:00:01";
const hex = (text: string): string => text.replaceAll(/\s/g, "");

describe("an announcement", () => {
  it("of IPv4 is a request for the own address, to everybody", () => {
    const [frame, ...more] = announcements(["192.0.2.10/24"], MAC);
    assert.equal(more.length, 0);
    assert.equal(
      frame?.toString("hex"),
      hex(`ffffffffffff 02005e100001 0806
        0001 0800 06 04 0001 02005e100001 c000020a 000000000000 c000020a`),
    );
  });

  it("of IPv6 is an unsolicited advertisement that overrides, to all nodes", () => {
    const [frame = Buffer.alloc(0)] = announcements(["2001:db8::10/64"], MAC);
    const ip = "20010db8000000000000000000000010";
    const toAll = "ff020000000000000000000000000001";
    const text = frame.toString("hex");
    const checksum = text.slice(2 * 56, 2 * 58);
    assert.equal(
      text,
      hex(`333300000001 02005e100001 86dd
        60000000 0020 3a ff ${ip} ${toAll}
        8800 ${checksum} 20000000 ${ip} 0201 02005e100001`),
    );
    // Summed with its pseudo header, the checksum included, it is all ones (RFC 1071).
    const summed = Buffer.concat([
      Buffer.from(`${ip}${toAll}000000200000003a`, "hex"),
      frame.subarray(54),
    ]);
    let sum = 0;
    for (let at = 0; at < summed.length; at += 2) sum += summed.readUInt16BE(at);
    while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
    assert.equal(sum, 0xffff);
  });

  it("is one frame for each address, in their order", () => {
    const both = [{ address: "2001:db8::10/64", noDad: true }, "192.0.2.10/24", "192.0.2.11/24"];
    assert.deepEqual(
      announcements(both, MAC).map((frame) => frame.subarray(12, 14).toString("hex")),
      ["86dd", "0806", "0806"],
    );
  });
});
