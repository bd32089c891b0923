/** Attributes written by hand in tests, independently of what is tested. */
import { littleEndian } from "../../../provider/netlink/bytes";

export function u16Bytes(value: number): number[] {
  const [low, high] = [value & 0xff, value >> 8];
  return littleEndian ? [low, high] : [high, low];
}

export function u32Bytes(value: number): number[] {
  const [low, high] = [u16Bytes(value & 0xffff), u16Bytes(value >>> 16)];
  return littleEndian ? [...low, ...high] : [...high, ...low];
}

/** Header, payload and padding. */
export function attribute(type: number, ...payload: number[]): number[] {
  const padding = Array.from({ length: -payload.length & 3 }, () => 0);
  return [...u16Bytes(payload.length + 4), ...u16Bytes(type), ...payload, ...padding];
}

export function ascii(text: string): number[] {
  return [...Buffer.from(text, "latin1")];
}
