/** What a connection leaves out, from the environment and the stack: docs/remote.md has the order. */
import { HostError } from "../errors";
import { checkConnection } from "../link/check-connection";
import {
  checkField,
  CONNECTION_FIELDS,
  type ConnectionField,
  DEFAULTED_FIELDS,
} from "../link/connection-fields";
import type { Connection } from "../link/model";
import type { Config, ConfigSource } from "../request";
import { hopOf } from "../ssh/jumps";
import { CREDENTIAL_FIELDS, type GivenCredentials, type HopDefaults } from "../ssh-hop";

/** Whose word a connection is: that of the program at hand, or of an older one, by what the state has. */
export type Giver = "program" | "state";

export interface Resolved {
  /** What holds, whatever ssh's own files say. */
  readonly connection: Connection;
  /** What the state has of how to log in, when it is the giver: tried, and not alone. */
  readonly past?: GivenCredentials;
  /** What the stack says: it holds where ssh's own files say nothing. */
  readonly otherwise: HopDefaults & { readonly keepalive?: number };
  /** The same for all that lead to the same agent in the same way. */
  readonly key: string;
}

/**
 * What the program gives holds; what an older program gave gives way to the environment, so that a
 * run without the program can be told what has changed since.
 */
export function resolve(given: Connection, config: Config, giver: Giver): Resolved {
  const isOld = giver === "state";
  const environment = said(given, config, "environment");
  const merged = isOld
    ? { ...without(given, replaced(given, environment)), ...environment }
    : { ...without(environment, replaced(environment, given)), ...given };
  const stack = said(merged, config, "stack");
  const connection = taken({ ...pick(stack, SAID_BY_NO_FILE), ...merged }, isOld);
  const rest = without(stack, SAID_BY_NO_FILE);
  const leftBy = (higher: Connection): Connection => without(rest, replaced(rest, higher));
  const otherwise = leftBy(connection);
  const key = keyOf([connection, otherwise]);
  if (!isOld) return { connection, otherwise, key };
  const past = pick(given, CREDENTIAL_FIELDS);
  const now = without(
    connection,
    CREDENTIAL_FIELDS.filter((field) => environment[field] === undefined),
  );
  return { connection: now, past, otherwise: leftBy(now), key };
}

/** What ssh's own files have no word for, and is not about a login. */
const SAID_BY_NO_FILE: readonly ConnectionField[] = ["launcher", "sudo", "python", "deadline"];

const NOT_FOR_OPENSSH = DEFAULTED_FIELDS.filter(
  (field) => CONNECTION_FIELDS[field].insteadForOpenssh !== undefined,
);
const KEY_FIELDS = ["privateKey", "privateKeyPath", "agentSocketPath"] as const;
const PIN_FIELDS = ["hostKey", "hostKeyFingerprint"] as const;

/** Fields of a lower word that a higher one puts out of force: the same ones, and what means the same. */
function replaced(lower: Connection, higher: Connection): ConnectionField[] {
  const has = (field: ConnectionField): boolean => higher[field] !== undefined;
  const namesKey = has("privateKey") || has("privateKeyPath");
  const isPinned = PIN_FIELDS.some(has);
  return [
    ...(Object.keys(lower) as ConnectionField[]).filter(has),
    ...(namesKey ? KEY_FIELDS : []),
    ...(isPinned ? PIN_FIELDS : []),
  ];
}

/** The whole of it must be what check takes. What an older program said gives way where it does not fit. */
function taken(connection: Connection, isOld: boolean): Connection {
  const { launcher, host } = connection;
  const fitting =
    isOld && launcher === "openssh" && host !== undefined
      ? without(connection, NOT_FOR_OPENSSH)
      : connection;
  const failures: string[] = [];
  checkConnection(fitting, (path, reason) => failures.push(`${path}: ${reason}`));
  if (failures.length === 0) return fitting;
  throw refused(
    host,
    failures,
    "Correct it, or what the environment (PULUMI_MACVLAN_…) or the stack (macvlan:…) adds to it",
  );
}

/** What one of the two says, as far as the way to the host can take it. */
function said(given: Connection, config: Config, from: ConfigSource): Connection {
  const isOverSsh = given.host !== undefined;
  const launcher = given.launcher ?? config("launcher");
  const values: Record<string, unknown> = {};
  const failures: string[] = [];
  for (const field of DEFAULTED_FIELDS) {
    const { of, insteadForOpenssh } = CONNECTION_FIELDS[field];
    if (of !== "agent" && !isOverSsh) continue;
    if (launcher === "openssh" && insteadForOpenssh !== undefined) continue;
    const text = config(field, from);
    if (text === undefined) continue;
    const name = from === "stack" ? `macvlan:${field}` : variableOf(field);
    const value = checkField(field, SPELLINGS[field]?.(text) ?? text, name, (path, reason) =>
      failures.push(`${path}: ${reason}`),
    );
    if (value !== undefined) values[field] = value;
  }
  if (failures.length === 0) return values;
  throw refused(given.host, failures, "Correct what is said there");
}

/** How a list is written in a text. JSON is what the stack's configuration makes of one. */
const SPELLINGS: Partial<Record<ConnectionField, (text: string) => unknown>> = {
  knownHosts: (text) => fromJson(text) ?? [text],
  proxy: (text) => fromJson(text) ?? (text === "none" ? [] : text.split(",").map(hopOf)),
};

function fromJson(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" ? value : undefined;
  } catch {
    return undefined;
  }
}

const variableOf = (field: string): string =>
  `PULUMI_MACVLAN_${field.replace(/[A-Z]/g, "_$&").toUpperCase()}`;

function refused(host: string | undefined, failures: readonly string[], cure: string): HostError {
  return new HostError({
    kind: "refused",
    operation: "connect",
    host: host ?? "this machine",
    cause: failures.join("; "),
    cure,
  });
}

function without<T extends object>(from: T, fields: readonly string[]): T {
  return Object.fromEntries(Object.entries(from).filter(([name]) => !fields.includes(name))) as T;
}

function pick<T extends object>(from: T, fields: readonly string[]): T {
  return Object.fromEntries(Object.entries(from).filter(([name]) => fields.includes(name))) as T;
}

/** The same for the same values, in whatever order their fields came. */
function keyOf(value: unknown): string {
  return JSON.stringify(value, (_field, part: unknown) =>
    typeof part === "object" && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([one], [other]) => (one < other ? -1 : 1)))
      : part,
  );
}
