/** Which keys a login tries, and in which order: by a real agent, and as the real ssh does it. */
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Session } from "../../provider/host/session";
import type { GivenCredentials, HopDefaults } from "../../provider/ssh-hop";
import { sshTransport } from "../../provider/transport/ssh";
import { SshAgent } from "../support/ssh-agent";
import { makeKey, Sshd } from "../support/sshd";
import { skipUnlessRoot } from "../support/test-namespace";

interface Login {
  readonly given?: GivenCredentials;
  readonly past?: GivenCredentials;
  readonly otherwise?: HopDefaults;
  /** Lines of ssh_config. */
  readonly config?: readonly string[];
}

describe("the keys of a login", function () {
  this.timeout(60_000);
  let folder: string;
  let agent: SshAgent;
  let patient: Sshd;
  let usual: Sshd;
  /** Ten keys; the last one may log in. */
  let keys: string[];
  let right: string;

  before(async function () {
    skipUnlessRoot(this);
    folder = mkdtempSync(join(tmpdir(), "pmv-keys-"));
    keys = Array.from({ length: 10 }, (_, n) => makeKey(join(folder, `key${n}`), "ed25519"));
    right = keys[9] ?? "";
    agent = await SshAgent.start(folder);
    const server = { hostKeyTypes: ["ed25519"], userKey: right } as const;
    patient = await Sshd.start({ ...server, config: ["MaxAuthTries 30"] });
    usual = await Sshd.start(server);
  });
  beforeEach(() => agent.forgetAll());
  after(() => {
    agent?.stop();
    patient?.stop();
    usual?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const configFile = (sshd: Sshd, lines: readonly string[]): string => {
    const path = join(folder, "config");
    const known = `UserKnownHostsFile ${sshd.knownHosts}`;
    const all = [...lines, `HostName ${sshd.address}`, `Port ${sshd.port}`, "User root", known];
    writeFileSync(path, all.map((line) => `${line}\n`).join(""));
    return path;
  };
  /** Undefined, or why not. */
  async function login(
    sshd: Sshd,
    { given, past, otherwise, config = [] }: Login,
  ): Promise<string | undefined> {
    const files = { files: [configFile(sshd, config)], home: folder };
    const options = { host: "hv1", dialErrorLimit: 0, ...given, past, otherwise, files };
    try {
      await (await Session.start(sshTransport(options))).close();
      return undefined;
    } catch (error) {
      return (error as Error).message;
    }
  }
  const name = (key: string): string =>
    execFileSync("ssh-keygen", ["-lf", `${key}.pub`], { encoding: "utf8" }).split(" ")[1] ?? "";
  const byName = (): Map<string, number> => new Map(keys.map((key, n) => [name(key), n]));
  /** The keys that a server was shown meanwhile, by their numbers. */
  async function shown(sshd: Sshd, work: () => unknown): Promise<(number | undefined)[]> {
    const before = sshd.log().length;
    await work();
    const lines = sshd
      .log()
      .slice(before)
      .matchAll(/(?:Failed|Accepted) publickey .* (SHA256:\S+)/g);
    const numbers = byName();
    return [...lines].map(([, fingerprint = ""]) => numbers.get(fingerprint));
  }
  const usualEnvironment = process.env["SSH_AUTH_SOCK"];
  beforeEach(() => (process.env["SSH_AUTH_SOCK"] = agent.socket));
  afterEach(() => {
    if (usualEnvironment === undefined) delete process.env["SSH_AUTH_SOCK"];
    else process.env["SSH_AUTH_SOCK"] = usualEnvironment;
  });

  for (const only of ["yes", "no"])
    it(`are those of ssh itself, in its order, with IdentitiesOnly ${only}`, async () => {
      const [a, b, c, d, e] = keys as [string, string, string, string, string];
      agent.add(a, b, c, d);
      // d is known by its public half alone; e is in no agent.
      const half = join(folder, "half");
      writeFileSync(`${half}.pub`, readFileSync(`${d}.pub`));
      const config = [b, half, e].map((file) => `IdentityFile ${file}`);
      config.push(`IdentitiesOnly ${only}`);
      const ours = await shown(patient, () => login(patient, { config }));
      const path = configFile(patient, config);
      const theirs = await shown(patient, () =>
        spawnSync("ssh", ["-F", path, "-o", "BatchMode=yes", "hv1", "true"]),
      );
      assert.deepEqual(ours, theirs);
      assert.deepEqual(ours, only === "yes" ? [1, 3, 4] : [1, 3, 0, 2, 4]);
    });

  it("in an agent that are configured come before its others, which a server would not wait for", async () => {
    agent.add(...keys);
    const config = [`IdentityFile ${right}.pub`];
    assert.deepEqual(await shown(usual, () => login(usual, { config })), [9]);
  });

  it("are not all tried where the server hangs up, and those are named that were not", async () => {
    agent.add(...keys);
    const said = (await login(usual, {})) ?? "it was let in";
    assert.match(said, /does not let root in/);
    assert.match(said, /it hung up after 6; not tried: /);
    for (const key of keys) assert.ok(said.includes(`the ssh agent's key ${name(key)}`));
    assert.match(said, /IdentityFile in ssh_config/);
  });

  it("are told of where the server hangs up on the first one", async () => {
    const impatient = await Sshd.start({
      hostKeyTypes: ["ed25519"],
      userKey: right,
      config: ["MaxAuthTries 1"],
    });
    try {
      const given = { privateKeyPath: keys[0] ?? "" };
      const said = (await login(impatient, { given })) ?? "it was let in";
      assert.match(said, /does not let root in \(tried: key \S+key0; it hung up after 1\)/);
      assert.equal(await login(impatient, { given: { privateKeyPath: right } }), undefined);
    } finally {
      impatient.stop();
    }
  });

  it("that the stack names come last, and early enough", async () => {
    agent.add(...keys.slice(0, 9));
    const otherwise = { privateKeyPath: right };
    const tried = await shown(usual, () => login(usual, { otherwise }));
    assert.deepEqual(tried, [0, 1, 2, 3, 4, 9]);
  });

  it("that a program names are tried alone", async () => {
    agent.add(right);
    const [wrong = ""] = keys;
    const config = [`IdentityFile ${right}`];
    const given = { privateKeyPath: wrong };
    const tried = await shown(usual, () =>
      login(usual, { given, config, otherwise: { privateKeyPath: right } }),
    );
    assert.deepEqual(tried, [0]);
  });

  it("that an older program named are tried, and then ssh's own", async () => {
    const [old = "", other = ""] = keys;
    agent.add(other, right);
    const past = { privateKey: readFileSync(old, "utf8") };
    assert.deepEqual(await shown(usual, () => login(usual, { past })), [0, 1, 9]);
    agent.forgetAll();
    const config = [`IdentityFile ${right}`];
    assert.deepEqual(await shown(usual, () => login(usual, { past, config })), [0, 9]);
    // And the environment's before it.
    const given = { privateKeyPath: other };
    assert.deepEqual(await shown(usual, () => login(usual, { given, past, config })), [1, 0, 9]);
  });

  it("are tried once, however many name them", async () => {
    const [one = "", two = ""] = keys;
    agent.add(two, one);
    const past = { privateKey: readFileSync(one, "utf8"), privateKeyPath: two };
    const config = [`IdentityFile ${one}`, `IdentityFile ${two}`, `IdentityFile ${right}`];
    const otherwise = { privateKeyPath: one };
    const tried = await shown(usual, () => login(usual, { past, config, otherwise }));
    assert.deepEqual(tried, [0, 1, 9]);
  });

  it("may be open in the agent where their file asks for a passphrase", async () => {
    const locked = join(folder, "locked");
    writeFileSync(locked, readFileSync(right), { mode: 0o600 });
    writeFileSync(`${locked}.pub`, readFileSync(`${right}.pub`));
    agent.add(right);
    execFileSync("ssh-keygen", ["-q", "-p", "-P", "", "-N", "canary", "-f", locked]);
    rmSync(`${locked}.pub`);
    const given = { privateKeyPath: locked };
    assert.equal(await login(usual, { given }), undefined);
    agent.forgetAll();
    assert.match((await login(usual, { given })) ?? "", /encrypted, and there is no connection\./);
  });

  it("are found without an agent that does not answer, and that is named when they are not", async () => {
    process.env["SSH_AUTH_SOCK"] = join(folder, "nobody");
    assert.equal(await login(usual, { config: [`IdentityFile ${right}`] }), undefined);
    const [wrong = ""] = keys;
    const said = await login(usual, { config: [`IdentityFile ${wrong}`] });
    assert.match(said ?? "", /the ssh agent .*nobody: it does not answer/);
  });
});
