/** What ssh's own files say of the way to a host, beside what a program says. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { startAgent } from "../../provider/agent/start";
import { Session } from "../../provider/host/session";
import type { Transport } from "../../provider/transport/transport";
import { opensshTransport } from "../../provider/transport/openssh";
import { sshTransport, type SshOptions } from "../../provider/transport/ssh";
import { PYTHON } from "../support/python";
import { makeKey, Sshd } from "../support/sshd";
import { skipUnlessRoot } from "../support/test-namespace";

describe("the way to a host", function () {
  this.timeout(60_000);
  let folder: string;
  let key: string;
  let far: Sshd;
  let middle: Sshd;
  let near: Sshd;

  before(async function () {
    skipUnlessRoot(this);
    folder = mkdtempSync(join(tmpdir(), "pmv-way-"));
    key = makeKey(join(folder, "user"), "ed25519");
    const start = (config: string[] = []) =>
      Sshd.start({ hostKeyTypes: ["ed25519"], userKey: key, config });
    [far, middle, near] = [await start(["MaxStartups 10:100:10"]), await start(), await start()];
  });
  after(() => {
    for (const sshd of [far, middle, near]) sshd?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const hostOf = (alias: string, sshd: Sshd, more: readonly string[] = []): string =>
    [
      `Host ${alias}`,
      ...more,
      `HostName ${sshd.address}`,
      `Port ${sshd.port}`,
      "User root",
      `IdentityFile ${key}`,
      `UserKnownHostsFile ${sshd.knownHosts}`,
    ].join("\n ");
  const write = (...blocks: readonly string[]): string => {
    const path = join(folder, "config");
    writeFileSync(path, `${blocks.join("\n")}\n`);
    return path;
  };
  const to = (host: string, more: Partial<SshOptions> = {}): Transport =>
    sshTransport({
      host,
      files: { files: [join(folder, "config")], home: folder },
      dialErrorLimit: 0,
      ...more,
    });
  const answers = async (transport: Transport): Promise<void> =>
    (await Session.start(transport)).close();
  const said = (transport: Transport): Promise<string> =>
    answers(transport).then(
      () => "it was let in",
      (error: unknown) => (error as Error).message,
    );
  const logins = (): number[] =>
    [near, middle, far].map((sshd) => sshd.log().split("Accepted publickey").length - 1);
  /** Logins on each of the three that the work took. */
  async function loginsOf(work: () => unknown): Promise<number[]> {
    const before = logins();
    await work();
    return logins().map((count, index) => count - (before[index] ?? 0));
  }

  it("leads through the jump hosts of a jump host, as with the real ssh", async () => {
    const config = write(
      hostOf("far", far, ["ProxyJump middle"]),
      hostOf("middle", middle, ["ProxyJump near"]),
      hostOf("near", near),
    );
    assert.deepEqual(await loginsOf(() => answers(to("far"))), [1, 1, 1]);
    const real = (): unknown => execFileSync("ssh", ["-F", config, "far", "true"]);
    assert.deepEqual(await loginsOf(real), [1, 1, 1]);
    // Also where the program names the jump host; and not where it says that there is none.
    const proxy = [{ host: "middle" }];
    assert.deepEqual(await loginsOf(() => answers(to("far", { proxy }))), [1, 1, 1]);
    assert.deepEqual(await loginsOf(() => answers(to("far", { proxy: [] }))), [0, 0, 1]);
  });

  it("passes over what the second jump host has, as with the real ssh", async () => {
    const config = write(
      hostOf("far", far, ["ProxyJump near,middle"]),
      hostOf("middle", middle, ["ProxyJump nowhere.invalid"]),
      hostOf("near", near),
    );
    assert.deepEqual(await loginsOf(() => answers(to("far"))), [1, 1, 1]);
    const real = (): unknown => execFileSync("ssh", ["-F", config, "far", "true"]);
    assert.deepEqual(await loginsOf(real), [1, 1, 1]);
  });

  it("in a circle is told, and nobody is dialled", async () => {
    write(hostOf("far", far, ["ProxyJump middle"]), hostOf("middle", middle, ["ProxyJump far"]));
    const error = await said(to("far"));
    assert.match(error, /on far: the ProxyJump of ssh_config goes in a circle: far → middle → far/);
  });

  it("is not a ProxyCommand's, unless the program says another", async () => {
    write(hostOf("far", far, ["ProxyCommand false"]), hostOf("near", near));
    assert.match(await said(to("far")), /reaches it through a ProxyCommand/);
    await answers(to("far", { proxy: [{ host: "near" }] }));
    await answers(to("far", { proxy: [] }));
  });

  it("is the stack's where the files say nothing", async () => {
    write(hostOf("near", near, ["ProxyJump none"]), "Host bare", ` HostName ${far.address}`);
    const otherwise = {
      port: far.port,
      user: "root",
      knownHosts: [far.knownHosts],
      privateKeyPath: key,
      proxy: [{ host: "near" }],
    };
    assert.deepEqual(await loginsOf(() => answers(to("bare", { otherwise }))), [1, 0, 1]);
    const wrong = { port: 9, user: "nobody", knownHosts: ["/nowhere"], proxy: [{ host: "no" }] };
    assert.deepEqual(await loginsOf(() => answers(to("near", { otherwise: wrong }))), [1, 0, 0]);
  });

  it("is the stack's for the system's ssh, too, where the files say nothing", async () => {
    const configFile = write(hostOf("near", near), "Host bare", ` HostName ${far.address}`);
    const options = { python: PYTHON, configFile };
    const { port, knownHosts } = far;
    const otherwise = { port, user: "root", knownHosts: [knownHosts], privateKeyPath: key };
    const bare = opensshTransport({ ...options, host: "bare", otherwise });
    assert.deepEqual(await loginsOf(() => answers(bare)), [0, 0, 1]);
    const wrong = { port: 9, user: "nobody", knownHosts: ["/nowhere"] };
    const known = opensshTransport({ ...options, host: "near", otherwise: wrong });
    assert.deepEqual(await loginsOf(() => answers(known)), [1, 0, 0]);
  });

  it("is heard of as often as the files want", () => {
    const configFile = write("Host near", " ServerAliveInterval 1m", " ServerAliveCountMax 9");
    const expected = { everySeconds: 60, count: 9 };
    assert.deepEqual(to("near").keepalive, expected);
    assert.deepEqual(opensshTransport({ host: "near", configFile }).keepalive, expected);
    assert.equal(to("far").keepalive, undefined);
    write("Host near", " ServerAliveInterval 60d");
    assert.deepEqual(to("near").keepalive, { everySeconds: 3600, count: 3 });
    write("Host near", " ServerAliveInterval x");
    assert.equal(to("near").keepalive, undefined);
  });

  it("is noted once where it is not quite what the files want, and told when it fails", async () => {
    const ciphers = ["Ciphers aes128-ctr", "VerifyHostKeyDNS yes"];
    write(hostOf("odd", near, ciphers), hostOf("far", far, ["ProxyJump odd"]));
    const lines: unknown[] = [];
    const { log } = console;
    console.log = (line: unknown) => void lines.push(line);
    try {
      for (const host of ["odd", "far", "odd"]) await answers(to(host));
    } finally {
      console.log = log;
    }
    assert.deepEqual(lines, [
      'pulumi-macvlan: odd: ssh_config sets Ciphers, VerifyHostKeyDNS for it, which connection.launcher: "openssh" honours and ssh2 does not.',
    ]);
    const error = await said(to("odd", { port: 9 }));
    assert.match(error, /nothing listens on that port.*ssh_config sets Ciphers, VerifyHostKeyDNS/);
  });

  it("is dialled no more when nobody waits", async () => {
    write(hostOf("far", far));
    // A port that was free a moment ago.
    const server = createServer();
    const listen = (port: number): Promise<void> =>
      new Promise((resolve) => server.listen(port, "127.0.0.1", resolve));
    await listen(0);
    const { port } = server.address() as { port: number };
    await new Promise((resolve) => server.close(resolve));
    const starting = startAgent(to("far", { port, dialErrorLimit: -1 }), { deadlineSeconds: 1 });
    await assert.rejects(starting, /did not answer within 1 seconds/);
    let dialled = 0;
    server.on("connection", (socket) => (dialled++, socket.destroy()));
    await listen(port);
    // Three times what lies between two attempts.
    await sleep(1500);
    server.close();
    assert.equal(dialled, 0);
  });

  for (const launcher of ["ssh2", "openssh"])
    it(`is taken by so many at once that no server drops one, by ${launcher}`, async () => {
      const configFile = write(hostOf("far", far));
      // Far more than the server takes, and than would pass one after the other by luck.
      const all = Array.from({ length: 24 }, () =>
        launcher === "ssh2" ? to("far") : opensshTransport({ host: "far", configFile }),
      );
      const started = await Promise.allSettled(all.map((transport) => startAgent(transport)));
      for (const each of started) if (each.status === "fulfilled") each.value.channel.destroy();
      const failed = started.filter(({ status }) => status === "rejected");
      assert.deepEqual(failed, []);
    });
});
