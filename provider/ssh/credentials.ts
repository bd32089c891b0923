/** How to prove who we are, in the order in which it is tried. */
import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { type AnyAuthMethod, utils } from "ssh2";
import { messageOf } from "../errors";
import type { SshHost } from "./config";

/** What a connection gives; each is a secret but for the paths. */
export interface GivenCredentials {
  readonly privateKey?: string | undefined;
  readonly privateKeyPassword?: string | undefined;
  readonly privateKeyPath?: string | undefined;
  readonly agentSocketPath?: string | undefined;
  readonly password?: string | undefined;
}

export interface Credential {
  /** In words, for errors; never the credential. */
  readonly label: string;
  readonly attempt: AnyAuthMethod;
}

export interface Credentials {
  readonly usable: readonly Credential[];
  /** Keys that are there and could not be used, each with the reason. */
  readonly unusable: readonly string[];
}

// ssh's own defaults, less what ssh2 cannot use.
const DEFAULT_KEYS = ["id_rsa", "id_ecdsa", "id_ed25519"];

/**
 * What is given first; then, as ssh does, the agent, the configured key files or the default ones,
 * and a password. A server hangs up after six: nothing is tried twice.
 */
export function credentialsFor(
  user: string,
  given: GivenCredentials,
  config: Pick<SshHost, "identityFiles" | "identitiesOnly" | "identityAgent">,
): Credentials {
  const usable: Credential[] = [];
  const unusable: string[] = [];
  const key = (label: string, read: () => string): void => {
    try {
      const parsed = utils.parseKey(read(), given.privateKeyPassword);
      if (parsed instanceof Error) unusable.push(`${label}: ${explain(parsed)}`);
      else usable.push({ label, attempt: { type: "publickey", username: user, key: parsed } });
    } catch (error) {
      unusable.push(`${label}: ${messageOf(error)}`);
    }
  };
  const { privateKey, privateKeyPath, agentSocketPath, password } = given;
  if (privateKey !== undefined) key("the private key given", () => privateKey);
  if (privateKeyPath !== undefined) {
    const path = privateKeyPath.replace(/^~(?=\/)/, homedir());
    key(`key ${privateKeyPath}`, () => readFileSync(path, "utf8"));
  }
  const isGiven = privateKey !== undefined || privateKeyPath !== undefined;

  const agent = agentSocketPath ?? config.identityAgent ?? process.env["SSH_AUTH_SOCK"];
  const asksAgent = agentSocketPath !== undefined || (!isGiven && !config.identitiesOnly);
  if (asksAgent && agent !== undefined && agent !== "" && agent !== "none")
    usable.push({ label: "the ssh agent", attempt: { type: "agent", username: user, agent } });

  if (!isGiven) {
    const files =
      config.identityFiles.length > 0
        ? config.identityFiles
        : DEFAULT_KEYS.map((name) => join(homedir(), ".ssh", name));
    // "none" in ssh_config: no default ones.
    for (const file of files.filter((each) => each !== "none"))
      if (existsSync(file)) key(`key ${file}`, () => readFileSync(file, "utf8"));
  }

  if (password !== undefined) {
    usable.push({ label: "the password", attempt: { type: "password", username: user, password } });
    usable.push({
      label: "the password, on being asked",
      attempt: {
        type: "keyboard-interactive",
        username: user,
        // One answer to all: what is asked twice or differently is beyond a program.
        prompt: (_name, _instructions, _language, prompts, finish) =>
          finish(prompts.map(() => password)),
      },
    });
  }
  return { usable, unusable };
}

/** ssh2's own words, which hold no part of a key; and what they mean. */
function explain({ message }: Error): string {
  if (/no passphrase given/i.test(message))
    return "it is encrypted, and there is no connection.privateKeyPassword";
  if (/bad passphrase|decrypt/i.test(message))
    return "connection.privateKeyPassword does not open it";
  if (/unsupported key type|unsupported openssh private key type/i.test(message))
    return `${message}; ssh2 has no hardware (sk-) keys and no certificates, use launcher: "openssh"`;
  return "it is no private key that ssh2 can read";
}
