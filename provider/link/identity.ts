import { createHash } from "node:crypto";
import { MARK_LENGTH } from "./alias";
import { deviceName } from "./value-type";
import type { Identity, Kind } from "./model";

const NAME_BYTES = 15;
const HASH_LENGTH = 6;

/** Base32 in lower case: legal in a device name, in an alias and in a resource id. */
function hash(length: number, ...parts: readonly string[]): string {
  const digest = createHash("sha256").update(parts.join("\0")).digest();
  return Array.from(
    digest.subarray(0, length),
    (byte) => "abcdefghijklmnopqrstuvwxyz234567"[byte % 32],
  ).join("");
}

/**
 * What a machine is called in names, MAC addresses and ids. A machine-id is confidential
 * (machine-id(5)), so only a hash of it leaves the host.
 */
export function hostIdOf(machineId: string): string {
  return hash(12, "pulumi-macvlan host", machineId);
}

export function markOf(urn: string, host: string): string {
  return hash(MARK_LENGTH, "mark", urn, host);
}

/**
 * A legal device name for a resource: its own name where that is one, else what is legal of it with
 * a short hash of the URN, so that two long names with one beginning stay two. So do the "web" of
 * one component and the "web" of another: a resource that has a parent always gets the hash.
 */
export function nameFor(urn: string, host: string): string {
  const { types, logical } = partsOf(urn);
  const legal = logical.replace(/[^A-Za-z0-9_.-]/g, "-");
  const fits = legal === logical && deviceName.parse(logical, "", () => undefined) !== undefined;
  const hasParent = types.includes("$");
  if (fits && !hasParent) return logical;
  const suffix = `-${hash(HASH_LENGTH, "name", urn, host)}`;
  return `${legal.replace(/^\.+/, "").slice(0, NAME_BYTES - suffix.length)}${suffix}`;
}

/** Of urn:pulumi:<stack>::<project>::<types>::<name>; a name may have "::" in it. */
export function partsOf(urn: string): { readonly types: string; readonly logical: string } {
  const [, , types = "", ...names] = urn.split("::");
  return { types, logical: names.join("::") };
}

/** What a link is follows from its class, which is the last of the types in its URN. */
export const kindOf = (urn: string): Kind =>
  partsOf(urn).types.endsWith(":Macvtap") ? "macvtap" : "macvlan";

/** A locally administered unicast address, the same for one resource on one host at every run. */
export function macAddressFor(urn: string, host: string): string {
  const octets = createHash("sha256").update(`mac\0${urn}\0${host}`).digest().subarray(0, 6);
  octets[0] = ((octets[0] ?? 0) & 0xfc) | 0x02;
  return Array.from(octets, (octet) => octet.toString(16).padStart(2, "0")).join(":");
}

/**
 * The groups that mark a link between its creation and its alias: far above what people number
 * theirs with, derived from the mark so that a half-made link is known as ours, and with a random
 * part so that two runs never share one.
 */
export const LEAST_TRANSITIONAL_GROUP = 0x80000000;

export function transitionalGroup(mark: string, random: number): number {
  return LEAST_TRANSITIONAL_GROUP + markBits(mark) * 0x1000 + (random & 0xfff);
}

export function isTransitionalGroupOf(mark: string, group: number): boolean {
  return (
    group >= LEAST_TRANSITIONAL_GROUP &&
    Math.floor((group - LEAST_TRANSITIONAL_GROUP) / 0x1000) === markBits(mark)
  );
}

/** 19 bits, which with the 12 random ones fill a group number below its highest bit. */
function markBits(mark: string): number {
  return createHash("sha256").update(`group\0${mark}`).digest().readUInt32BE(0) & 0x7ffff;
}

/**
 * Made where there is none yet on this host. An old one is kept, whatever became of stack, parent or
 * aliases, and of the name that the host is reached by.
 */
export function identify(
  urn: string,
  hostName: string,
  kept: Identity | undefined,
): Required<Identity> {
  const host = kept?.host ?? hostName;
  return {
    mark: markOf(urn, host),
    host,
    name: nameFor(urn, host),
    macAddress: macAddressFor(urn, host),
    ...kept,
  };
}
