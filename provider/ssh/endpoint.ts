/** A host on the way, with all that is needed to get there; and how to say that it cannot be reached. */
import { connectionBroken, type HostError } from "../errors";
import type { Credentials } from "./credentials";
import type { HostKeyCheck } from "./host-key";

export interface Endpoint {
  /** As the user calls it, for messages. */
  readonly label: string;
  readonly host: string;
  readonly port: number;
  readonly user: string;
  /** Read when the host has been reached: ssh2, which it takes, is then loaded while its server starts to answer. */
  readonly credentials: () => Promise<Credentials>;
  readonly hostKey: HostKeyCheck;
  /** For reaching it, and for the key exchange and the login. */
  readonly timeoutSeconds: number;
  /** Attempts to reach it that may fail before one more is not made; -1: no limit. */
  readonly dialErrorLimit: number;
  /** What ssh_config sets for it and we do not honour, in words; nothing where there is nothing. */
  readonly reservation?: string | undefined;
}

/** ssh2's own words where they hold nothing but the protocol's names. */
export function wordsFor({ message, level }: Error & { level?: string }): string {
  if (level === "client-timeout") return "it did not finish the login in time";
  if (/^Handshake failed: no matching [a-z ,-]+$/i.test(message)) return message;
  if (level === "client-socket") return "the connection broke";
  if (level === "handshake" || level === "protocol") return "the SSH handshake failed";
  return "the connection broke";
}

export function broken({ label, reservation }: Endpoint, cause: string, cure?: string): HostError {
  const cures = [cure, reservation].filter((each) => each !== undefined);
  return connectionBroken({
    host: label,
    operation: "connect",
    cause,
    cure: cures.length === 0 ? undefined : cures.join(". "),
  });
}
