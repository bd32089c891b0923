/** The system's own ssh to a real sshd. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startAgent } from "../../provider/agent/start";
import { opensshTransport, type OpensshOptions } from "../../provider/transport/openssh";
import { eventually } from "../support/processes";
import { PYTHON } from "../support/python";
import { makeKey, Sshd } from "../support/sshd";
import { skipUnlessRoot } from "../support/test-namespace";
import { isCompliant } from "./compliance";

describe("openssh", () => {
  let sshd: Sshd;

  before(async function () {
    skipUnlessRoot(this);
    sshd = await Sshd.start();
  });
  after(() => sshd?.stop());

  const to = (more: Partial<OpensshOptions> = {}): OpensshOptions => ({
    host: sshd.address,
    port: sshd.port,
    user: "root",
    python: PYTHON,
    identityFile: sshd.userKey,
    knownHosts: [sshd.knownHosts],
    configFile: "none",
    ...more,
  });

  isCompliant("openssh", () => opensshTransport(to()), { reachesStopped: false });

  const fails = (more: Partial<OpensshOptions>, message: RegExp, deadlineSeconds = 20) =>
    assert.rejects(startAgent(opensshTransport(to(more)), { deadlineSeconds }), message);

  describe("a failing ssh", () => {
    it("is quoted, with what to do, where the host key is unknown", () =>
      fails(
        { knownHosts: ["/nowhere"] },
        /on 127.0.0.1:\d+: ssh said "Host key verification failed"\. .* not in known_hosts\. Run "ssh/,
      ));

    it("says that a host key has changed", async () => {
      const other = join(sshd.folder, "changed");
      const server = await Sshd.start({ hostKeyTypes: ["ed25519"] });
      const [key = ""] = server.hostKeys;
      server.stop();
      writeFileSync(other, `[${sshd.address}]:${sshd.port} ${key}\n`);
      await fails({ knownHosts: [other] }, /not the one in known_hosts\. Find out why/);
    });

    it("says that nobody is asked for a password", () =>
      fails(
        { identityFile: makeKey(join(sshd.folder, "stranger"), "ed25519") },
        /Permission denied \(.*\)".*use a key/,
      ));

    it("says that nobody listens", () =>
      fails({ port: 9 }, /Connection refused".*whether it is up/));

    it("says that a name is unknown", () =>
      fails(
        { host: "nobody.invalid" },
        /Could not resolve hostname nobody\.invalid.*Check the name/,
      ));

    it("is not given options by a host's name", () =>
      fails({ host: "-oProxyCommand=touch /tmp/pmv-canary" }, /ssh said/));
  });

  it("says which interpreters were looked for there", () =>
    fails({ python: "python9" }, /No Python interpreter was found; looked for python9\. Install/));

  it("says that the login shell takes no commands", async () => {
    const server = await Sshd.start({
      hostKeyTypes: ["ed25519"],
      config: ["ForceCommand /usr/sbin/nologin"],
    });
    try {
      await fails(
        { port: server.port, knownHosts: [server.knownHosts], identityFile: server.userKey },
        /status 1, saying: This account is currently not available.*login shell/,
      );
    } finally {
      server.stop();
    }
  });

  it("takes names of files and hosts from its user's ssh_config", async () => {
    const configFile = join(sshd.folder, "config");
    writeFileSync(
      configFile,
      `Host hv1\n HostName ${sshd.address}\n Port ${sshd.port}\n User root\n` +
        ` IdentityFile ${sshd.userKey}\n UserKnownHostsFile ${sshd.knownHosts}\n` +
        " LocalForward 1 localhost:1\n ExitOnForwardFailure yes\n RemoteCommand false\n RequestTTY force\n",
    );
    const transport = opensshTransport({ host: "hv1", python: PYTHON, configFile });
    const { channel, hello } = await startAgent(transport);
    channel.destroy();
    assert.equal(hello.protocol, 1);
  });

  it("goes through its user's master connection, and never becomes one", async () => {
    const socket = join(sshd.folder, "master");
    const configFile = join(sshd.folder, "config-master");
    writeFileSync(configFile, `ControlMaster auto\nControlPath ${socket}\n`);
    const logins = (): number => sshd.log().split("Accepted publickey").length - 1;
    const start = async (hasMaster: boolean): Promise<void> => {
      const { channel } = await startAgent(opensshTransport(to({ configFile })));
      assert.equal(existsSync(socket), hasMaster);
      channel.destroy();
    };
    const before = logins();
    await start(false);
    assert.equal(logins(), before + 1);
    const known = `UserKnownHostsFile=${sshd.knownHosts}`;
    const port = String(sshd.port);
    const words = [
      "-F",
      configFile,
      "-N",
      "-i",
      sshd.userKey,
      "-o",
      known,
      "-p",
      port,
      sshd.address,
    ];
    const master = spawn("ssh", words, { stdio: "ignore" });
    await eventually("the master is there", () => existsSync(socket));
    await start(true);
    assert.equal(logins(), before + 2);
    assert.equal(master.exitCode, null);
    master.kill();
  });
});
