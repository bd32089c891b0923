/** How to prove who we are, in the order in which it is tried. */
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { type AnyAuthMethod, type ParsedKey, utils } from "ssh2";
import { messageOf } from "../errors";
import type { GivenCredentials } from "../ssh-hop";
import { beyondSsh2 } from "./beyond-ssh2";
import type { SshHost } from "./config";
import { fromHome, keyFileAt, type PublicKey } from "./key-file";
import { AgentWithOneKey, keysOfAgent } from "./ssh-agent";

export interface Credential {
  /** In words, for errors; never the credential. */
  readonly label: string;
  /** The same thing in other methods: the first one that the server takes is tried. */
  readonly attempts: readonly AnyAuthMethod[];
  /** Whether somebody named it for this host; else it is only there. */
  readonly isNamed: boolean;
}

export interface Credentials {
  readonly usable: readonly Credential[];
  /** Keys that are there and could not be used, each with the reason. */
  readonly unusable: readonly string[];
  /** Some of these OpenSSH could use. */
  readonly needsOpenssh: boolean;
}

export interface CredentialSources {
  /** What the program and the environment say. A key that they name is the only one that is tried. */
  readonly given: GivenCredentials;
  /** Said by an older program: what it names is tried, and all that it did not name as well. */
  readonly past?: GivenCredentials | undefined;
  readonly config: Pick<SshHost, "identityFiles" | "identitiesOnly" | "identityAgent">;
  /** What is tried when ssh's own files and agent have been. */
  readonly otherwise?: GivenCredentials | undefined;
  /** Where ssh's default keys are; this user's home by default. */
  readonly home?: string | undefined;
}

/** After so many a server hangs up: sshd's MaxAuthTries. */
const TRIES = 6;

// ssh's own defaults, in its order.
const DEFAULT_KEYS = ["id_rsa", "id_ecdsa", "id_ecdsa_sk", "id_ed25519", "id_ed25519_sk"];

/** A credential on its way: what nobody named gives way to what somebody did. */
interface Candidate extends Credential {
  /** What it proves: of two that prove the same, the second is not tried. */
  readonly proof: string;
}

export const namesKey = ({ privateKey, privateKeyPath }: GivenCredentials): boolean =>
  privateKey !== undefined || privateKeyPath !== undefined;

/**
 * What is given first, then what an older program said; then, as ssh does, the agent's keys that are
 * configured, its others, and the key files; what is said otherwise; passwords. No key twice.
 */
export async function credentialsFor(
  user: string,
  { given, past, config, otherwise = {}, home = homedir() }: CredentialSources,
): Promise<Credentials> {
  const isAlone = namesKey(given) && past === undefined;
  const all = [given, past ?? {}, otherwise];
  const found = new Found(user, all);
  const asksAgent = given.agentSocketPath !== undefined || !isAlone;
  if (asksAgent || given.privateKeyPath !== undefined)
    await found.askAgent(agentSocket(given, past, config, otherwise));

  for (const named of [given, past ?? {}]) found.addNamed(named);
  if (!isAlone) {
    const isConfigured = config.identityFiles.length > 0;
    const files = isConfigured
      ? // "none" in ssh_config: no default ones.
        config.identityFiles.filter((file) => file !== "none")
      : DEFAULT_KEYS.map((name) => join(home, ".ssh", name));
    // With a socket that the program names, all of its keys are meant.
    const alsoOthers = !config.identitiesOnly || given.agentSocketPath !== undefined;
    found.addAgentKeys(files, isConfigured, alsoOthers);
    for (const file of files) found.addFile(file, isConfigured);
    found.addNamed(otherwise);
  } else if (asksAgent) found.addAgentKeys([], false, true);
  for (const { password } of all) if (password !== undefined) found.addPassword(password);
  return found.result;
}

/** The agent of whoever comes first. A socket of the past may be one of another machine. */
function agentSocket(
  given: GivenCredentials,
  past: GivenCredentials | undefined,
  config: CredentialSources["config"],
  otherwise: GivenCredentials,
): string | undefined {
  const old = past?.agentSocketPath;
  const path =
    given.agentSocketPath ??
    (old !== undefined && existsSync(fromHome(old)) ? old : undefined) ??
    config.identityAgent ??
    process.env["SSH_AUTH_SOCK"] ??
    otherwise.agentSocketPath;
  return path === undefined || path === "" || path === "none" ? undefined : fromHome(path);
}

class Found {
  readonly #candidates: Candidate[] = [];
  readonly #unusable: string[] = [];
  readonly #passphrases: readonly string[];
  #needsOpenssh = false;
  #socket = "";
  #agentKeys: readonly PublicKey[] = [];

  constructor(
    private readonly user: string,
    given: readonly GivenCredentials[],
  ) {
    this.#passphrases = given.flatMap(({ privateKeyPassword }) => privateKeyPassword ?? []);
  }

  async askAgent(socket: string | undefined): Promise<void> {
    if (socket === undefined) return;
    this.#socket = socket;
    try {
      this.#agentKeys = await keysOfAgent(socket);
    } catch (error) {
      this.#unusable.push(`the ssh agent ${socket}: ${messageOf(error)}`);
    }
  }

