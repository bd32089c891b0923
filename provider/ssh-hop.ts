/** One host of the way over SSH: what a program says of it, and all that an SSH client is told. */
export interface SshHop {
  /** A name, an address, or an alias of ssh_config. */
  readonly host: string;
  readonly port?: number;
  readonly user?: string;
  readonly password?: string;
  /** The text of a private key. */
  readonly privateKey?: string;
  readonly privateKeyPassword?: string;
  readonly privateKeyPath?: string;
  readonly agentSocketPath?: string;
  /** Further attempts after one that failed; -1 is no limit. */
  readonly dialErrorLimit?: number;
  /** Seconds; 0 is no limit. */
  readonly perDialTimeout?: number;
  /** "ssh-ed25519 AAAA…", without host and comment. */
  readonly hostKey?: string;
  /** "SHA256:…", without padding. */
  readonly hostKeyFingerprint?: string;
  readonly knownHosts?: readonly string[];
  readonly hostKeyPolicy?: HostKeyPolicy;
}

/** How to prove who we are; each is a secret but for the paths. */
export type GivenCredentials = Pick<SshHop, (typeof CREDENTIAL_FIELDS)[number]>;

export const CREDENTIAL_FIELDS = [
  "privateKey",
  "privateKeyPath",
  "privateKeyPassword",
  "agentSocketPath",
  "password",
] as const;

export const HOST_KEY_POLICIES = ["strict", "accept-new"] as const;
export type HostKeyPolicy = (typeof HOST_KEY_POLICIES)[number];

/** What a user has said elsewhere of a host: it holds where neither a program nor ssh's own files say. */
export type HopDefaults = Omit<SshHop, "host"> & { readonly proxy?: readonly SshHop[] };
