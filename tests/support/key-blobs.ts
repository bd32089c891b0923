/** Public keys as SSH has them on the wire; nobody has their private halves. */
import { createHash, generateKeyPairSync } from "node:crypto";

/** Another one for another seed. */
export function ed25519Key(seed: string): Buffer {
  return wireKey("ssh-ed25519", createHash("sha256").update(seed).digest());
}

/** Of 2048 bits that look like a modulus: to find real primes takes long. */
export function rsaKey(): Buffer {
  const modulus = Buffer.alloc(256, 0xc5);
  return wireKey("ssh-rsa", Buffer.of(1, 0, 1), Buffer.concat([Buffer.of(0), modulus]));
}

export function ecdsaKey(): Buffer {
  const { x = "", y = "" } = generateKeyPairSync("ec", {
    namedCurve: "prime256v1",
  }).publicKey.export({ format: "jwk" });
  const point = [Buffer.of(4), Buffer.from(x, "base64url"), Buffer.from(y, "base64url")];
  return wireKey("ecdsa-sha2-nistp256", Buffer.from("nistp256"), Buffer.concat(point));
}

/** Its fields after those of a line's names: "ssh-ed25519 AAAA…". */
export function fieldsOf(key: Buffer): string {
  return `${key.toString("latin1", 4, 4 + key.readUInt32BE(0))} ${key.toString("base64")}`;
}

function wireKey(type: string, ...parts: readonly Buffer[]): Buffer {
  const strings = [Buffer.from(type), ...parts].flatMap((part) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(part.length);
    return [length, part];
  });
  return Buffer.concat(strings);
}
