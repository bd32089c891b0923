/** The body of RTM_NEWRULE, DELRULE and GETRULE: a `fib_rule_hdr` and attributes. */
import {
  type AttributeTable,
  type Codec,
  decodeAttributes,
  encodeAttributes,
  type Values,
} from "./attribute";
import { Reader, Writer } from "./bytes";
import { u32, u8 } from "./codecs";
import { AF_INET, AF_INET6, NLM_F_DUMP, RTM_DELRULE, RTM_GETRULE, RTM_NEWRULE } from "./constants";
import { ipv4, ipv6 } from "./internet-address";
import { request, type RequestOptions } from "./requests";

// Of linux/fib_rules.h.
const FRA_SRC = 2;
const FRA_PRIORITY = 6;
const FRA_TABLE = 15;
const FRA_PROTOCOL = 21;
export const FR_ACT_TO_TBL = 1;

const ruleAttributesOf = (ip: Codec<string>) =>
  ({
    FRA_SRC: [FRA_SRC, ip],
    /** Rules are asked in its order. */
    FRA_PRIORITY: [FRA_PRIORITY, u32],
    /** The header has room for tables below 256 only. */
    FRA_TABLE: [FRA_TABLE, u32],
    /** RTPROT_*: who made it. */
    FRA_PROTOCOL: [FRA_PROTOCOL, u8],
  }) as const satisfies AttributeTable;

const tables = new Map<number, AttributeTable>([
  [AF_INET, ruleAttributesOf(ipv4)],
  [AF_INET6, ruleAttributesOf(ipv6)],
]);

export interface RuleMessage {
  readonly family: number;
  readonly destinationLength: number;
  readonly sourceLength: number;
  readonly tos: number;
  /** RT_TABLE_*; 0 where FRA_TABLE has it. */
  readonly table: number;
  /** FR_ACT_*. */
  readonly action: number;
  readonly flags: number;
  readonly attributes: Values<ReturnType<typeof ruleAttributesOf>>;
}

/** Throws `UnencodableValue`. */
export function encodeRule(rule: RuleMessage): Uint8Array {
  const writer = new Writer(64);
  for (const byte of [rule.family, rule.destinationLength, rule.sourceLength, rule.tos])
    writer.u8(byte);
  for (const byte of [rule.table, 0, 0, rule.action]) writer.u8(byte);
  writer.u32(rule.flags);
  encodeAttributes(tables.get(rule.family) ?? {}, rule.attributes, writer);
  return writer.finish();
}

/** Throws `MalformedMessage`. */
export function decodeRule(body: Uint8Array): RuleMessage {
  const reader = new Reader(body);
  const family = reader.u8();
  const destinationLength = reader.u8();
  const sourceLength = reader.u8();
  const tos = reader.u8();
  const table = reader.u8();
  reader.skip(2);
  const action = reader.u8();
  const flags = reader.u32();
  const attributes = decodeAttributes(tables.get(family) ?? {}, reader);
  return { family, destinationLength, sourceLength, tos, table, action, flags, attributes };
}

const NO_RULE = {
  ...{ destinationLength: 0, sourceLength: 0, tos: 0, table: 0, action: 0, flags: 0 },
  attributes: {},
};

export function dumpRules(family: number, options: RequestOptions): Uint8Array {
  const flags = NLM_F_DUMP | (options.flags ?? 0);
  return request(RTM_GETRULE, encodeRule({ ...NO_RULE, family }), { ...options, flags });
}

export function newRule(rule: RuleMessage, options: RequestOptions): Uint8Array {
  return request(RTM_NEWRULE, encodeRule(rule), options);
}

export function deleteRule(rule: RuleMessage, options: RequestOptions): Uint8Array {
  return request(RTM_DELRULE, encodeRule(rule), options);
}
