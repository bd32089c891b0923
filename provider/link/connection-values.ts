/** Types of a connection's values. None shows a value: anything here may be a credential, if only by mistake. */
import type { Launcher } from "./model";
import type { ValueType } from "./value-type";

export interface LineRule {
  readonly maxBytes: number;
  readonly legal: RegExp;
  /** What a text must be, or what is wrong with one that is not legal; and what to do. */
  readonly rule: string;
}

export function unseen(
  describe: string,
  { maxBytes, legal, rule }: LineRule,
  spell: (text: string) => string = (text) => text,
): ValueType<string> {
  return {
    describe,
    parse(value, path, fail) {
      if (typeof value !== "string") fail(path, "It is no text");
      else if (value === "") fail(path, "It is empty; leave it out");
      else if (Buffer.byteLength(value) > maxBytes)
        fail(path, `It has ${Buffer.byteLength(value)} bytes; at most ${maxBytes} are taken`);
      else if (!legal.test(value)) fail(path, rule);
      else return spell(value);
      return undefined;
    },
  };
}

// What ssh itself refuses (its valid_hostname and valid_ruser), since "openssh" hands both to it.
export const hostName = unseen("a name, an address, or an alias of ssh_config", {
  maxBytes: 255,
  legal: /^(?!-)[^\s\p{Cc}'"`$\\;&<>|(){}[\]@/,*?!]+$/u,
  rule: "It is no host name; give a name, an address (IPv6 without brackets) or an alias of ssh_config, and user and port beside it",
});
export const userName = unseen("text", {
  maxBytes: 255,
  legal: /^(?!-)[^\s\p{Cc}'"`;&<>|(){}]*[^\s\p{Cc}'"`;&<>|(){}\\]$/u,
  rule: "It is no user's name",
});

export const password = unseen("text", {
  maxBytes: 4095,
  legal: /^[^\0\r\n]+$/,
  rule: "It has a line break or a NUL, which no password has; trim it where it is read from a file",
});

const PRIVATE_KEY =
  /^\s*(-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----[^]*-----END [A-Z0-9 ]*PRIVATE KEY-----\s*$|PuTTY-User-Key-File-\d)/;
export const privateKey = unseen("the text of a private key", {
  maxBytes: 65535,
  legal: PRIVATE_KEY,
  rule: "It is not the whole text of a private key; privateKeyPath takes the path of one",
});

export const filePath = unseen("path", {
  maxBytes: 4095,
  legal: /^(?!-----BEGIN)[^\0\r\n]+$/,
  rule: "It is no path: give the file's name here, not what is in the file",
});

/** The type of a key stands in front of it and, with its length, in its first bytes too. */
function findPublicKey(text: string): string | undefined {
  const words = text.trim().split(/\s+/);
  const at = words.findIndex((type, index) => {
    const bytes = Buffer.from(words[index + 1] ?? "", "base64");
    const length = Buffer.byteLength(type);
    return bytes.length > length + 4 && bytes.subarray(4, 4 + length).toString() === type;
  });
  return at < 0 ? undefined : words.slice(at, at + 2).join(" ");
}
export const publicKey: ValueType<string> = {
  describe: 'a public key, as "ssh-ed25519 AAAA…"',
  parse(value, path, fail) {
    const isLine = typeof value === "string" && !/^@|[\r\n\0]/.test(value.trim());
    const found = isLine ? findPublicKey(value) : undefined;
    if (found === undefined)
      fail(
        path,
        'It is no public key; write one line as in authorized_keys or known_hosts, "ssh-ed25519 AAAA…"',
      );
    return found;
  },
};

export const fingerprint = unseen(
  '"SHA256:…", as `ssh-keygen -l` prints it',
  {
    maxBytes: 64,
    legal: /^SHA256:[A-Za-z0-9+/]{43}=?$/,
    rule: 'It is no SHA256 fingerprint; write it as ssh-keygen -l prints it, "SHA256:" and 43 characters',
  },
  (text) => text.replace("=", ""),
);

/** In the order given; one alone needs no brackets. */
export function listOf<V>(type: ValueType<V>): ValueType<readonly V[]> {
  return {
    describe: `${type.describe}; one or an array`,
    parse(value, path, fail) {
      const parsed = Array.isArray(value)
        ? value.map((entry, index) => type.parse(entry, `${path}[${index}]`, fail))
        : [type.parse(value, path, fail)];
      return parsed.filter((entry) => entry !== undefined);
    },
  };
}

export const sudo: ValueType<boolean | string> = {
  describe: "boolean, or the password as text",
  parse(value, path, fail) {
    if (typeof value === "boolean") return value;
    if (value === "true" || value === "false") return value === "true";
    if (typeof value === "string") return password.parse(value, path, fail);
    fail(path, "It is neither true nor false nor a password");
    return undefined;
  },
};

const word = unseen("text", { maxBytes: 4095, legal: /^[^\0]+$/, rule: "It has a NUL" });
const LAUNCHER_RULE =
  'It is no launcher; write "ssh2", "openssh" or { command: ["program", "argument"] }';

export const launcher: ValueType<Launcher> = {
  describe: '"ssh2", "openssh" or `{ command }` with a list of texts',
  parse(value, path, fail) {
    if (value === "ssh2" || value === "openssh") return value;
    if (typeof value !== "object" || value === null) {
      fail(path, LAUNCHER_RULE);
      return undefined;
    }
    const { command, ...rest } = value as Record<string, unknown>;
    if (!Array.isArray(command) || command.length === 0 || Object.keys(rest).length > 0) {
      fail(path, LAUNCHER_RULE);
      return undefined;
    }
    const words = listOf(word).parse(command, `${path}.command`, fail);
    return words?.length === command.length ? { command: words } : undefined;
  },
};
