/** What the file of a private key tells without its passphrase: ssh's own PROTOCOL.key, and the file beside it. */
import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { fingerprintOf } from "./known-hosts";

export interface PublicKey {
  /** As it names itself: "ssh-ed25519". */
  readonly type: string;
  /** As it is on the wire; a key is the same as another where this is. */
  readonly blob: Buffer;
  readonly fingerprint: string;
}

export interface KeyFile {
  /** What is in it; undefined where it cannot be read. */
  readonly text: string | undefined;
  readonly publicKey: PublicKey | undefined;
  /** The file of a certificate for the key, which ssh looks for under this name. */
  readonly certificate: string | undefined;
}

/** Undefined where there is neither the file nor its public half. */
export function keyFileAt(path: string): KeyFile | undefined {
  const text = textOf(path);
  const beside = textOf(`${path}.pub`);
  if (text === undefined && beside === undefined) return undefined;
  const publicKey =
    (text === undefined ? undefined : (publicHalfIn(text) ?? publicKeyIn(text))) ??
    (beside === undefined ? undefined : publicKeyIn(beside));
  const certificate = `${path}-cert.pub`;
  return {
    text,
    publicKey,
    certificate: textOf(certificate) === undefined ? undefined : certificate,
  };
}

/** `~` for the home folder, as ssh has it in its own files. */
export function fromHome(path: string, home = homedir()): string {
  return path.replace(/^~(?=\/|$)/, home);
}

export function publicKeyOf(blob: Buffer): PublicKey | undefined {
  const type = stringsIn(blob)[0]?.toString("latin1");
  return type === undefined || type === ""
    ? undefined
    : { type, blob, fingerprint: fingerprintOf(blob) };
}

/** The strings that bytes begin with, each behind its length. */
export function stringsIn(bytes: Buffer): Buffer[] {
  const strings: Buffer[] = [];
  for (let at = 0; at + 4 <= bytes.length;) {
    const end = at + 4 + bytes.readUInt32BE(at);
    if (end > bytes.length) break;
    strings.push(bytes.subarray(at + 4, end));
    at = end;
  }
  return strings;
}

/** "ssh-ed25519 AAAA… comment". */
function publicKeyIn(text: string): PublicKey | undefined {
  const [, base64 = ""] = /^(?:ssh|ecdsa|sk)-\S+ +([A-Za-z0-9+/]+=*)/.exec(text.trim()) ?? [];
  return publicKeyOf(Buffer.from(base64, "base64"));
}

const MAGIC = "openssh-key-v1\0";

/** ssh's own format leaves the public half unencrypted. */
function publicHalfIn(text: string): PublicKey | undefined {
  const [, base64 = ""] =
    /-----BEGIN OPENSSH PRIVATE KEY-----([^]*)-----END OPENSSH PRIVATE KEY-----/.exec(text) ?? [];
  const bytes = Buffer.from(base64, "base64");
  if (bytes.toString("latin1", 0, MAGIC.length) !== MAGIC) return undefined;
  // Cipher, its key's derivation and that one's options; then how many keys, always one.
  let at = MAGIC.length;
  for (let skipped = 0; skipped < 3 && at + 4 <= bytes.length; skipped += 1)
    at += 4 + bytes.readUInt32BE(at);
  const [blob] = stringsIn(bytes.subarray(at + 4));
  return blob && publicKeyOf(blob);
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
