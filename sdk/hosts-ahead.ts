import { CREDENTIALS } from "../provider/link/connection-fields";

let gathered: Set<string> | undefined;

/**
 * The hosts of a program, for the provider to connect to side by side: the engine asks it about one
 * resource after the other, and each would wait for its own host alone. The first link brings the
 * connections of all that the program makes before it waits for anything, as JSON. Check keeps none.
 */
export function hostsAhead(connection: unknown): Promise<string | undefined> | undefined {
  // What is not known yet would make one resource wait for another; what is secret stays where it is.
  if (connection === undefined || !isPlain(connection)) return undefined;
  const text = JSON.stringify(connection);
  if (gathered !== undefined) {
    gathered.add(text);
    return undefined;
  }
  const all = (gathered = new Set([text]));
  return Promise.resolve().then(() => {
    gathered = undefined;
    return all.size > 1 ? `[${[...all].join()}]` : undefined;
  });
}

/** Without promises and outputs, which are no plain objects, and without credentials. */
function isPlain(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return typeof value !== "function";
  if (Array.isArray(value)) return value.every(isPlain);
  if (Object.getPrototypeOf(value) !== Object.prototype) return false;
  return Object.entries(value).every(
    ([field, part]) => isPlain(part) && !(typeof part === "string" && CREDENTIALS.includes(field)),
  );
}
