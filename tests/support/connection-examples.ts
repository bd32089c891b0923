/** Values of every field of a connection: such as are taken, and such as are not. */
import type { Connection } from "../../provider/link/model";

export const CANARY = "s3cret-canary";
const KEY = `-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n`;
// As ssh-keygen makes one: the type with its length, then the key with its own.
export const ED25519 = "AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl";
export const FINGERPRINT = `SHA256:${"a".repeat(43)}`;

export type Field = keyof Connection;
type Example = readonly [
  legal: readonly (readonly [given: unknown, kept?: unknown])[],
  illegal: readonly (readonly [given: unknown, reason: RegExp, path?: string])[],
];

const EMPTY = ["", /^It is empty; leave it out$/] as const;
const NO_TEXT = [7, /^It is no text$/] as const;
const NO_NAME = /^It is no host name; .* user and port beside it$/;
const NO_PATH = /^It is no path: give the file's name here/;
const NO_KEY = /^It is not the whole text of a private key; privateKeyPath/;
const NO_PUBLIC_KEY = /^It is no public key; write one line/;
const NO_FINGERPRINT = /^It is no SHA256 fingerprint; write it as ssh-keygen -l/;
const NO_LAUNCHER = /^It is no launcher; write "ssh2"/;
const BROKEN_LINE = /^It has a line break or a NUL/;
const password: Example = [
  [["hunter2"], ["two words "]],
  [EMPTY, NO_TEXT, [`${CANARY}\n`, BROKEN_LINE], ["x".repeat(5000), /5000 bytes; at most 4095/]],
];
const path: Example = [
  [["~/.ssh/id_ed25519"], ["keys/a b"]],
  [EMPTY, NO_TEXT, [KEY, NO_PATH], [`-----BEGIN ${CANARY}`, NO_PATH], ["a\0b", NO_PATH]],
];

