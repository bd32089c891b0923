/**
 * known_hosts as OpenSSH reads and writes it: "SSH_KNOWN_HOSTS FILE FORMAT" in sshd(8), hostfile.c,
 * and check_host_key() in sshconnect.c.
 */
import { createHash } from "node:crypto";
import { appendFileSync, mkdirSync, readFileSync } from "node:fs";
import { devNull } from "node:os";
import { dirname } from "node:path";
import { messageOf } from "../errors";
import { whileLocked } from "./file-lock";
import { DEFAULT_PORT, matches, nameOf } from "./host-name";

/** A key of a known_hosts file, for messages. */
export interface KnownKey {
  /** As in the file: "ssh-ed25519". */
  readonly type: string;
  /** As `fingerprintOf` gives it. */
  readonly fingerprint: string;
  readonly file: string;
  /** From 1. */
  readonly line: number;
}

export type Verdict =
  | { readonly is: "known" }
  | { readonly is: "revoked"; readonly by: KnownKey }
  /** The host has other keys there, of whatever type, and none is this one. */
  | { readonly is: "changed"; readonly known: readonly KnownKey[] }
  | { readonly is: "unknown" };

interface Entry {
  /** A key of the host's own, one that nobody may have, or one that signs certificates. */
  readonly is: "host" | "revoked" | "authority";
  readonly names: string;
  readonly type: string;
  readonly key: Buffer;
  readonly file: string;
  readonly line: number;
}

/** Lines about a host: under its name with the port, and under its name alone. */
interface Lines {
  readonly own: readonly Entry[];
  readonly bare: readonly Entry[];
}

export class KnownHosts {
  readonly #entries: readonly Entry[];

  private constructor(entries: readonly Entry[]) {
    this.#entries = entries;
  }

  /**
   * All files together, as they are now. One that is missing is empty; one that cannot be read
   * throws, for a revoked key may be in it.
   */
  static read(paths: readonly string[]): KnownHosts {
    return new KnownHosts(paths.flatMap((path) => entriesIn(textOf(path), path)));
  }

  /**
   * What is known of a key that a host shows. An address is a name like any other, and where a
   * `HostKeyAlias` is set, that is the host, with port 22.
   *
   * @param key the public key as it is on the wire
   */
  judge(host: string, port: number, key: Buffer): Verdict {
    return verdict(this.#linesAbout(host, port), key);
  }

  /** Types of the keys that would be judged known, in the order of the files. */
  typesOf(host: string, port: number): readonly string[] {
    const lines = this.#linesAbout(host, port);
    const known = [...lines.own, ...lines.bare].filter(
      ({ key }) => verdict(lines, key).is === "known",
    );
    return [...new Set(known.map(({ type }) => type))];
  }

  /** An authority that may vouch for the host. ssh2 knows no certificates: it is for messages. */
  authorityOf(host: string, port: number): KnownKey | undefined {
    const found = this.#under(nameOf(host, port)).find((entry) => entry.is === "authority");
    return found && shown(found);
  }

  #under(name: string): Entry[] {
    return this.#entries.filter(({ names }) => matches(name, names));
  }

  #linesAbout(host: string, port: number): Lines {
    const under = (name: string): Entry[] =>
      this.#under(name).filter((entry) => entry.is !== "authority");
    const own = under(nameOf(host, port));
    return { own, bare: port === DEFAULT_PORT ? own : under(nameOf(host, DEFAULT_PORT)) };
  }
}

/** As `ssh-keygen -l` prints it: "SHA256:" and base64 without padding. */
export function fingerprintOf(key: Buffer): string {
  return `SHA256:${createHash("sha256").update(key).digest("base64").replace(/=+$/, "")}`;
}

/**
 * Adds a line, in a file and a folder that only the user can read where they are made for it. What
 * the file says is judged again under a lock: a key that became known meanwhile is not written
 * twice, and when the host got another key, or this one was revoked, it throws and writes nothing.
 */
