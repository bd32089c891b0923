import assert from "node:assert/strict";
import { beyondSsh2, whatIsMissing } from "../../../provider/ssh/beyond-ssh2";
import { offerIn } from "../../../provider/ssh/server-offer";

/** As RFC 4253 has it; the lists behind the first two are of no interest. */
function hello(keyExchanges: string, hostKeys: string, before = ""): Buffer {
  const lists = [keyExchanges, hostKeys, "aes128-ctr"].map((list) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(list.length);
    return Buffer.concat([length, Buffer.from(list)]);
  });
  const payload = Buffer.concat([Buffer.of(20), Buffer.alloc(16, 0x2c), ...lists]);
  const head = Buffer.alloc(5);
  head.writeUInt32BE(payload.length + 1);
  return Buffer.concat([Buffer.from(`${before}SSH-2.0-x\r\n`), head, payload]);
}

describe("the first packet of a server", () => {
  it("is read, whatever greeting comes before it, once it is there", () => {
    const bytes = hello("curve25519-sha256,ext-info-s", "ssh-ed25519,ssh-rsa", "Welcome\r\n");
    const offer = {
      keyExchanges: ["curve25519-sha256", "ext-info-s"],
      hostKeys: ["ssh-ed25519", "ssh-rsa"],
    };
    assert.deepEqual(offerIn(bytes), offer);
    for (let length = 0; length < bytes.length; length += 1)
      assert.equal(offerIn(bytes.subarray(0, length)), undefined);
  });

  it("may be nonsense", () => {
    const bytes = hello("a", "b");
    bytes.writeUInt32BE(0xffffff, bytes.indexOf("\n") + 1 + 22);
    assert.equal(offerIn(bytes), undefined);
    assert.equal(offerIn(Buffer.from("HTTP/1.1 400 Bad Request\r\n\r\n")), undefined);
  });
});

describe("what ssh2 has not", () => {
  const plain = ["ssh-ed25519"];
  it("is named, where a server has nothing else", () => {
    const missing = (keyExchanges: string[], hostKeys: string[]) =>
      whatIsMissing({ keyExchanges, hostKeys });
    const quantum = ["sntrup761x25519-sha512", "mlkem768x25519-sha256"];
    assert.match(missing([...quantum, "ext-info-s"], plain) ?? "", /only post-quantum key/);
    assert.equal(missing([...quantum, "curve25519-sha256"], plain), undefined);
    const certificate = "ssh-ed25519-cert-v01@openssh.com";
    const hardware = "sk-ssh-ed25519@openssh.com";
    assert.match(missing([], [certificate]) ?? "", /only certificates \(ssh-ed25519-cert/);
    assert.match(missing([], [hardware, certificate]) ?? "", /hardware \(sk-\) keys and certif/);
    assert.equal(missing([], [certificate, ...plain]), undefined);
    assert.equal(missing([], []), undefined);
  });

  it("is told by a key's type", () => {
    assert.equal(beyondSsh2("ssh-rsa"), undefined);
    assert.equal(beyondSsh2("sk-ecdsa-sha2-nistp256@openssh.com"), "hardware (sk-) keys");
    assert.equal(beyondSsh2("sk-ssh-ed25519-cert-v01@openssh.com"), "certificates");
  });
});