/** Those that are taken, with what is kept of them where that is something else; and that are not. */
export const EXAMPLES: { readonly [F in Field]-?: Example } = {
  host: [
    [["hv1"], ["hv1.example.net"], ["192.0.2.1"], ["2001:db8::1"], ["fe80::1%eth0"], ["my_host"]],
    [
      EMPTY,
      NO_TEXT,
      ...[
        "-oProxyCommand=x",
        `root:${CANARY}@hv1`,
        "a b",
        "[::1]",
        "ssh://hv1",
        "a;b",
        "*",
        "a\n",
      ].map((host) => [host, NO_NAME] as const),
      ["h".repeat(256), /256 bytes; at most 255/],
    ],
  ],
  port: [
    [[22], ["2222", 2222], [65535]],
    [
      [0, /^It is no integer, 1 to 65535$/],
      [65536, /no integer/],
      ["ssh", /no integer/],
    ],
  ],
  user: [
    [["root"], ["DOMAIN\\joe"], ["joe@example.net"]],
    [
      EMPTY,
      NO_TEXT,
      ["-x", /no user's name/],
      ["a b", /no user's name/],
      ["a\\", /no user's name/],
    ],
  ],
  password,
  privateKey: [
    [[KEY], [KEY.replaceAll("OPENSSH", "RSA")], ["PuTTY-User-Key-File-3: x"]],
    [
      EMPTY,
      NO_TEXT,
      ["~/.ssh/id_ed25519", NO_KEY],
      [KEY.slice(0, 40) + CANARY, NO_KEY],
      [KEY.replaceAll("PRIVATE", "PUBLIC"), NO_KEY],
    ],
  ],
  privateKeyPassword: password,
  privateKeyPath: path,
  agentSocketPath: path,
  dialErrorLimit: [
    [[0], [-1], ["10", 10]],
    [
      [-2, /no integer, -1 to 1000/],
      [1001, /no integer/],
    ],
  ],
  perDialTimeout: [
    [[0], [15], [3600]],
    [
      [-1, /no integer, 0 to 3600/],
      [1.5, /no integer/],
    ],
  ],
  hostKey: [
    [
      [`ssh-ed25519 ${ED25519}`],
      [` ssh-ed25519 ${ED25519} joe@desk\n`, `ssh-ed25519 ${ED25519}`],
      [`[hv1]:2222,192.0.2.1 ssh-ed25519 ${ED25519}`, `ssh-ed25519 ${ED25519}`],
      [`|1|c2FsdA==|aGFzaA== ssh-ed25519 ${ED25519}`, `ssh-ed25519 ${ED25519}`],
    ],
    [
      "",
      7,
      CANARY,
      KEY,
      ED25519,
      `ssh-rsa ${ED25519}`,
      `ssh-ed25519 ${ED25519.slice(0, 20)}`,
      `@revoked * ssh-ed25519 ${ED25519}`,
      `ssh-ed25519 ${ED25519}\nssh-ed25519 ${ED25519}`,
    ].map((key) => [key, NO_PUBLIC_KEY] as const),
  ],
  hostKeyFingerprint: [
    [[FINGERPRINT], [`${FINGERPRINT}=`, FINGERPRINT]],
    [
      EMPTY,
      NO_TEXT,
      ["MD5:00:11", NO_FINGERPRINT],
      [FINGERPRINT.slice(0, -1), NO_FINGERPRINT],
      [FINGERPRINT.slice(7), NO_FINGERPRINT],
    ],
  ],
  knownHosts: [
    [[["a", "~/b"]], ["a", ["a"]], [[]]],
    [EMPTY, NO_TEXT, [["a", KEY], NO_PATH, "[1]"]],
  ],
  hostKeyPolicy: [[["strict"], ["accept-new"]], [["no", /^It is none of strict, accept-new$/]]],
  proxy: [
    [
      [{ host: "jump" }, [{ host: "jump" }]],
      [
        [{ host: "a", port: "22", knownHosts: "k" }, { host: "b" }],
        [{ host: "a", port: 22, knownHosts: ["k"] }, { host: "b" }],
      ],
      [[]],
    ],
    [
      ["jump", /^It is no hop; write \{ host/],
      [[["jump"]], /^It is no hop/, "[0]"],
      [{ user: "root" }, /^It is required: the host to go through$/, ".host"],
      [[{ host: "a" }, { host: "b", password: 7 }], NO_TEXT[1], "[1].password"],
      [{ host: "a", sudo: true }, /^There is no such property/, ".sudo"],
      [{ host: "a", proxy: { host: "b" } }, /^There is no such property/, ".proxy"],
      [
        { host: "a", hostKey: `ssh-ed25519 ${ED25519}`, hostKeyFingerprint: FINGERPRINT },
        /^hostKey says it already/,
        ".hostKeyFingerprint",
      ],
    ],
  ],
  launcher: [
    [["ssh2"], ["openssh"]],
    [
      ...[
        "ssh",
        7,
        {},
        { command: [] },
        { command: CANARY },
        { command: ["a"], shell: CANARY },
        ["tsh"],
      ].map((launcher) => [launcher, NO_LAUNCHER] as const),
      [{ command: ["tsh", 7] }, NO_TEXT[1], ".command[1]"],
      [{ command: ["tsh", `${CANARY}\0`] }, /^It has a NUL$/, ".command[1]"],
    ],
  ],
  sudo: [
    [[true], [false], ["true", true], ["false", false], ["hunter2"]],
    [EMPTY, [7, /^It is neither true nor false nor a password$/], [`${CANARY}\n`, BROKEN_LINE]],
  ],
  python: [[["python3.9"]], [["a\0", /is not legal/]]],
  deadline: [[[1], ["60", 60]], [[0, /no integer, 1 to 3600/]]],
  keepalive: [[[0], [3600]], [[-1, /no integer, 0 to 3600/]]],
  id: [[["hv-1.example"]], [["a/b", /^It is not legal/]]],
  unreachable: [[["fail"], ["forget"], ["keep"]], [[true, /^It is none of fail, forget, keep$/]]],
};
