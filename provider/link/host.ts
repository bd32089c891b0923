/** Which host a link is on: a machine, whatever it is called and however it is reached. */
import type { LinkInputs } from "./model";

/** What tells one host from another. */
export interface Host {
  /** As the program gives it, or as check left it. */
  readonly connection: unknown;
  /** A hash of its machine-id; undefined where nobody could ask. */
  readonly machine: string | undefined;
}

type Hosted = Pick<LinkInputs, "connection" | "machine" | "identity">;

/** The host of a link, from its inputs or its state. */
export function hostOf({ connection, machine, identity }: Hosted): Host {
  // Of this machine the identity says it.
  return { connection, machine: machine ?? (isHere(connection) ? identity.host : undefined) };
}

/** Whether this machine is meant, which needs no asking. */
export function isHere(connection: unknown): boolean {
  if (typeof connection !== "object") return connection === undefined;
  const { host, launcher } = (connection ?? {}) as Partial<Record<string, unknown>>;
  return host === undefined && typeof launcher !== "object";
}

/**
 * What a connection's host is called, as long as nobody asked the host itself. Of a connection as the
 * program gives it: what is wrong in it is refused elsewhere, what is not known yet comes back as it is.
 */
export function hostNameFor(connection: unknown, thisMachine: string): string {
  if (typeof connection === "string") return connection;
  const { id, host } = (connection ?? {}) as { readonly id?: unknown; readonly host?: unknown };
  return [id, host].find((each) => typeof each === "string") ?? thisMachine;
}

/**
 * Another address, user, key or jump host for one machine is a change of connection, which touches no
 * link. `connection.id` overrides the machine-id (clones have the same one); where the machine could
 * not be asked, its name decides.
 */
export function isSameHost(before: Host, now: Host): boolean {
  const [idBefore, idNow] = [before, now].map(({ connection }) => idIn(connection));
  if (idBefore !== undefined && idNow !== undefined) return idBefore === idNow;
  if (before.machine !== undefined && now.machine !== undefined)
    return before.machine === now.machine;
  return hostNameFor(before.connection, HERE) === hostNameFor(now.connection, HERE);
}

// No host can be called so.
const HERE = "";

/** What links of one run are on together, for those that want the same thing there. */
export function hostKey(inputs: Hosted): string {
  return inputs.connection?.id ?? hostOf(inputs).machine ?? inputs.identity.host;
}

function idIn(connection: unknown): unknown {
  return typeof connection === "object" && connection !== null && "id" in connection
    ? (connection.id ?? undefined)
    : undefined;
}
