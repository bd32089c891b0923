/** The addresses of a link: in a program's words, and in the kernel's. */
import { isDeepStrictEqual } from "node:util";
import { omitUndefined } from "../omit-undefined";
import type { AddressMessage } from "../netlink/address-message";
import {
  AF_INET,
  AF_INET6,
  IFA_F_DADFAILED,
  IFA_F_NODAD,
  IFA_F_PERMANENT,
  RT_SCOPE_LINK,
  RT_SCOPE_UNIVERSE,
} from "../netlink/constants";
import { type InternetAddress, parseInternetAddress } from "../netlink/internet-address";
import type { Address } from "./model";
import { boolean, type Fail, listOf, objectWith, show, text, type ValueType } from "./value-type";

const BITS: Readonly<Record<number, number>> = { [AF_INET]: 32, [AF_INET6]: 128 };

/** "192.0.2.10/24" in its parts; undefined, and one reason told, where it is not that. */
export function parsePrefixed(
  value: unknown,
  path: string,
  fail: Fail,
): { readonly address: InternetAddress; readonly prefixLength: number } | undefined {
  const [first = "", length, ...more] = typeof value === "string" ? value.trim().split("/") : [];
  const address = more.length > 0 ? undefined : parseInternetAddress(first);
  if (address === undefined) {
    fail(path, `${show(value)} is no address with its prefix length; write it as "192.0.2.10/24"`);
    return undefined;
  }
  const bits = BITS[address.family] ?? 0;
  if (length === undefined) {
    const usual = `${address.text}/${bits === 32 ? 24 : 64}`;
    fail(
      path,
      `${show(value)} has no prefix length; write "${usual}", or "${address.text}/${bits}" for the address alone`,
    );
    return undefined;
  }
  const prefixLength = /^\d{1,3}$/.test(length) ? Number(length) : bits + 1;
  if (prefixLength <= bits) return { address, prefixLength };
  fail(path, `${show(value)} has a prefix length that is none of 0 to ${bits}`);
  return undefined;
}

/** Why no link can have it; undefined where one can. */
function unfit({ family, bytes }: InternetAddress): string | undefined {
  const [first = 0] = bytes;
  if (bytes.every((byte) => byte === 0)) return "is the unspecified address";
  if (family === AF_INET ? first >= 224 && first < 240 : first === 0xff)
    return "is a multicast address";
  const loopback = family === AF_INET ? first === 127 : isDeepStrictEqual([...bytes], ONE);
  return loopback ? "is the loopback device's" : undefined;
}
const ONE = [...Array<number>(15).fill(0), 1];

/** An address alone, in its one spelling. */
export const ipAddress: ValueType<InternetAddress> = {
  describe: "IPv4 or IPv6 address",
  parse(value, path, fail) {
    const parsed = typeof value === "string" ? parseInternetAddress(value.trim()) : undefined;
    if (parsed === undefined) fail(path, `${show(value)} is no address, as 192.0.2.10 is one`);
    return parsed;
  },
};

const LABEL = text(15, /^[^\s\0]+$/, "a label has no white space");

const address: ValueType<Address> = {
  describe: '"192.0.2.10/24", or `{ address, peer, label, noDad }`',
  parse(value, path, fail) {
    const isObject = typeof value === "object" && value !== null;
    const parts = isObject
      ? objectWith(["address", "peer", "label", "noDad"], value, path, fail)
      : { address: value };
    if (parts === undefined) return undefined;
    const own = isObject ? `${path}.address` : path;
    const parsed = parsePrefixed(parts["address"], own, fail);
    if (parsed === undefined) return undefined;
    const why = unfit(parsed.address);
    if (why !== undefined) fail(own, `${parsed.address.text} ${why}; no link can have it`);
    const { family } = parsed.address;
    const said = (name: string): boolean => parts[name] !== undefined && parts[name] !== null;
    const peer = said("peer") ? ipAddress.parse(parts["peer"], `${path}.peer`, fail) : undefined;
    if (peer !== undefined && peer.family !== family)
      fail(`${path}.peer`, `${peer.text} is not of the address's own family`);
    const label = said("label") ? LABEL.parse(parts["label"], `${path}.label`, fail) : undefined;
    if (label !== undefined && family === AF_INET6)
      fail(`${path}.label`, "an IPv6 address has no label; leave it out");
    const noDad = said("noDad") ? boolean.parse(parts["noDad"], `${path}.noDad`, fail) : undefined;
    if (noDad === true && family === AF_INET)
      fail(`${path}.noDad`, "IPv4 has no duplicate address detection; leave it out");
    return spelled({
      address: `${parsed.address.text}/${parsed.prefixLength}`,
      peer: peer?.text,
      label,
      noDad: noDad === true ? noDad : undefined,
    });
  },
};

