import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { devNull, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { appendKnownHost, fingerprintOf, KnownHosts } from "../../../provider/ssh/known-hosts";
import { ed25519Key, fieldsOf } from "../../support/key-blobs";

const KEY = ed25519Key("the host's own");
const OTHER = ed25519Key("another");
const LINE = fieldsOf(KEY);
const MODULE = require.resolve("../../../provider/ssh/known-hosts");

describe("appending to known hosts", () => {
  let folder: string;
  let path: string;
  const text = (): string => readFileSync(path, "utf8");
  const mode = (what: string): number => statSync(what).mode & 0o777;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "known-hosts-"));
    path = join(folder, "known_hosts");
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("makes the folder and the file for the user alone, and leaves no lock", async () => {
    path = join(folder, ".ssh", "deeper", "known_hosts");
    await appendKnownHost(path, "Host", 22, KEY);
    assert.equal(text(), `host ${LINE}\n`);
    assert.equal(mode(path), 0o600);
    assert.equal(mode(join(folder, ".ssh")), 0o700);
    assert.equal(mode(join(folder, ".ssh", "deeper")), 0o700);
    assert.deepEqual(readdirSync(join(folder, ".ssh", "deeper")), ["known_hosts"]);
  });

  it("leaves the permissions of a file that is there", async () => {
    writeFileSync(path, "", { mode: 0o644 });
    await appendKnownHost(path, "host", 22, KEY);
    assert.equal(mode(path), 0o644);
  });

  it("writes what is then known, and for that port alone", async () => {
    for (const host of ["host", "::1", "fe80::1%eth0", "bücher"]) {
      await appendKnownHost(path, host, 2222, KEY);
      const hosts = KnownHosts.read([path]);
      assert.equal(hosts.judge(host, 2222, KEY).is, "known");
      assert.equal(hosts.judge(host, 22, KEY).is, "unknown");
    }
    assert.equal(text().split("\n")[0], `[host]:2222 ${LINE}`);
  });

  it("begins a line of its own where the last one has no end", async () => {
    writeFileSync(path, "# no end");
    await appendKnownHost(path, "host", 22, KEY);
    assert.equal(text(), `# no end\nhost ${LINE}\n`);
  });

  it("writes nothing that is there already, in whatever form", async () => {
    const before = `*.example ${LINE}\n`;
    writeFileSync(path, before);
    await appendKnownHost(path, "host.example", 22, KEY);
    await appendKnownHost(path, "host.example", 2222, KEY);
    assert.equal(text(), before);
  });

  it("refuses a key where another became known meanwhile, or this one was revoked", async () => {
    const before = `host ${LINE}\n@revoked * ${fieldsOf(OTHER)}\n`;
    writeFileSync(path, before);
    const stranger = ed25519Key("a stranger's");
    await assert.rejects(appendKnownHost(path, "host", 22, stranger), ({ message }: Error) =>
      [stranger, KEY].every((key) => message.includes(fingerprintOf(key))),
    );
    await assert.rejects(appendKnownHost(path, "new", 22, OTHER), /revoked in .*known_hosts:2/);
    assert.equal(text(), before);
    assert.deepEqual(readdirSync(folder), ["known_hosts"]);
  });

  it("refuses what a line would say otherwise", async () => {
    const hosts = [
      "",
      "a b",
      "a\nb",
      "a,b",
      "!a",
      "*",
      "a?",
      "#a",
      "@revoked",
      "|1|a",
      "[a]",
      "\0",
    ];
    for (const host of hosts) {
      await assert.rejects(appendKnownHost(path, host, 22, KEY), /cannot be spelled/, host);
    }
    await assert.rejects(appendKnownHost(path, "host", 22, KEY.subarray(0, 20)), /not a public/);
    assert.deepEqual(readdirSync(folder), []);
  });

  it("keeps nothing in /dev/null, and needs no lock there", async () => {
    await appendKnownHost(devNull, "host", 22, KEY);
    assert.throws(() => statSync(`${devNull}.lock`), /ENOENT/);
  });

  it("waits for whoever holds the lock", async () => {
    writeFileSync(`${path}.lock`, "");
    const appended = appendKnownHost(path, "host", 22, KEY);
    await sleep(100);
    assert.deepEqual(readdirSync(folder), ["known_hosts.lock"]);
    rmSync(`${path}.lock`);
    await appended;
    assert.equal(text(), `host ${LINE}\n`);
  });

  it("takes a lock over that was left by somebody who was killed", async () => {
    const aMinuteAgo = Date.now() / 1000 - 60;
    writeFileSync(`${path}.lock`, "");
    utimesSync(`${path}.lock`, aMinuteAgo, aMinuteAgo);
    await appendKnownHost(path, "host", 22, KEY);
    assert.deepEqual(readdirSync(folder), ["known_hosts"]);
  });

  it("writes each line once and whole, of many calls at a time", async () => {
    const names = Array.from({ length: 200 }, (_, index) => `host-${index % 50}`);
    await Promise.all(names.map((name) => appendKnownHost(path, name, 22, KEY)));
    assert.deepEqual(text().trimEnd().split("\n").sort(), linesOf(names));
  });

  it("writes each line once and whole, of many processes", async () => {
    const names = Array.from({ length: 300 }, (_, index) => `host-${index}`);
    const program = `
      const { appendKnownHost } = require(${JSON.stringify(MODULE)});
      const key = Buffer.from("${KEY.toString("base64")}", "base64");
      const append = async () => {
        for (const name of ${JSON.stringify(names)})
          await appendKnownHost(${JSON.stringify(path)}, name, 22, key);
      };
      process.stdin.on("end", append).resume();
      console.log("ready");`;
    const node = ["-r", "ts-node/register/transpile-only", "-e", program];
    const writers = [1, 2, 3].map(() =>
      spawn(process.execPath, node, { stdio: ["pipe", "pipe", "inherit"] }),
    );
    // They begin together: a process takes far longer to start than to write.
    await Promise.all(writers.map(({ stdout }) => once(stdout, "data")));
    const ends = writers.map((writer) => once(writer, "exit"));
    for (const { stdin } of writers) stdin.end();
    for (const end of ends) assert.deepEqual(await end, [0, null]);
    assert.deepEqual(text().trimEnd().split("\n").sort(), linesOf(names));
    assert.deepEqual(readdirSync(folder), ["known_hosts"]);
  });

  function linesOf(names: readonly string[]): string[] {
    return [...new Set(names)].map((name) => `${name} ${LINE}`).sort();
  }
});
