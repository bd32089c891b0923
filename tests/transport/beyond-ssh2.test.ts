/** What ssh2 has not: each error names it, and the system's ssh does it. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startAgent } from "../../provider/agent/start";
import { Session } from "../../provider/host/session";
import { opensshTransport } from "../../provider/transport/openssh";
import { sshTransport } from "../../provider/transport/ssh";
import { certify, writeHardwareKey } from "../support/key-signing";
import { PYTHON } from "../support/python";
import { SshAgent } from "../support/ssh-agent";
import { makeKey, Sshd, type SshdOptions } from "../support/sshd";
import { skipUnlessRoot } from "../support/test-namespace";

describe("what ssh2 has not", function () {
  this.timeout(60_000);
  let folder: string;
  let authority: string;
  let servers: Sshd[];

  before(function () {
    skipUnlessRoot(this);
    folder = mkdtempSync(join(tmpdir(), "pmv-ca-"));
    authority = makeKey(join(folder, "authority"), "ed25519");
  });
  beforeEach(() => (servers = []));
  afterEach(() => servers.forEach((server) => server.stop()));
  after(() => rmSync(folder, { recursive: true, force: true }));

  async function start(options: SshdOptions = {}): Promise<Sshd> {
    const server = await Sshd.start({ hostKeyTypes: ["ed25519"], ...options });
    servers.push(server);
    return server;
  }
  /** A server that has certificates of its own, beside its keys or in their place. */
  async function startCertified(algorithms: string): Promise<Sshd> {
    const key = makeKey(join(folder, `host-${Math.random()}`), "ed25519");
    const certificate = certify(authority, key, "host", "127.0.0.1");
    const lines = [`HostKey ${key}`, `HostCertificate ${certificate}`];
    return start({ config: [...lines, `HostKeyAlgorithms ${algorithms}`] });
  }
  const trusting = (): string => {
    const path = join(folder, "known-authority");
    writeFileSync(path, `@cert-authority * ${readFileSync(`${authority}.pub`, "utf8")}`);
    return path;
  };

  interface Way {
    readonly key?: string;
    readonly known?: string;
    readonly agentSocketPath?: string;
  }
  const way = (server: Sshd, { key = server.userKey, known = server.knownHosts }: Way) => ({
    host: server.address,
    port: server.port,
    user: "root",
    knownHosts: [known],
    key,
  });
  async function said(server: Sshd, more: Way = {}): Promise<string> {
    const { key, ...options } = way(server, more);
    const { agentSocketPath } = more;
    const keys = agentSocketPath === undefined ? { privateKeyPath: key } : { agentSocketPath };
    const files = { files: [], home: "/nonexistent" };
    const transport = sshTransport({ ...options, ...keys, files, dialErrorLimit: 0 });
    return Session.start(transport).then(
      (session) => session.close().then(() => "it was let in"),
      (error: unknown) => (error as Error).message,
    );
  }
  async function isReachedByOpenssh(server: Sshd, more: Way = {}): Promise<void> {
    const { key, ...options } = way(server, more);
    const given = { ...options, python: PYTHON, identityFile: key, configFile: "none" };
    const { channel, hello } = await startAgent(opensshTransport(given));
    channel.destroy();
    assert.equal(hello.protocol, 1);
  }
  const POINTER = /\. Use connection\.launcher: "openssh", which has them/;

  it("is a server's certificate that it shows alone", async () => {
    const server = await startCertified("ssh-ed25519-cert-v01@openssh.com");
    const error = await said(server, { known: trusting() });
    assert.match(
      error,
      /its host keys are only certificates \(ssh-ed25519-cert-v01@openssh\.com\)/,
    );
    assert.match(error, POINTER);
    await isReachedByOpenssh(server, { known: trusting() });
  });

  it("is an authority that is all that is known of a host", async () => {
    const server = await startCertified("ssh-ed25519-cert-v01@openssh.com,ssh-ed25519");
    const error = await said(server, { known: trusting() });
    assert.match(error, /ssh-ed25519 SHA256:\S+ is not known by itself, and known_hosts trusts/);
    assert.match(error, /known-authority:1\): ssh2 has no host certificates/);
    assert.match(error, POINTER);
    await isReachedByOpenssh(server, { known: trusting() });
  });

  it("is a key exchange for the time after quantum computers", async () => {
    const server = await start({ config: ["KexAlgorithms sntrup761x25519-sha512@openssh.com"] });
    const error = await said(server);
    assert.match(error, /only post-quantum key exchanges \(sntrup761x25519-sha512@openssh\.com\)/);
    assert.match(error, POINTER);
    await isReachedByOpenssh(server);
  });

  it("is a user's certificate", async () => {
    const server = await start({ config: [`TrustedUserCAKeys ${authority}.pub`] });
    const key = makeKey(join(folder, "certified"), "ed25519");
    const certificate = certify(authority, key, "user", "root");
    const error = await said(server, { key });
    assert.ok(error.includes(`not usable: certificate ${certificate}: ssh2 has no certificates`));
    assert.match(error, POINTER);
    await isReachedByOpenssh(server, { key });

    const agent = await SshAgent.start(folder);
    try {
      agent.add(key);
      const byAgent = await said(server, { agentSocketPath: agent.socket });
      assert.match(byAgent, /the ssh agent's key SHA256:\S+: ssh2 has no certificates/);
      assert.match(byAgent, POINTER);
    } finally {
      agent.stop();
    }
  });

  it("is a hardware key", async () => {
    const server = await start();
    const key = writeHardwareKey(join(folder, "hardware"));
    // The file is what OpenSSH takes for one.
    const shown = execFileSync("ssh-keygen", ["-lf", key], { encoding: "utf8" });
    assert.match(shown, /\(ED25519-SK\)/);
    const error = await said(server, { key });
    assert.match(error, /not usable: key .*hardware: ssh2 has no hardware \(sk-\) keys\)/);
    assert.match(error, POINTER);
  });
});
