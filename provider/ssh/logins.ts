/**
 * Logins at once, whatever launches them: docs/decisions/logins-at-once.md says how many, how long
 * each may hold its place, and why.
 */
import { Places } from "../places";

/** Each costs a core of ours 20 ms. */
const AT_ONCE = 8;
/** A server takes ten before it drops some (MaxStartups), and counts one a moment longer than we do. */
const AT_ONE_SERVER = 6;
/** Ten times what a login takes. Who needs longer goes on without a place. */
const LONGEST_MS = 3000;

/** Here: who logs in anywhere. */
export const logins = new Places(AT_ONCE, LONGEST_MS);

const servers = new Map<string, Places>();

/** At one server: who has a connection there, or wants one, and is not in yet. */
export function placesAt(host: string, port: number): Places {
  const name = `${host}:${port}`;
  const known = servers.get(name) ?? new Places(AT_ONE_SERVER);
  servers.set(name, known);
  return known;
}
