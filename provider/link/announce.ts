/** Frames that tell a network, unasked, which MAC address an IP address is at. */
import { parseInternetAddress } from "../netlink/internet-address";
import { AF_INET6 } from "../netlink/constants";
import { partsOf } from "./addresses";
import type { Address } from "./model";

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(":", ""), "hex");
const BROADCAST = "ff:ff:ff:ff:ff:ff";
const ALL_NODES = "33:33:00:00:00:01";

/** One frame for each address, as `arping -U` and `ndsend` make it. */
export function announcements(addresses: readonly Address[], macAddress: string): Buffer[] {
  return addresses.flatMap((address) => {
    const [text = ""] = partsOf(address).address.split("/");
    const parsed = parseInternetAddress(text);
    if (parsed === undefined) return [];
    const ip = Buffer.from(parsed.bytes);
    return parsed.family === AF_INET6
      ? [neighbourAdvertisement(ip, hex(macAddress))]
      : [gratuitousArp(ip, hex(macAddress))];
  });
}

/** A request for the own address (RFC 5227): every neighbour that knows it takes the new MAC address over. */
function gratuitousArp(ip: Buffer, mac: Buffer): Buffer {
  const toNobody = Buffer.alloc(6);
  const ethernet = Buffer.concat([hex(BROADCAST), mac, hex("0806")]);
  return Buffer.concat([
    ethernet,
    hex("0001 0800 06 04 0001".replaceAll(" ", "")),
    mac,
    ip,
    toNobody,
    ip,
  ]);
}

const ICMPV6 = 58;

/** Unsolicited, to all nodes, overriding what they know (RFC 4861, 7.2.6). */
function neighbourAdvertisement(ip: Buffer, mac: Buffer): Buffer {
  const toAll = Buffer.from(parseInternetAddress("ff02::1")?.bytes ?? []);
  const override = hex("20000000");
  const targetLinkLayerAddress = Buffer.concat([hex("0201"), mac]);
  const icmp = Buffer.concat([hex("88000000"), override, ip, targetLinkLayerAddress]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(icmp.length);
  const pseudo = Buffer.concat([ip, toAll, length, Buffer.from([0, 0, 0, ICMPV6]), icmp]);
  icmp.writeUInt16BE(checksum(pseudo), 2);
  const ipv6 = Buffer.concat([hex("60000000"), length.subarray(2), Buffer.from([ICMPV6, 255])]);
  return Buffer.concat([hex(ALL_NODES), mac, hex("86dd"), ipv6, ip, toAll, icmp]);
}

/** The Internet checksum (RFC 1071), of an even number of bytes. */
function checksum(bytes: Buffer): number {
  let sum = 0;
  for (let at = 0; at < bytes.length; at += 2) sum += bytes.readUInt16BE(at);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}
