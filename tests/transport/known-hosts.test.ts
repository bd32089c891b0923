/** Our answers against those of OpenSSH's own `ssh-keygen -F`, over files of any kind. */
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { fingerprintOf, KnownHosts } from "../../provider/ssh/known-hosts";
import { ecdsaKey, ed25519Key, fieldsOf, rsaKey } from "../support/key-blobs";

const KEYS = [ed25519Key("one"), ed25519Key("two"), rsaKey(), ecdsaKey()];
const STRANGER = ed25519Key("in no file");
const HOSTS = ["a", "ab", "a.b", "b.a.b", "10.0.0.1", "::1", "bü"];
const PORTS = [22, 2222];

const host = fc.constantFrom(...HOSTS);
const port = fc.constantFrom(...PORTS);
const name = fc.tuple(host, port).map(([host, port]) => nameOf(host, port));
const glob = fc.string({ unit: fc.constantFrom(..."aAbB.?*[]:2"), minLength: 1, maxLength: 8 });
const pattern = fc
  .tuple(fc.constantFrom("", "", "!"), fc.oneof(name, glob), fc.boolean())
  .map(([veto, name, loud]) => veto + (loud ? name.toUpperCase().replace("Ü", "ü") : name));
const names = fc.array(pattern, { minLength: 1, maxLength: 3 }).map((some) => some.join(","));
const key = fc.constantFrom(...KEYS).map(fieldsOf);
const space = fc.constantFrom(" ", "  ", "\t", " \t");
const comment = fc.constantFrom("", " user@host", "\t# more", " ", "\r");

const line = fc
  .record({ indent: fc.constantFrom("", "", " "), names, space, key, comment })
  .map(({ indent, names, space, key, comment }) =>
    [indent, names, space, key.replace(" ", space), comment].join(""),
  );
const marked = fc
  .tuple(fc.constantFrom("@revoked ", "@cert-authority ", "@other ", "@revoked @revoked "), line)
  .map(([marker, line]) => marker + line.trimStart());
const damaged = fc.oneof(
  fc.constantFrom("", "#", "# a ssh-ed25519 AAAA", "a", "@revoked", "|1| ssh-rsa AAAA"),
  fc.tuple(line, fc.nat(120)).map(([line, length]) => line.slice(0, length)),
  fc.tuple(names, key).map(([names, key]) => `${names} ${key.replace(/^\S+/, "ssh-dss")}`),
  fc.tuple(names, key).map(([names, key]) => `${names} ${key}=`),
);
const lines = fc.array(
  fc.oneof({ weight: 4, arbitrary: line }, { weight: 2, arbitrary: marked }, damaged),
  { maxLength: 8 },
);

interface Found {
  readonly line: number;
  readonly marker: string;
  readonly fingerprint: string;
}

function nameOf(host: string, port: number): string {
  return port === 22 ? host : `[${host}]:${port}`;
}

describe("known hosts, as ssh-keygen sees them", function () {
  this.timeout(120_000);
  let folder: string;
  let path: string;

  before(function () {
    if (spawnSync("ssh-keygen", ["-?"]).error === undefined) return;
    console.log("      skipped: there is no ssh-keygen here to compare with");
    this.skip();
  });
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "known-hosts-"));
    path = join(folder, "known_hosts");
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** With -l it parses keys as ssh does, and says nothing of lines that it cannot parse. */
  function find(name: string): Found[] {
    const { stdout } = spawnSync("ssh-keygen", ["-l", "-F", name, "-f", path], {
      encoding: "utf8",
    });
    const found = stdout.matchAll(/^# Host .* found: line (\d+) ?(\w*)\n.*?(SHA256:\S+)/gm);
    return [...found].map(([, line, marker = "", fingerprint = ""]) => ({
      line: Number(line),
      marker,
      fingerprint,
    }));
  }

  function expected(host: string, port: number, key: Buffer): unknown {
    const [own, bare] = [find(nameOf(host, port)), find(host)];
    const fingerprint = fingerprintOf(key);
    const has = (found: Found[], marker: string): boolean =>
      found.some((each) => each.marker === marker && each.fingerprint === fingerprint);
    if (has([...own, ...bare], "REVOKED")) return "revoked";
    const known = own.filter(({ marker }) => marker === "");
    if (has(known, "")) return "known";
    if (known.length > 0) return known.map(({ line, fingerprint }) => ({ line, fingerprint }));
    return has(bare, "") ? "known" : "unknown";
  }

  function judged(host: string, port: number, key: Buffer): unknown {
    const verdict = KnownHosts.read([path]).judge(host, port, key);
    if (verdict.is !== "changed") return verdict.is;
    return verdict.known.map(({ line, fingerprint }) => ({ line, fingerprint }));
  }

  it("are the same lines, of the same keys", () => {
    const shown = fc.constantFrom(...KEYS, STRANGER);
    fc.assert(
      fc.property(lines, fc.boolean(), host, port, shown, (lines, ended, host, port, key) => {
        writeFileSync(path, lines.join("\n") + (ended ? "\n" : ""));
        assert.deepEqual(judged(host, port, key), expected(host, port, key));
      }),
      { numRuns: 60 },
    );
  });

  it("are the same when it has hashed their names", () => {
    const plain = fc
      .tuple(fc.uniqueArray(name, { minLength: 1, maxLength: 3 }), key, fc.boolean())
      .map(([names, key, wild]) => `${wild ? "*b," : ""}${names.join(",")} ${key}`);
    const answers = (): unknown[] => {
      const hosts = KnownHosts.read([path]);
      return HOSTS.flatMap((host) =>
        PORTS.flatMap((port) => [
          hosts.typesOf(host, port),
          ...KEYS.map((key) => hosts.judge(host, port, key).is),
        ]),
      );
    };
    fc.assert(
      fc.property(fc.array(plain, { minLength: 1, maxLength: 6 }), (lines) => {
        writeFileSync(path, `${lines.join("\n")}\n`);
        const before = answers();
        execFileSync("ssh-keygen", ["-H", "-f", path], { stdio: "ignore" });
        assert.deepEqual(answers(), before);
      }),
      { numRuns: 20 },
    );
  });

  it("have the same fingerprints", () => {
    for (const key of KEYS) {
      writeFileSync(path, fieldsOf(key));
      const said = execFileSync("ssh-keygen", ["-l", "-f", path], { encoding: "utf8" });
      assert.equal(said.split(" ")[1], fingerprintOf(key));
    }
  });
});
