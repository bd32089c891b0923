import { omitUndefined } from "../omit-undefined";
import type { Connection } from "./model";
import { boolean, integer, show, text, type Fail } from "./value-type";

const FIELDS = {
  sudo: boolean,
  python: text(4095, /^[^\0]+$/, "a program's name or path"),
  deadline: integer(1, 3600),
  id: text(64, /^[A-Za-z0-9][A-Za-z0-9_.-]*$/, "letters, digits, dot, dash and underscore"),
} as const;

/** How the host is reached; nothing for this machine as the user who runs Pulumi. */
export function checkConnection(given: unknown, fail: Fail): Connection | undefined {
  if (given === undefined || given === null) return undefined;
  if (typeof given !== "object" || Array.isArray(given)) {
    fail("connection", `${show(given)} is no connection; leave it out for this machine`);
    return undefined;
  }
  const checked: Record<string, unknown> = {};
  for (const [field, value] of Object.entries(given)) {
    if (value === undefined || value === null) continue;
    // The value is not shown: a connection may hold a credential.
    if (!Object.hasOwn(FIELDS, field)) {
      fail(
        `connection.${field}`,
        `There is no such property; this version reaches this machine only, with ${Object.keys(FIELDS).join(", ")}`,
      );
    } else {
      checked[field] = FIELDS[field as keyof typeof FIELDS].parse(
        value,
        `connection.${field}`,
        fail,
      );
    }
  }
  const connection = omitUndefined(checked) as Connection;
  return Object.keys(connection).length === 0 ? undefined : connection;
}
