/** From numbers back to the kernel's names, for people to read. */
import * as kernel from "./constants";

type Names = ReadonlyMap<number, string>;

export function messageTypeName(type: number): string {
  return messageTypes.get(type) ?? `type ${type}`;
}

/** Bits 8 to 11 mean one thing in reads, another in creations, a third in acknowledgements. */
export function messageFlagNames(type: number, flags: number): string {
  return joinFlags(flags, [...commonFlags, ...flagsOfType(type)]);
}

export function linkFlagNames(flags: number): string {
  return joinFlags(flags, linkFlags);
}

export function addressFlagNames(flags: number): string {
  return joinFlags(flags, addressFlags);
}

/** RTM_F_* and RTNH_F_* share one field. */
export function routeFlagNames(flags: number): string {
  return joinFlags(flags, routeFlags);
}

export function routeTypeName(type: number): string {
  return routeTypes.get(type) ?? String(type);
}

/** " (MACVLAN_MODE_BRIDGE)" for an attribute whose number stands for something, else "". */
export function meaningOf(attribute: string, value: unknown): string {
  if (typeof value !== "number") return "";
  if (attribute === "IFA_FLAGS") return ` (${addressFlagNames(value)})`;
  if (attribute === "IFLA_MACVLAN_FLAGS") return ` (${joinFlags(value, macvlanFlags)})`;
  const name = meanings.get(attribute)?.get(value);
  return name === undefined ? "" : ` (${name})`;
}

function flagsOfType(type: number): ReadonlyArray<readonly [number, string]> {
  const name = messageTypes.get(type) ?? "";
  if (name.startsWith("NLMSG_")) return acknowledgementFlags;
  if (name.startsWith("RTM_GET")) return readFlags;
  if (name.startsWith("RTM_DEL")) return deletionFlags;
  // A dump's replies are RTM_NEW* without any of these.
  return name === "" ? [] : creationFlags;
}

function joinFlags(flags: number, names: Iterable<readonly [number, string]>): string {
  const found: string[] = [];
  let left = flags;
  for (const [bit, name] of names) {
    if ((left & bit) === 0) continue;
    found.push(name);
    left &= ~bit;
  }
  if (left !== 0) found.push(`0x${(left >>> 0).toString(16)}`);
  return found.length === 0 ? "0" : found.join("|");
}

function namesByPrefix(prefix: string): Names {
  const named = Object.entries(kernel).filter(([name]) => name.startsWith(prefix));
  return new Map(named.map(([name, value]) => [value, name]));
}

const { NLMSG_NOOP, NLMSG_ERROR, NLMSG_DONE, NLMSG_OVERRUN } = kernel;

const messageTypes: Names = new Map([
  ...Object.entries({ NLMSG_NOOP, NLMSG_ERROR, NLMSG_DONE, NLMSG_OVERRUN }).map(
    ([name, type]) => [type, name] as const,
  ),
  ...[...namesByPrefix("RTM_")].filter(([, name]) => !name.startsWith("RTM_F_")),
]);

const commonFlags = [
  [kernel.NLM_F_REQUEST, "NLM_F_REQUEST"],
  [kernel.NLM_F_MULTI, "NLM_F_MULTI"],
  [kernel.NLM_F_ACK, "NLM_F_ACK"],
  [kernel.NLM_F_ECHO, "NLM_F_ECHO"],
  [kernel.NLM_F_DUMP_INTR, "NLM_F_DUMP_INTR"],
  [kernel.NLM_F_DUMP_FILTERED, "NLM_F_DUMP_FILTERED"],
] as const;

const readFlags = [
  [kernel.NLM_F_ROOT, "NLM_F_ROOT"],
  [kernel.NLM_F_MATCH, "NLM_F_MATCH"],
  [kernel.NLM_F_ATOMIC, "NLM_F_ATOMIC"],
] as const;

const creationFlags = [
  [kernel.NLM_F_REPLACE, "NLM_F_REPLACE"],
  [kernel.NLM_F_EXCL, "NLM_F_EXCL"],
  [kernel.NLM_F_CREATE, "NLM_F_CREATE"],
  [kernel.NLM_F_APPEND, "NLM_F_APPEND"],
] as const;

const deletionFlags = [
  [kernel.NLM_F_NONREC, "NLM_F_NONREC"],
  [kernel.NLM_F_BULK, "NLM_F_BULK"],
] as const;

const acknowledgementFlags = [
  [kernel.NLM_F_CAPPED, "NLM_F_CAPPED"],
  [kernel.NLM_F_ACK_TLVS, "NLM_F_ACK_TLVS"],
] as const;

const linkFlags = namesByPrefix("IFF_");
const macvlanFlags = namesByPrefix("MACVLAN_FLAG_");
const addressFlags = namesByPrefix("IFA_F_");
const routeFlags = new Map([...namesByPrefix("RTM_F_"), ...namesByPrefix("RTNH_F_")]);
const routeTypes = namesByPrefix("RTN_");

const meanings = new Map<string, Names>([
  ["IFLA_MACVLAN_MODE", namesByPrefix("MACVLAN_MODE_")],
  ["IFLA_MACVLAN_MACADDR_MODE", namesByPrefix("MACVLAN_MACADDR_")],
  ["IFLA_OPERSTATE", namesByPrefix("IF_OPER_")],
  ["IFLA_INET6_ADDR_GEN_MODE", namesByPrefix("IN6_ADDR_GEN_MODE_")],
]);
