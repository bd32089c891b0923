/** IPv4 and IPv6 addresses: bytes ↔ the text that RFC 5952 recommends. */
import type { Codec } from "./attribute";
import { Reader, Writer } from "./bytes";
import { AF_INET, AF_INET6 } from "./constants";
import { isUnencodableValue } from "./faults";

export const ipv4: Codec<string> = {
  read(reader) {
    reader.exactly(4);
    return dotted(reader);
  },
  write(writer, value) {
    for (const octet of octetsOf(value, writer)) writer.u8(octet);
  },
};

export const ipv6: Codec<string> = {
  read(reader) {
    reader.exactly(16);
    const start = reader.offset;
    const words = Array.from({ length: 8 }, () => reader.u8() * 256 + reader.u8());
    // The text of a mapped address ends as that of the IPv4 address in it.
    if (words[5] !== 0xffff || words.slice(0, 5).some((word) => word !== 0)) return colons(words);
    reader.offset = start + 12;
    return `::ffff:${dotted(reader)}`;
  },
  write(writer, value) {
    for (const word of wordsOf(value, writer)) {
      writer.u8(word >> 8);
      writer.u8(word & 0xff);
    }
  },
};

function dotted(reader: Reader): string {
  return Array.from({ length: 4 }, () => reader.u8()).join(".");
}

/** The longest run of two zeros or more, the first of several, is "::". */
function colons(words: readonly number[]): string {
  let [from, length] = [0, 1];
  for (let start = 0; start < words.length; start++) {
    let end = start;
    while (words[end] === 0) end++;
    if (end - start > length) [from, length] = [start, end - start];
  }
  const text = (part: readonly number[]): string => part.map((word) => word.toString(16)).join(":");
  if (length === 1) return text(words);
  return `${text(words.slice(0, from))}::${text(words.slice(from + length))}`;
}

function octetsOf(value: string, writer: Writer): number[] {
  const parts = value.split(".");
  const octets = parts.map((part) => (/^(0|[1-9]\d{0,2})$/.test(part) ? Number(part) : 256));
  if (octets.length !== 4 || octets.some((octet) => octet > 255))
    throw writer.fault(`"${value}" is not an IPv4 address such as 192.0.2.1`);
  return octets;
}

function wordsOf(value: string, writer: Writer): number[] {
  const [head = "", tail, ...more] = value.split("::");
  const [before, after] = [head, tail ?? ""].map((part) => wordsIn(part, writer)) as [
    (number | undefined)[],
    (number | undefined)[],
  ];
  const missing = 8 - before.length - after.length;
  const fits = more.length === 0 && (tail === undefined ? missing === 0 : missing >= 1);
  const words = [...before, ...Array<number>(fits ? missing : 0).fill(0), ...after];
  if (!fits || words.includes(undefined))
    throw writer.fault(`"${value}" is not an IPv6 address such as 2001:db8::1`);
  return words as number[];
}

function wordsIn(part: string, writer: Writer): (number | undefined)[] {
  if (part === "") return [];
  return part.split(":").flatMap((group, at, all) => {
    if (at === all.length - 1 && group.includes(".")) {
      const [a = 0, b = 0, c = 0, d = 0] = octetsOf(group, writer);
      return [a * 256 + b, c * 256 + d];
    }
    return /^[0-9a-f]{1,4}$/i.test(group) ? Number.parseInt(group, 16) : undefined;
  });
}

/** An address by its bytes. */
export interface InternetAddress {
  /** AF_INET or AF_INET6. */
  readonly family: number;
  /** In the one spelling that the kernel's answers get here. */
  readonly text: string;
  readonly bytes: Uint8Array;
}

/** Undefined for what is no address, or has anything beside it. */
export function parseInternetAddress(text: string): InternetAddress | undefined {
  const [family, codec] = text.includes(":") ? [AF_INET6, ipv6] : [AF_INET, ipv4];
  const writer = new Writer(16);
  try {
    codec.write(writer, text, {});
  } catch (error) {
    if (isUnencodableValue(error)) return undefined;
    throw error;
  }
  const bytes = writer.finish();
  return { family, text: codec.read(new Reader(bytes), {}), bytes };
}

/** The network of so many leading bits that an address is in. */
export function networkOf({ family, bytes }: InternetAddress, bits: number): string {
  const masked = bytes.map(
    (byte, at) => byte & (0xff00 >> Math.min(8, Math.max(0, bits - 8 * at))),
  );
  return (family === AF_INET6 ? ipv6 : ipv4).read(new Reader(masked), {});
}
