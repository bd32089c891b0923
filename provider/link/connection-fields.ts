import {
  filePath,
  fingerprint,
  hostName,
  launcher,
  listOf,
  password,
  privateKey,
  publicKey,
  sudo,
  userName,
} from "./connection-values";
import { unknownProperty } from "./did-you-mean";
import { HOST_KEY_POLICIES, WHEN_UNREACHABLE, type Connection, type SshHop } from "./model";
import { integer, oneOf, show, text, type Fail, type ValueType } from "./value-type";

export type ConnectionField = keyof Connection;

export interface ConnectionRow<V> {
  readonly type: ValueType<V>;
  /** Belongs to each host of a way over SSH, to such a way as a whole, or to the agent on any host. */
  readonly of: "hop" | "ssh" | "agent";
  readonly unit?: string;
  readonly omitted: string;
  /** A text in it is a credential. */
  readonly secret?: true;
  /** What to do instead where the system's ssh is the launcher, which cannot be given it. */
  readonly insteadForOpenssh?: string;
  /** It is about one host or one program, and has no default in the environment or the stack. */
  readonly noDefault?: true;
  readonly doc: string;
}

const KNOWN_HOST = "name a known_hosts file with its key in knownHosts";
const KEY_OR_AGENT = "name a key file in privateKeyPath, or start an ssh agent";

const hop: ValueType<SshHop> = {
  describe: "a hop: `host` and what else is said of one",
  parse(value, path, fail) {
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      fail(path, 'It is no hop; write { host: "jump.example.net" }');
      return undefined;
    }
    const checked = checkFields(value, path, HOP_FIELDS, fail);
    if (!isGiven(value, "host")) fail(`${path}.host`, "It is required: the host to go through");
    return checked as unknown as SshHop;
  },
};

/** Every field of a connection, under the name that `@pulumi/command` has for it. */
export const CONNECTION_FIELDS: {
  readonly [F in ConnectionField]-?: ConnectionRow<NonNullable<Connection[F]>>;
} = {
  host: {
    type: hostName,
    of: "hop",
    noDefault: true,
    omitted: "this machine",
    doc: "The host. What ssh_config says of it holds where the connection says nothing.",
  },
  port: {
    type: integer(1, 65535),
    of: "hop",
    omitted: "ssh_config's, else 22",
    doc: "The port of its SSH server.",
  },
  user: {
    type: userName,
    of: "hop",
    omitted: "ssh_config's, else who runs Pulumi",
    doc: "The user to log in as.",
  },
  password: {
    type: password,
    of: "hop",
    omitted: "none",
    secret: true,
    insteadForOpenssh: KEY_OR_AGENT,
    doc: "That user's password, tried after the keys.",
  },
  privateKey: {
    type: privateKey,
    of: "hop",
    omitted: "none",
    secret: true,
    insteadForOpenssh: KEY_OR_AGENT,
    doc: "The text of a private key. It is saved in the state, as a secret; `privateKeyPath` is not.",
  },
  privateKeyPassword: {
    type: password,
    of: "hop",
    omitted: "none",
    secret: true,
    insteadForOpenssh: KEY_OR_AGENT,
    doc: "What opens an encrypted private key.",
  },
  privateKeyPath: {
    type: filePath,
    of: "hop",
    omitted: "ssh_config's, else ssh's default keys",
    doc: "The file of a private key on this machine.",
  },
  agentSocketPath: {
    type: filePath,
    of: "hop",
    omitted: "ssh_config's, else `SSH_AUTH_SOCK`",
    insteadForOpenssh: "use IdentityAgent in ssh_config",
    doc: "The socket of an ssh agent on this machine.",
  },
  dialErrorLimit: {
    type: integer(-1, 1000),
    of: "hop",
    omitted: "10",
    insteadForOpenssh: "use ConnectionAttempts in ssh_config",
    doc: "How many failed attempts to connect are followed by another; -1: no limit.",
  },
  perDialTimeout: {
    type: integer(0, 3600),
    of: "hop",
    unit: "seconds",
    omitted: "ssh_config's, else 15",
    doc: "How long each attempt may take; 0: no limit.",
  },
  hostKey: {
    type: publicKey,
    of: "hop",
    omitted: "as known_hosts says",
    insteadForOpenssh: KNOWN_HOST,
    doc: "The key that the host must show.",
  },
  hostKeyFingerprint: {
    type: fingerprint,
    of: "hop",
    omitted: "as known_hosts says",
    insteadForOpenssh: KNOWN_HOST,
    doc: "The fingerprint of the key that the host must show.",
  },
  knownHosts: {
    type: listOf(filePath),
    of: "hop",
    omitted: "ssh_config's, else ssh's own",
    doc: "The known_hosts files to look the host's key up in.",
  },
  hostKeyPolicy: {
    type: oneOf(HOST_KEY_POLICIES),
    of: "hop",
    omitted: "ssh_config's, else `strict`",
    doc: "Whether the key of a host that is not known is refused, or taken and noted. A changed key is always refused.",
  },
  proxy: {
    type: listOf(hop),
    of: "ssh",
    omitted: "ssh_config's `ProxyJump`",
    insteadForOpenssh: "use ProxyJump in ssh_config",
    doc: "Jump hosts, the nearest first. An empty array: none, whatever ssh_config says.",
  },
  launcher: {
    type: launcher,
    of: "ssh",
    omitted: "`ssh2`",
    doc: "What reaches the host: an SSH client of our own, the system's `ssh`, or any command that yields stdin and stdout of a shell there.",
  },
  sudo: {
    type: sudo,
    of: "agent",
    omitted: "false",
    secret: true,
    doc: "Run the agent as root under sudo; a text is the password that sudo asks for.",
  },
  python: {
    type: text(4095, /^[^\0]+$/, "a program's name or path"),
    of: "agent",
    omitted: "`/usr/bin/python3`, else `python3` in PATH, else `/usr/libexec/platform-python`",
    doc: "The Python interpreter there, 3.6 or newer.",
  },
  deadline: {
    type: integer(1, 3600),
    of: "agent",
    unit: "seconds",
    omitted: "30",
    doc: "How long any one answer may take.",
  },
  keepalive: {
    type: integer(0, 3600),
    of: "agent",
    unit: "seconds",
    omitted: "ssh_config's `ServerAliveInterval`, else 5",
    doc: "How often a connection over SSH is heard of, so that neither side waits for one that is gone; 0: never.",
  },
  id: {
    type: text(64, /^[A-Za-z0-9][A-Za-z0-9_.-]*$/, "letters, digits, dot, dash and underscore"),
    of: "agent",
    noDefault: true,
    omitted: "`host`; on this machine a hash of its machine-id",
    doc: "What the host is called in names, MAC addresses and ids, whatever its address. Required with a launcher's command.",
  },
  unreachable: {
    type: oneOf(WHEN_UNREACHABLE),
    of: "agent",
    noDefault: true,
    omitted: "`fail`",
    doc: "What becomes of links on a host that cannot be reached: `forget` lets delete, `keep` lets refresh go on, with a warning.",
  },
};

