/** Whether a host is the one it should be. */
import type { Failure } from "../errors";
import { BY_OPENSSH } from "./beyond-ssh2";
import { appendKnownHost, fingerprintOf, type KnownHosts, type KnownKey } from "./known-hosts";

export interface HostKeyRule {
  /** Under which name its keys are known: HostKeyAlias, or the address. */
  readonly host: string;
  readonly port: number;
  readonly known: KnownHosts;
  /** A public key as in authorized_keys: then known_hosts is not asked, but for revoked keys. */
  readonly hostKey?: string | undefined;
  /** "SHA256:…", to the same effect. */
  readonly fingerprint?: string | undefined;
  /** "accept-new": an unknown host's key is taken and noted in `newTo`; a changed one never is. */
  readonly policy: "strict" | "accept-new";
  readonly newTo: string;
}

// As ssh2 has them, in its own order. A key of type ssh-rsa signs with any of the three.
const ALGORITHMS: Readonly<Record<string, readonly string[]>> = {
  "ssh-ed25519": ["ssh-ed25519"],
  "ecdsa-sha2-nistp256": ["ecdsa-sha2-nistp256"],
  "ecdsa-sha2-nistp384": ["ecdsa-sha2-nistp384"],
  "ecdsa-sha2-nistp521": ["ecdsa-sha2-nistp521"],
  "ssh-rsa": ["rsa-sha2-512", "rsa-sha2-256", "ssh-rsa"],
};

export type Refusal = Pick<Failure, "cause" | "cure">;

/** Judges every key that one connection is shown, at the first exchange and at each later one. */
export class HostKeyCheck {
  refusal: Refusal | undefined;
  #taken: Buffer | undefined;
  #isNew = false;
  readonly #pinned: Buffer | undefined;

  constructor(private readonly rule: HostKeyRule) {
    this.#pinned = rule.hostKey === undefined ? undefined : blobOf(rule.hostKey);
  }

  /** What to ask the host for: first the types that are known of it, else it would look changed. */
  get algorithms(): string[] {
    const { known, host, port } = this.rule;
    const types = this.#pinned === undefined ? known.typesOf(host, port) : [typeOf(this.#pinned)];
    const first = types.flatMap((type) => ALGORITHMS[type] ?? []);
    return [...new Set([...first, ...Object.values(ALGORITHMS).flat()])];
  }

  /** ssh2 takes a promise, null or 0 for a yes: this answers true or false, and at once. */
  readonly accepts = (key: Buffer): boolean => {
    this.refusal = this.#taken === undefined ? this.#refusalOf(key) : notTheSame(this.#taken, key);
    if (this.refusal === undefined) this.#taken ??= Buffer.from(key);
    return this.refusal === undefined;
  };

  /** Notes a key that was taken as new, once the host has proved that it holds it. */
  async remember(): Promise<void> {
    const { newTo, host, port } = this.rule;
    if (this.#isNew && this.#taken !== undefined)
      await appendKnownHost(newTo, host, port, this.#taken);
  }

  #refusalOf(key: Buffer): Refusal | undefined {
    const { known, host, port, fingerprint, policy } = this.rule;
    const shown = inWords(key);
    const verdict = known.judge(host, port, key);
    if (verdict.is === "revoked")
      return {
        cause: `its host key ${shown} is revoked, by ${place(verdict.by)}`,
        cure: "Find out what is answering there; a revoked key is never taken",
      };
    if (this.#pinned !== undefined || fingerprint !== undefined) {
      const pinned = this.#pinned === undefined ? fingerprint : fingerprintOf(this.#pinned);
      const isPinned = fingerprintOf(key) === pinned;
      return isPinned
        ? undefined
        : {
            cause: `its host key is ${shown}, and the connection pins ${pinned}`,
            cure: "Find out what is answering there before you pin another key",
          };
    }
    if (verdict.is === "known") return undefined;
    if (verdict.is === "changed")
      return {
        cause: `its host key has changed: it shows ${shown}; known is ${verdict.known.map((each) => `${each.type} ${each.fingerprint} (${place(each)})`).join(", ")}`,
        cure: "Find out what is answering there. Where the host was installed anew, remove its old line",
      };
    if (policy === "accept-new") {
      this.#isNew = true;
      return undefined;
    }
    const authority = known.authorityOf(host, port);
    if (authority !== undefined)
      return {
        cause: `its host key ${shown} is not known by itself, and known_hosts trusts the certificates of ${authority.type} ${authority.fingerprint} (${place(authority)}): ssh2 has no host certificates`,
        cure: `${BY_OPENSSH}, or pin the key with connection.hostKeyFingerprint`,
      };
    return {
      cause: `its host key ${shown} is not known`,
      cure: `Compare it with the host's own ("ssh-keygen -lf" of its public key), then pin it with connection.hostKeyFingerprint, add it to known_hosts, or set connection.hostKeyPolicy: "accept-new"`,
    };
  }
}

/** A host has no reason to show another key in mid-connection, known or not: somebody else took over. */
function notTheSame(taken: Buffer, key: Buffer): Refusal | undefined {
  if (key.equals(taken)) return undefined;
  return {
    cause: `its host key changed while it was connected: it showed ${inWords(taken)}, and now shows ${inWords(key)}`,
    cure: "Find out what is answering there",
  };
}

const inWords = (key: Buffer): string => `${typeOf(key)} ${fingerprintOf(key)}`;

const place = ({ file, line }: KnownKey): string => `${file}:${line}`;

/** The type that an SSH key names at its beginning. */
function typeOf(key: Buffer): string {
  return key.length < 4 ? "" : key.toString("latin1", 4, 4 + key.readUInt32BE(0));
}

/** The bytes of a public key's line, with or without a host before it and a comment behind. */
function blobOf(line: string): Buffer {
  const fields = line.trim().split(/\s+/);
  const at = fields.findIndex((field) => /^(ssh|ecdsa|sk)-/.test(field));
  return Buffer.from(fields[at + 1] ?? "", "base64");
}