export async function appendKnownHost(
  path: string,
  host: string,
  port: number,
  key: Buffer,
): Promise<void> {
  const refusal = `Cannot record the key ${fingerprintOf(key)} of ${JSON.stringify(host)}`;
  const type = typeOf(key);
  if (type === undefined) throw new Error(`${refusal}: it is not a public key`);
  if (!RECORDABLE.test(host)) throw new Error(`${refusal}: a host name cannot be spelled so`);
  // That is how one says that nothing is to be kept.
  if (path === devNull) return;
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  await whileLocked(path, () => {
    const now = KnownHosts.read([path]).judge(host, port, key);
    if (now.is === "known") return;
    if (now.is === "revoked") throw new Error(`${refusal}: it is revoked in ${inWords([now.by])}`);
    if (now.is === "changed") {
      throw new Error(`${refusal}: others are in ${inWords(now.known)}`);
    }
    const text = textOf(path);
    const newline = text === "" || text.endsWith("\n") ? "" : "\n";
    const line = `${nameOf(host, port)} ${type} ${key.toString("base64")}\n`;
    // One write at the end of the file: OpenSSH takes no lock, and may write there too.
    appendFileSync(path, newline + line, { encoding: "latin1", mode: 0o600 });
  });
}

function verdict({ own, bare }: Lines, key: Buffer): Verdict {
  const same = (entry: Entry): boolean => entry.key.equals(key);
  const revoked = [...own, ...bare].find((entry) => entry.is === "revoked" && same(entry));
  if (revoked !== undefined) return { is: "revoked", by: shown(revoked) };
  const known = own.filter((entry) => entry.is === "host");
  if (known.some(same)) return { is: "known" };
  if (known.length > 0) return { is: "changed", known: known.map(shown) };
  // OpenSSH: a host that is not known at this port may have the key that its bare name has. When it
  // has another, it is a new one, not a changed one: another server may listen there.
  return { is: bare.some((entry) => entry.is === "host" && same(entry)) ? "known" : "unknown" };
}

function shown({ type, key, file, line }: Entry): KnownKey {
  return { type, fingerprint: fingerprintOf(key), file, line };
}

function inWords(keys: readonly KnownKey[]): string {
  return keys
    .map(({ type, fingerprint, file, line }) => `${file}:${line} (${type} ${fingerprint})`)
    .join(", ");
}

function textOf(path: string): string {
  try {
    return readFileSync(path, "latin1");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return "";
    throw new Error(`Cannot read ${path}: ${messageOf(error)}`, { cause: error });
  }
}

function entriesIn(text: string, file: string): Entry[] {
  return text.split(/\r?\n|\r$/).flatMap((line, index) => entryOf(line, file, index + 1) ?? []);
}

const MARKERS: Readonly<Record<string, Entry["is"]>> = {
  "@revoked": "revoked",
  "@cert-authority": "authority",
};

/** What a line says; nothing for a comment, or what is malformed. */
function entryOf(text: string, file: string, line: number): Entry | undefined {
  // OpenSSH overlooks a marker that a tab ends; a key that was meant to be revoked is refused here.
  const fields = text.replace(/^[ \t]+/, "").split(/[ \t]+/);
  const marker = fields[0]?.startsWith("@") === true ? fields.shift() : undefined;
  const is = marker === undefined ? "host" : MARKERS[marker];
  if (is === undefined) return undefined;
  const [names = "", type, base64 = ""] = fields;
  if (/^[#@]/.test(names)) return undefined;
  const key = Buffer.from(base64, "base64");
  // Node decodes anything; OpenSSH wants the padding, and no bits left over.
  if (key.toString("base64") !== base64 || type === undefined || typeOf(key) !== type) {
    return undefined;
  }
  return { is, names, type, key, file, line };
}

/**
 * The first of the strings that a key is made of, which names its type; nothing when the key is cut
 * short, or more follows. That a type is one we know is not asked: the next OpenSSH knows more.
 */
function typeOf(key: Buffer): string | undefined {
  let end = 0;
  let strings = 0;
  for (; end + 4 <= key.length; strings += 1) end += 4 + key.readUInt32BE(end);
  if (end !== key.length || strings < 2) return undefined;
  return key.toString("latin1", 4, 4 + key.readUInt32BE(0));
}

/** OpenSSH does not record what a line would read as something else; nor do we. */
// eslint-disable-next-line no-control-regex
const RECORDABLE = /^[^\s\x00-\x1f\x7f!"#'*,?@[\\\]|]+$/;
