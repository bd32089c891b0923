/**
 * Names of hosts as known_hosts has them. They are latin1, that is bytes: OpenSSH's `?` is one byte,
 * and its case folding knows ASCII alone.
 */
import { createHmac } from "node:crypto";
import { fits } from "./wildcards";

export const DEFAULT_PORT = 22;

/** The name that a line must match. */
export function nameOf(host: string, port: number): string {
  const name = lowerCase(Buffer.from(host).toString("latin1"));
  return port === DEFAULT_PORT ? name : `[${name}]:${port}`;
}

function lowerCase(bytes: string): string {
  return bytes.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

/** Whether a line about these names is about this one. */
export function matches(name: string, names: string): boolean {
  if (names.startsWith("|")) return names === hashedLike(names, name);
  let found = false;
  for (const pattern of lowerCase(names).split(",")) {
    const vetoes = pattern.startsWith("!");
    if (!fits(name, vetoes ? pattern.slice(1) : pattern)) continue;
    if (vetoes) return false;
    found = true;
  }
  return found;
}

const SALT_LENGTH = 20;

/** `|1|salt|hmac` of a name, with the salt of another that is hashed. */
function hashedLike(hashed: string, name: string): string | undefined {
  const salt = Buffer.from(hashed.split("|")[2] ?? "", "base64");
  if (salt.length !== SALT_LENGTH) return undefined;
  const hmac = createHmac("sha1", salt).update(name, "latin1").digest("base64");
  return `|1|${salt.toString("base64")}|${hmac}`;
}