export const FIELD_NAMES = Object.keys(CONNECTION_FIELDS) as readonly ConnectionField[];
export const HOP_FIELDS = FIELD_NAMES.filter((field) => CONNECTION_FIELDS[field].of === "hop");
/** Fields whose text nobody may read. */
export const CREDENTIALS: readonly string[] = FIELD_NAMES.filter(
  (field) => CONNECTION_FIELDS[field].secret,
);
/** Fields that the environment and the stack may say. */
export const DEFAULTED_FIELDS = FIELD_NAMES.filter((field) => !CONNECTION_FIELDS[field].noDefault);

export function isGiven(given: object, field: ConnectionField): boolean {
  const value: unknown = (given as Record<string, unknown>)[field];
  return value !== undefined && value !== null;
}

/** One field's value, wherever it comes from; what is wrong with it is said without it, since it may be a credential. */
export function checkField(
  field: ConnectionField,
  value: unknown,
  path: string,
  fail: Fail,
): unknown {
  return CONNECTION_FIELDS[field].type.parse(value, path, withoutValue(value, fail));
}

function withoutValue(value: unknown, fail: Fail): Fail {
  const shown = show(value);
  return (path, reason) =>
    fail(path, reason.startsWith(shown) ? `It${reason.slice(shown.length)}` : reason);
}

/** What of an object is legal, each value in one spelling; names no value, since it may be a credential. */
export function checkFields(
  given: object,
  path: string,
  known: readonly ConnectionField[],
  fail: Fail,
): Partial<Record<ConnectionField, unknown>> {
  const checked: Partial<Record<ConnectionField, unknown>> = {};
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined || value === null) continue;
    const field = known.find((each) => each === name);
    if (field === undefined) fail(`${path}.${name}`, unknownProperty(name, known));
    else {
      const parsed = checkField(field, value, `${path}.${field}`, fail);
      if (parsed !== undefined) checked[field] = parsed;
    }
  }
  if (isGiven(given, "hostKey") && isGiven(given, "hostKeyFingerprint"))
    fail(`${path}.hostKeyFingerprint`, "hostKey says it already; leave one of the two out");
  return checked;
}