  addNamed({ privateKey, privateKeyPath }: GivenCredentials): void {
    if (privateKey !== undefined) {
      const key = this.#open(privateKey);
      if (key instanceof Error) this.#unusable.push(`the private key given: ${explain(key)}`);
      else this.#addKey("the private key given", key, true);
    }
    if (privateKeyPath !== undefined) this.addFile(fromHome(privateKeyPath), true, privateKeyPath);
  }

  /** Those that the files name, and the others where they are wanted, too. */
  addAgentKeys(files: readonly string[], isConfigured: boolean, alsoOthers: boolean): void {
    const named = new Set(files.flatMap((file) => proofOf(keyFileAt(file)?.publicKey) ?? []));
    const isNamed = (key: PublicKey): boolean => named.has(proofOf(key) ?? "");
    const own = this.#agentKeys.filter(isNamed);
    const others = this.#agentKeys.filter((key) => !isNamed(key));
    for (const key of own) this.#addAgentKey(key, isConfigured);
    if (alsoOthers) for (const key of others) this.#addAgentKey(key, false);
  }

  addFile(path: string, isNamed: boolean, label = path): void {
    const file = keyFileAt(path);
    if (file === undefined) {
      if (isNamed) this.#unusable.push(`key ${label}: it is not there, or cannot be read`);
      return;
    }
    const { text, publicKey, certificate } = file;
    if (certificate !== undefined) this.#cannotUse(`certificate ${certificate}`, "certificates");
    if (publicKey !== undefined && this.#isThere(publicKey)) return;
    const missing = publicKey && beyondSsh2(publicKey.type);
    if (missing !== undefined) return this.#cannotUse(`key ${label}`, missing);
    const key = this.#open(text ?? "");
    // The agent may have open what asks for a passphrase here.
    const inAgent = this.#agentKeys.find((each) => proofOf(each) === proofOf(publicKey));
    if (!(key instanceof Error)) this.#addKey(`key ${label}`, key, isNamed);
    else if (inAgent !== undefined) this.#addAgentKey(inAgent, isNamed);
    else this.#unusable.push(`key ${label}: ${explain(key)}`);
  }

  addPassword(password: string): void {
    this.#add({
      label: "the password",
      isNamed: true,
      proof: `password ${password}`,
      attempts: [
        { type: "password", username: this.user, password },
        {
          type: "keyboard-interactive",
          username: this.user,
          // One answer to all: what is asked twice or differently is beyond a program.
          prompt: (_name, _instructions, _language, prompts, finish) =>
            finish(prompts.map(() => password)),
        },
      ],
    });
  }

  /** What nobody named goes behind the rest, as far as the server's patience wants it. */
  get result(): Credentials {
    const room = TRIES - this.#candidates.filter(({ isNamed }) => isNamed).length;
    const unnamed = this.#candidates.filter(({ isNamed }) => !isNamed);
    const last = new Set(unnamed.slice(Math.max(room, 0)));
    const usable = [...this.#candidates.filter((each) => !last.has(each)), ...last];
    return { usable, unusable: this.#unusable, needsOpenssh: this.#needsOpenssh };
  }

  #addKey(label: string, key: ParsedKey, isNamed: boolean): void {
    const proof = key.getPublicSSH().toString("base64");
    this.#add({
      label,
      isNamed,
      proof,
      attempts: [{ type: "publickey", username: this.user, key }],
    });
  }

  #addAgentKey(key: PublicKey, isNamed: boolean): void {
    const label = `the ssh agent's key ${key.fingerprint}`;
    const missing = beyondSsh2(key.type);
    if (missing !== undefined) return this.#cannotUse(label, missing);
    const agent = new AgentWithOneKey(this.#socket, key.blob);
    const proof = proofOf(key) ?? "";
    this.#add({
      label,
      isNamed,
      proof,
      attempts: [{ type: "agent", username: this.user, agent }],
    });
  }

  #add(candidate: Candidate): void {
    if (this.#candidates.every(({ proof }) => proof !== candidate.proof))
      this.#candidates.push(candidate);
  }

  #isThere(key: PublicKey): boolean {
    return this.#candidates.some(({ proof }) => proof === proofOf(key));
  }

  #cannotUse(what: string, missing: string): void {
    this.#needsOpenssh = true;
    const said = `${what}: ssh2 has no ${missing}`;
    if (!this.#unusable.includes(said)) this.#unusable.push(said);
  }

  #open(text: string): ParsedKey | Error {
    let fault = new Error();
    for (const passphrase of [undefined, ...this.#passphrases]) {
      const key = utils.parseKey(text, passphrase);
      if (!(key instanceof Error)) return key.isPrivateKey() ? key : new Error(PUBLIC_HALF);
      fault = key;
    }
    return fault;
  }
}

const PUBLIC_HALF = "it is a public key, and the agent has no private one for it";

const proofOf = (key: PublicKey | undefined): string | undefined => key?.blob.toString("base64");

/** ssh2's own words, which hold no part of a key; and what they mean. */
function explain({ message }: Error): string {
  if (message === PUBLIC_HALF) return message;
  if (/no passphrase given/i.test(message))
    return "it is encrypted, and there is no connection.privateKeyPassword";
  if (/bad passphrase|decrypt/i.test(message))
    return "connection.privateKeyPassword does not open it";
  return "it is no private key that ssh2 can read";
}