type Parts = Exclude<Address, string>;

/** The one spelling: a text where nothing else is said. */
function spelled(parts: { readonly [K in keyof Parts]: Parts[K] | undefined }): Address {
  const said: Parts = omitUndefined(parts);
  return Object.keys(said).length === 1 ? said.address : said;
}

export const partsOf = (given: Address): Parts =>
  typeof given === "string" ? { address: given } : given;

/** Without its prefix length. */
export const ipOf = (given: Address): string => partsOf(given).address.split("/")[0] ?? "";

/** What makes it another address to the kernel: two that differ in the rest cannot both be there. */
export function keyOf(given: Address): string {
  const { address: own, peer } = partsOf(given);
  return peer === undefined ? own : `${own} ${peer}`;
}

/** In the program's order, since the first of a network is its primary one. */
export const addresses: ValueType<readonly Address[]> = listOf(address, 1000, keyOf);

/** What `addresses` says is only compared, not changed, when its order is another. */
export const isIpv6 = (given: Address): boolean => partsOf(given).address.includes(":");

export function toMessage(given: Address, index: number): AddressMessage {
  const { address: own, peer, label, noDad } = partsOf(given);
  const [ip = "", prefix] = own.split("/");
  const family = isIpv6(given) ? AF_INET6 : AF_INET;
  const isLinkLocal = /^fe[89ab]/.test(ip) && family === AF_INET6;
  return {
    family,
    prefixLength: Number(prefix),
    flags: noDad === true ? IFA_F_NODAD : 0,
    scope: isLinkLocal ? RT_SCOPE_LINK : RT_SCOPE_UNIVERSE,
    index,
    attributes: omitUndefined({
      IFA_LOCAL: ip,
      IFA_ADDRESS: peer ?? ip,
      IFA_LABEL: label,
      IFA_BROADCAST: peer === undefined ? broadcastOf(ip, Number(prefix), family) : undefined,
    }),
  };
}

/** As `ip` sets it with "broadcast +"; networks of two addresses and of one have none. */
function broadcastOf(ip: string, prefix: number, family: number): string | undefined {
  const bytes = family === AF_INET && prefix < 31 ? parseInternetAddress(ip)?.bytes : undefined;
  return bytes && [...bytes].map((byte, at) => byte | (0xff >> clamp(prefix - 8 * at))).join(".");
}
const clamp = (bits: number): number => Math.min(8, Math.max(0, bits));

/**
 * What is there of those that somebody declares, in the declaration's order and spelling. With
 * `exclusive` also what others added; but never the link-local address that the kernel makes.
 */
export function addressesSeen(
  messages: readonly AddressMessage[],
  mine: readonly Address[],
  exclusive: boolean,
): readonly Address[] {
  const left = new Map(messages.map((message) => [keyOf(bare(message)), message]));
  const found = mine.flatMap((declared) => {
    const message = left.get(keyOf(declared));
    left.delete(keyOf(declared));
    return message === undefined ? [] : inWordsOf(declared, message);
  });
  if (!exclusive) return found;
  const others = [...left.values()].filter(({ scope, family }) => {
    const isLinkLocal = family === AF_INET6 && scope === RT_SCOPE_LINK;
    return !isLinkLocal;
  });
  return [...found, ...others.map(bare)];
}

/** "192.0.2.10/24", whatever else is said of it. */
export const addressText = (message: AddressMessage): string => partsOf(bare(message)).address;

const flagsOf = ({ flags, attributes }: AddressMessage): number => attributes.IFA_FLAGS ?? flags;

/** One with an end (DHCP's) is not there for good, which is what a declaration means. */
function inWordsOf(declared: Address, message: AddressMessage): Address[] {
  const flags = flagsOf(message);
  if ((flags & IFA_F_PERMANENT) === 0) return [];
  const { label, noDad } = partsOf(declared);
  return [
    spelled({
      ...partsOf(bare(message)),
      label: label === undefined ? undefined : message.attributes.IFA_LABEL,
      noDad: noDad === true && (flags & IFA_F_NODAD) !== 0 ? true : undefined,
      dadFailed: (flags & IFA_F_DADFAILED) !== 0 ? true : undefined,
    }),
  ];
}

function bare({ prefixLength, attributes }: AddressMessage): Address {
  const { IFA_LOCAL, IFA_ADDRESS = "" } = attributes;
  const peer = IFA_LOCAL === undefined || IFA_LOCAL === IFA_ADDRESS ? undefined : IFA_ADDRESS;
  return spelled({ address: `${IFA_LOCAL ?? IFA_ADDRESS}/${prefixLength}`, peer });
}
