/** A netlink message as text for people who debug: every attribute, and a bounded part of each. */
import { decodeAckBody, isAck } from "./ack";
import { decodeAddress } from "./address-message";
import * as kernel from "./constants";
import { errnoName } from "./errno";
import { isMalformedMessage } from "./faults";
import { decodeLink } from "./link-message";
import type { NetlinkMessage } from "./message";
import {
  addressFlagNames,
  linkFlagNames,
  meaningOf,
  messageFlagNames,
  messageTypeName,
  routeFlagNames,
  routeTypeName,
} from "./names";
import { decodeNamespace } from "./namespace-message";
import { decodeRoute } from "./route-message";

const shownBytes = 32;
const shownCharacters = 80;
const shownEntries = 8;

/** One line for the header and one for each attribute. Bytes that do not decode are shown as such. */
export function describeMessage(message: NetlinkMessage): string {
  const { type, flags, sequence, portId, body } = message;
  const bytes = `${kernel.NLMSG_HDRLEN + body.length} bytes`;
  const head = `${messageTypeName(type)} ${messageFlagNames(type, flags)}`;
  const lines = [`${head} sequence=${sequence} port=${portId} ${bytes}`];
  try {
    lines.push(...describeBody(message));
  } catch (fault) {
    if (!isMalformedMessage(fault)) throw fault;
    lines.push(`  malformed: ${fault.message}`, `  ${describeValue(body)}`);
  }
  return lines.join("\n");
}

const linkTypes: ReadonlySet<number> = new Set([
  kernel.RTM_NEWLINK,
  kernel.RTM_DELLINK,
  kernel.RTM_GETLINK,
  kernel.RTM_SETLINK,
  kernel.RTM_NEWLINKPROP,
  kernel.RTM_DELLINKPROP,
]);

const namespaceTypes: ReadonlySet<number> = new Set([
  kernel.RTM_NEWNSID,
  kernel.RTM_DELNSID,
  kernel.RTM_GETNSID,
]);

const addressTypes: ReadonlySet<number> = new Set([
  kernel.RTM_NEWADDR,
  kernel.RTM_DELADDR,
  kernel.RTM_GETADDR,
]);

const routeTypes: ReadonlySet<number> = new Set([
  kernel.RTM_NEWROUTE,
  kernel.RTM_DELROUTE,
  kernel.RTM_GETROUTE,
]);

function describeBody(message: NetlinkMessage): string[] {
  const { type, body } = message;
  if (isAck(message)) return describeAck(message);
  if (linkTypes.has(type)) return describeLink(body);
  if (namespaceTypes.has(type)) return describeAttributes(decodeNamespace(body).attributes, "  ");
  if (addressTypes.has(type)) return describeAddress(body);
  if (routeTypes.has(type)) return describeRoute(body);
  return body.length === 0 ? [] : [`  ${describeValue(body)}`];
}

function describeAck(message: NetlinkMessage): string[] {
  const { error, request, requestBody, attributes } = decodeAckBody(message);
  const lines = [`  error=${error} (${errnoName(Math.abs(error))})`];
  if (request !== undefined) {
    const { type, flags, sequence } = request;
    const flagNames = messageFlagNames(type, flags);
    lines.push(`  request ${messageTypeName(type)} ${flagNames} sequence=${sequence}`);
  }
  if (requestBody !== undefined) lines.push(`  request body ${describeValue(requestBody)}`);
  return [...lines, ...describeAttributes(attributes, "  ")];
}

function describeLink(body: Uint8Array): string[] {
  const { family, type, index, flags, change, attributes } = decodeLink(body);
  const numbers = `index=${index} family=${family} type=${type}`;
  const head = `  ${numbers} flags=${linkFlagNames(flags)} change=${linkFlagNames(change)}`;
  return [head, ...describeAttributes(attributes, "  ")];
}

function describeAddress(body: Uint8Array): string[] {
  const { family, prefixLength, flags, scope, index, attributes } = decodeAddress(body);
  const numbers = `index=${index} family=${family} prefix=${prefixLength} scope=${scope}`;
  return [`  ${numbers} flags=${addressFlagNames(flags)}`, ...describeAttributes(attributes, "  ")];
}

function describeRoute(body: Uint8Array): string[] {
  const { attributes, ...route } = decodeRoute(body);
  const lengths = `destination=${route.destinationLength} source=${route.sourceLength}`;
  const numbers = `family=${route.family} ${lengths} tos=${route.tos} table=${route.table}`;
  const from = `protocol=${route.protocol} scope=${route.scope} type=${routeTypeName(route.type)}`;
  const head = `  ${numbers} ${from} flags=${routeFlagNames(route.flags)}`;
  return [head, ...describeAttributes(attributes, "  ")];
}

function describeAttributes(attributes: object, indent: string): string[] {
  return Object.entries(attributes).flatMap(([name, value]: [string, unknown]) => {
    if (isNest(value)) return [`${indent}${name}`, ...describeAttributes(value, `${indent}  `)];
    return [`${indent}${name} ${describeValue(value)}${meaningOf(name, value)}`];
  });
}

function isNest(value: unknown): value is object {
  const leaf = value instanceof Uint8Array || Array.isArray(value);
  return typeof value === "object" && value !== null && !leaf;
}

function describeValue(value: unknown): string {
  if (value instanceof Uint8Array) return describeBytes(value);
  if (Array.isArray(value)) {
    const shown = value.slice(0, shownEntries).map(describeValue);
    return `[${shown.join(", ")}${more(value.length - shownEntries, "")}]`;
  }
  if (isNest(value))
    return `{ ${Object.entries(value)
      .map(([name, each]: [string, unknown]) => `${name} ${describeValue(each)}`)
      .join(", ")} }`;
  if (typeof value !== "string") return String(value);
  const shown = JSON.stringify(value.slice(0, shownCharacters));
  return `${shown}${more(value.length - shownCharacters, " characters")}`;
}

function describeBytes(value: Uint8Array): string {
  if (value.length === 0) return "(no bytes)";
  const shown = Buffer.from(value.subarray(0, shownBytes)).toString("hex");
  return `${shown.replace(/..(?=.)/g, "$& ")}${more(value.length - shownBytes, " bytes")}`;
}

function more(count: number, what: string): string {
  return count > 0 ? ` … ${count}${what} more` : "";
}
