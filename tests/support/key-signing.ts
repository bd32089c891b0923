/** Certificates that a real ssh-keygen signs; and the file of a hardware key, as it writes one. */
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";

/** Makes `KEY-cert.pub`, and answers its path. */
export function certify(
  authority: string,
  key: string,
  kind: "host" | "user",
  name: string,
): string {
  const host = kind === "host" ? ["-h"] : [];
  const words = ["-q", "-s", authority, "-I", "test", ...host, "-n", name, `${key}.pub`];
  execFileSync("ssh-keygen", words);
  return `${key}-cert.pub`;
}

const string = (value: string | Buffer): Buffer => {
  const bytes = Buffer.from(value);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
};
const number = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};

/** PROTOCOL.key and PROTOCOL.u2f of OpenSSH: a handle into a token that nobody has. */
export function writeHardwareKey(path: string): string {
  const publicPart = [
    string("sk-ssh-ed25519@openssh.com"),
    string(Buffer.alloc(32, 7)),
    string("ssh:"),
  ];
  const secret = [
    number(1),
    number(1),
    ...publicPart,
    Buffer.of(1),
    string("handle"),
    string(""),
    string("comment"),
  ];
  const bytes = Buffer.concat(secret);
  const padding = Buffer.from(
    Array.from({ length: (8 - (bytes.length % 8)) % 8 }, (_, n) => n + 1),
  );
  const whole = Buffer.concat([
    Buffer.from("openssh-key-v1\0"),
    string("none"),
    string("none"),
    string(""),
    number(1),
    string(Buffer.concat(publicPart)),
    string(Buffer.concat([bytes, padding])),
  ]);
  const text = whole.toString("base64").replace(/.{70}/g, "$&\n");
  const [begin, end] = ["BEGIN", "END"].map((word) => `-----${word} OPENSSH PRIVATE KEY-----`);
  writeFileSync(path, `${begin}\n${text}\n${end}\n`, { mode: 0o600 });
  return path;
}
