import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fingerprintOf, KnownHosts } from "../../../provider/ssh/known-hosts";
import { ecdsaKey, ed25519Key, fieldsOf, rsaKey } from "../../support/key-blobs";

const KEY = ed25519Key("the host's own");
const OTHER = ed25519Key("another");
const STRANGER = ed25519Key("somebody else's");
const [LINE, OTHER_LINE] = [fieldsOf(KEY), fieldsOf(OTHER)];

describe("known hosts", () => {
  let folder: string;
  const file = (name: string): string => join(folder, name);
  const read = (...lines: readonly string[]): KnownHosts => {
    writeFileSync(file("known_hosts"), lines.join("\n"));
    return KnownHosts.read([file("known_hosts")]);
  };
  /** What is said of the key, where one line has these names. */
  const judged = (names: string, host: string, port = 22, key = KEY): string =>
    read(`${names} ${LINE}`).judge(host, port, key).is;
  const hashed = (name: string, salt = Buffer.alloc(20, 7)): string => {
    const hmac = createHmac("sha1", salt).update(name).digest("base64");
    return `|1|${salt.toString("base64")}|${hmac}`;
  };

  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "known-hosts-"))));
  afterEach(() => rmSync(folder, { recursive: true }));

  describe("names", () => {
    const known: readonly [names: string, host: string, port?: number][] = [
      ["host", "host"],
      ["HoSt", "hOsT"],
      ["b,host,c", "host"],
      ["*", "host"],
      ["h?st", "host"],
      ["*.example.com", "a.b.example.com"],
      ["*a*b*", "xaxxbx"],
      ["10.0.0.1", "10.0.0.1"],
      ["fe80::1%eth0", "fe80::1%eth0"],
      ["!other,*", "host"],
      ["[host]:2222", "host", 2222],
      ["[*.example.com]:2222", "a.example.com", 2222],
      ["[::1]:2222", "::1", 2222],
      ["*", "host", 2222],
      // "[host]:2222" is not "host", so that nothing vetoes it.
      ["*,!host", "host", 2222],
      // As ssh does, "without port identifier".
      ["host", "host", 2222],
      [hashed("host"), "HOST"],
      [hashed("[host]:2222"), "host", 2222],
      [hashed("host"), "host", 2222],
      ["bücher", "bücher"],
    ];
    for (const [names, host, port] of known) {
      it(`that know ${host} at ${port ?? 22}: ${names}`, () => {
        assert.equal(judged(names, host, port), "known");
      });
    }

    const unknown: readonly [names: string, host: string, port?: number][] = [
      ["host", "hos"],
      ["host", "host.example"],
      ["h?st", "hst"],
      ["*.example.com", "example.com"],
      ["*,!host", "host"],
      ["!host,*", "host"],
      ["host,!h*", "host"],
      ["!other", "host"],
      ["[host]:2222", "host"],
      ["[host]:2222", "host", 2223],
      [hashed("[host]:2222"), "host"],
      [hashed("other"), "host"],
      [hashed("host", Buffer.alloc(19)), "host"],
      [`${hashed("host")},host`, "host"],
      ["|1|", "host"],
      ["|2|AAAA|AAAA", "host"],
      // The sign of the Kelvin is a K in small letters, for who folds more than ASCII.
      ["kelvin", "\u212Aelvin"],
      ["host", "*"],
      ["b?cher", "bücher"],
    ];
    for (const [names, host, port] of unknown) {
      it(`that do not know ${host} at ${port ?? 22}: ${names}`, () => {
        assert.equal(judged(names, host, port), "unknown");
      });
    }

    it("take no exponential time", () => {
      assert.equal(judged(`${"*a".repeat(500)}*b`, "a".repeat(2000)), "unknown");
    });
  });

  describe("keys", () => {
    it("are known by any line, of any file", () => {
      writeFileSync(file("global"), `* ${LINE}\n`);
      writeFileSync(file("user"), `host ${OTHER_LINE}\n`);
      const hosts = KnownHosts.read([file("user"), file("missing"), file("global")]);
      assert.deepEqual(hosts.judge("host", 22, KEY), { is: "known" });
      assert.deepEqual(hosts.judge("host", 22, OTHER), { is: "known" });
    });

    it("that are others show where the known ones are", () => {
      const rsa = rsaKey();
      const known = (key: Buffer, type: string, line: number) => ({
        type,
        fingerprint: fingerprintOf(key),
        file: file("known_hosts"),
        line,
      });
      assert.deepEqual(
        read("# comment", `host ${LINE}`, `b ${LINE}`, `h* ${fieldsOf(rsa)}`).judge(
          "host",
          22,
          STRANGER,
        ),
        { is: "changed", known: [known(KEY, "ssh-ed25519", 2), known(rsa, "ssh-rsa", 4)] },
      );
    });

    it("of another port are changed only where that port's are known", () => {
      assert.equal(judged("host", "host", 2222, STRANGER), "unknown");
      assert.equal(judged("[host]:2222", "host", 2222, STRANGER), "changed");
      const both = read(`[host]:2222 ${LINE}`, `host ${OTHER_LINE}`);
      assert.equal(both.judge("host", 2222, OTHER).is, "changed");
      assert.equal(both.judge("host", 22, KEY).is, "changed");
    });

    it("that are revoked are so whatever else is said, and wherever", () => {
      writeFileSync(file("user"), `host ${LINE}\n[host]:2222 ${LINE}\n`);
      writeFileSync(file("global"), `\n@revoked ho* ${LINE}\n`);
      const by = {
        type: "ssh-ed25519",
        fingerprint: fingerprintOf(KEY),
        file: file("global"),
        line: 2,
      };
      const hosts = KnownHosts.read([file("user"), file("global")]);
      for (const port of [22, 2222]) {
        assert.deepEqual(hosts.judge("host", port, KEY), { is: "revoked", by });
      }
      assert.equal(hosts.judge("other", 22, KEY).is, "unknown");
    });

    it("are revoked by a marker that a tab ends, too", () => {
      assert.equal(read(`@revoked\thost ${LINE}`).judge("host", 22, KEY).is, "revoked");
    });

    it("that are revoked do not make another a changed one", () => {
      assert.equal(read(`@revoked * ${LINE}`).judge("host", 22, OTHER).is, "unknown");
    });

    it("of an authority for certificates are no host's", () => {
      const hosts = read(`@cert-authority * ${LINE}`);
      assert.equal(hosts.judge("host", 22, KEY).is, "unknown");
      assert.equal(hosts.judge("host", 22, OTHER).is, "unknown");
    });

    it("have the authority that may vouch for a host, to be named", () => {
      const hosts = read(`host ${OTHER_LINE}`, `@cert-authority *.net ${LINE}`);
      assert.deepEqual(hosts.authorityOf("a.net", 22), {
        type: "ssh-ed25519",
        fingerprint: fingerprintOf(KEY),
        file: file("known_hosts"),
        line: 2,
      });
      assert.equal(hosts.authorityOf("host", 22), undefined);
    });

    it("have types, each once and in order, but for what would not be accepted", () => {
      const ecdsa = fieldsOf(ecdsaKey());
      const hosts = read(
        `host ${fieldsOf(rsaKey())}`,
        `host ${LINE}`,
        `h* ${OTHER_LINE}`,
        `@cert-authority host ${ecdsa}`,
        `@revoked host ${ecdsa}`,
        `host ${ecdsa}`,
        `[port]:2222 ${LINE}`,
        `port ${ecdsa}`,
      );
      assert.deepEqual(hosts.typesOf("host", 22), ["ssh-rsa", "ssh-ed25519"]);
      assert.deepEqual(hosts.typesOf("host", 2222), ["ssh-rsa", "ssh-ed25519"]);
      assert.deepEqual(hosts.typesOf("port", 2222), ["ssh-ed25519"]);
      assert.deepEqual(hosts.typesOf("nowhere", 22), []);
    });

    it("have the fingerprints that ssh-keygen prints", () => {
      // echo "ssh-ed25519 AAAA…" | ssh-keygen -lf -
      const base64 = "AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f";
      assert.equal(
        fingerprintOf(Buffer.from(base64, "base64")),
        "SHA256:ZkAslGjFiUHdGf/WUL8rQvkib4PTvQatUV0OUQSncCA",
      );
    });
  });

  describe("lines", () => {
    const [type = "", base64 = ""] = LINE.split(" ");
    const good: readonly [what: string, line: string][] = [
      ["a comment behind", `host ${LINE} user@host # and more`],
      ["spaces and tabs", ` \thost\t ${type} \t${base64}\t`],
      ["the line end of Windows", `host ${LINE}\r`],
    ];
    for (const [what, line] of good) {
      it(`are read with ${what}`, () => {
        assert.equal(read("", line, "").judge("host", 22, KEY).is, "known");
        assert.equal(read(line).judge("host", 22, KEY).is, "known");
      });
    }

    const malformed: readonly [what: string, line: string][] = [
      ["a comment", `#host ${LINE}`],
      ["an indented comment", `  # host ${LINE}`],
      ["an unknown marker", `@trusted host ${LINE}`],
      ["two markers", `@revoked @revoked host ${LINE}`],
      ["a marker alone", "@revoked"],
      ["no key", `host ${type}`],
      ["no type", `host ${base64}`],
      ["another type", `host ssh-rsa ${base64}`],
      ["another case of the type", `host SSH-ED25519 ${base64}`],
      ["base64 with other characters", `host ${type} ${base64.replace("A", "-")}`],
      ["base64 with something behind", `host ${LINE}=`],
      ["base64 that is cut", `host ${LINE.slice(0, -4)}`],
      ["base64 of the type alone", `host ${type} ${KEY.subarray(0, 15).toString("base64")}`],
      ["the legacy form", "host 1024 35 1234567890"],
    ];
    for (const [what, line] of malformed) {
      it(`are skipped with ${what}`, () => {
        const hosts = read(line, `other ${LINE}`);
        assert.equal(hosts.judge("host", 22, STRANGER).is, "unknown");
        assert.equal(hosts.judge("host", 22, KEY).is, "unknown");
        assert.equal(hosts.judge("other", 22, KEY).is, "known");
      });
    }
  });

  describe("files that cannot be read", () => {
    it("are named", () => {
      mkdirSync(file("a folder"));
      assert.throws(() => KnownHosts.read([file("a folder")]), /a folder: EISDIR/);
    });

    it("are not taken for empty ones", () => {
      writeFileSync(file("secret"), LINE, { mode: 0 });
      chmodSync(folder, 0o711);
      // Root may read it all the same; nobody may not.
      const isRoot = process.geteuid?.() === 0;
      if (isRoot) process.seteuid?.("nobody");
      try {
        assert.throws(() => KnownHosts.read([file("secret")]), /secret: EACCES/);
      } finally {
        if (isRoot) process.seteuid?.(0);
      }
    });
  });
});
