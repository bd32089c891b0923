import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type SshConfigOptions, type SshHost, sshHostOf } from "../../../provider/ssh/config";

describe("ssh_config", () => {
  let home: string;
  const write = (path: string, text: string): string => {
    const file = join(home, ".ssh", path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    return file;
  };
  const look = (alias: string, options: SshConfigOptions = {}): SshHost =>
    sshHostOf(alias, { files: [join(home, ".ssh/config")], home, localUser: "me", ...options });
  const read = (text: string, alias = "hv1", options: SshConfigOptions = {}): SshHost => {
    write("config", text);
    return look(alias, options);
  };
  const refuses = (text: string, message: RegExp): void =>
    assert.throws(() => read(text), { name: "Error", message });

  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), "ssh-config-"));
  });
  afterEach(() => {
    rmSync(home, { recursive: true });
  });

  it("knows nothing of its own where there is no file", () => {
    assert.deepEqual(look("HV1"), {
      hostName: "hv1",
      port: undefined,
      user: undefined,
      identityFiles: [],
      identitiesOnly: false,
      identityAgent: undefined,
      proxyJump: undefined,
      userKnownHostsFiles: undefined,
      globalKnownHostsFiles: ["/etc/ssh/ssh_known_hosts", "/etc/ssh/ssh_known_hosts2"],
      hostKeyAlias: undefined,
      strictHostKeyChecking: undefined,
      connectTimeoutSeconds: undefined,
      serverAliveIntervalSeconds: undefined,
      serverAliveCountMax: undefined,
      unsupported: [],
    });
  });

  it("takes the first value, over files too, and every IdentityFile once", () => {
    const first = write(
      "config",
      "Port 1\nHost hv*\n Port 2\n IdentityFile /a\n IdentityFile /b\n",
    );
    const second = write("other", "Port 3\nUser you\nIdentityFile /b\nIdentityFile /c\n");
    const { port, user, identityFiles } = look("hv1", { files: [first, second] });
    assert.deepEqual([port, user, identityFiles], [1, "you", ["/a", "/b", "/c"]]);
  });

  it("reads lines as OpenSSH does", () => {
    for (const [line, user] of [
      ["user=x", "x"],
      ['  "USER" = x  # me', "x"],
      ['User "a b"', "a b"],
      ["User a\\ b", "a b"],
      ["User 'a\"b'", 'a"b'],
      ["User DOMAIN\\me", "DOMAIN\\me"],
      ["User DOMAIN\\\\me", "DOMAIN\\me"],
      ["User a#b\r", "a#b"],
      ["#User x\nUser y", "y"],
    ] as const) {
      assert.equal(read(line).user, user, line);
    }
  });

  it("matches Host by pattern, in the case as written, less the negated", () => {
    const portOf = (patterns: string, alias: string): number | undefined =>
      read(`Host ${patterns}\n Port 2\nHost *\n Port 3\n`, alias).port;
    assert.equal(portOf("hv?", "hv1"), 2);
    assert.equal(portOf("hv?", "hv10"), 3);
    assert.equal(portOf("web *.example.net", "hv1.example.net"), 2);
    assert.equal(portOf("*.example.net", "hv1xexample.net"), 3);
    assert.equal(portOf("hv* !hv1", "hv1"), 3);
    assert.equal(portOf("!hv1 hv*", "hv2"), 2);
    assert.equal(portOf("!hv1", "hv2"), 3);
    assert.equal(portOf("HV1", "hv1"), 3);
  });

  it("judges Match", () => {
    const matches = (criteria: string, options: SshConfigOptions = {}): boolean => {
      const head = "Host hv1\n HostName Real.example.net\n";
      return read(`${head}Match ${criteria}\n Port 2\n`, "hv1", options).port === 2;
    };
    assert.ok(matches("all"));
    assert.ok(matches("host real.*"));
    assert.ok(matches("host=REAL.*,other"));
    assert.ok(!matches("host hv1"));
    assert.ok(!matches("host *,!real.*"));
    assert.ok(matches("originalhost hv1 host *.net"));
    assert.ok(matches("!originalhost web"));
    assert.ok(matches("localuser me"));
    assert.ok(!matches("localuser you"));
    assert.ok(matches("user me"));
    assert.ok(matches("user root", { user: "root" }));
    assert.ok(!matches("user root"));
    assert.ok(matches("final"));
    assert.ok(matches("final host real.example.net"));
  });

  it("reads all once more for Match final, as if the real name had been asked for", () => {
    const text = "Host a\n HostName b\nHost b\n User x\n Port 2\n";
    assert.equal(read(text, "a").user, undefined);
    assert.equal(read(`${text}Match final all\n Port 3\n`, "a").user, "x");
    assert.equal(read(`Match final all\n Port 3\n${text}`, "a").port, 3);
    assert.equal(read(`${text}Match final all\n HostName c\n`, "a").hostName, "b");
  });

  it("never runs Match exec, and says so where it would have decided", () => {
    const trace = join(home, "was-run");
    const readMatch = (criteria: string): SshHost => read(`Match ${criteria}\n Port 2\n`);
    const host = readMatch(`exec "touch ${trace}"`);
    assert.deepEqual([host.port, host.unsupported], [undefined, ["Match exec"]]);
    assert.deepEqual(readMatch(`host hv1 !exec "touch ${trace}"`).unsupported, ["Match exec"]);
    assert.deepEqual(readMatch(`host web exec "touch ${trace}"`).unsupported, []);
    assert.deepEqual(readMatch("localnetwork 10.0.0.0/8").unsupported, ["Match localnetwork"]);
    assert.ok(!existsSync(trace));
  });

  it("includes files in place: relative to ~/.ssh, by wildcard, sorted, nested", () => {
    write("conf.d/20.conf", "Port 20\nUser twenty\n");
    write("conf.d/10.conf", "Port 10\nHost other\nPort 11\n");
    write("conf.d/.hidden.conf", "Port 1\n");
    write("conf.d/nested", "Include ~/.ssh/deeper\n");
    const deeper = write("deeper", "HostKeyAlias deep\n");
    assert.equal(read("Include conf.d/*.conf\nPort 3\n").port, 10);
    assert.equal(read("Include conf.d/*.conf\n").user, "twenty");
    assert.equal(read("Include conf.d/[2-3]?.conf conf.d/1*\n").port, 20);
    assert.equal(read("Include */nest*\n").hostKeyAlias, "deep");
    assert.equal(read(`Include missing ${deeper}\n`).hostKeyAlias, "deep");
    assert.equal(read("Host web\nInclude deeper\n").hostKeyAlias, undefined);
    // A Host in an included file ends with it.
    assert.equal(read("Include conf.d/10.conf\nUser x\n").user, "x");
    assert.equal(read("Include conf.d\nPort 4\n").port, 4);
  });

  it("refuses Includes that never end", () => {
    refuses("Include config\n", /config:1: Include is nested more than 16 deep/);
  });

  it("expands tokens, variables and ~", () => {
    process.env["SSH_CONFIG_TEST"] = "value";
    const text = [
      "HostName %h.example.net",
      "Port 2222",
      "User you",
      "HostKeyAlias Alias",
      'IdentityFile "~/%n-%h-%p-%r-%u-%k-%l%%"',
      "IdentityFile %d/${SSH_CONFIG_TEST}",
      "UserKnownHostsFile ~/known %d/%h",
    ].join("\n");
    const host = read(text);
    const name = `hv1-hv1.example.net-2222-you-me-alias-${hostname()}%`;
    assert.deepEqual(host.identityFiles, [join(home, name), join(home, "value")]);
    assert.deepEqual(host.userKnownHostsFiles, [`${home}/known`, `${home}/hv1.example.net`]);
    delete process.env["SSH_CONFIG_TEST"];
    assert.throws(() => look("hv1"), /config:6: IdentityFile needs \$\{SSH_CONFIG_TEST\}/);
    refuses("IdentityFile %Z", /config:1: IdentityFile has an unknown token, %Z/);
    refuses("HostName %p", /HostName has an unknown token/);
    refuses("IdentityFile ~root/key", /the home of another user/);
  });

  it("tells which agent", () => {
    const agent = (value: string): string | undefined =>
      read(`IdentityAgent ${value}`).identityAgent;
    process.env["SSH_CONFIG_TEST"] = "/socket";
    const before = process.env["SSH_AUTH_SOCK"];
    process.env["SSH_AUTH_SOCK"] = "/usual";
    assert.equal(agent("~/%u.sock"), join(home, "me.sock"));
    assert.equal(agent("none"), "none");
    assert.equal(agent("SSH_AUTH_SOCK"), "/usual");
    assert.equal(agent("$SSH_CONFIG_TEST"), "/socket");
    assert.equal(agent("${SSH_CONFIG_TEST}"), "/socket");
    delete process.env["SSH_CONFIG_TEST"];
    assert.equal(agent("$SSH_CONFIG_TEST"), "none");
    if (before === undefined) delete process.env["SSH_AUTH_SOCK"];
    else process.env["SSH_AUTH_SOCK"] = before;
  });

  it("tells the jump hosts in order", () => {
    const jumps = (value: string): readonly string[] | undefined =>
      read(`ProxyJump ${value}`).proxyJump;
    assert.deepEqual(jumps("a,me@b:2222 # by night"), ["a", "me@b:2222"]);
    assert.deepEqual(jumps("ssh://me%2fx;fingerprint=1@[::1]:22/"), ["me/x@[::1]:22"]);
    assert.deepEqual(jumps("%r@gate.%h"), ["me@gate.hv1"]);
    assert.deepEqual(jumps("none"), []);
    for (const bad of ["a,,b", "a:0", "a:65536", "a:x", "::1", "@a"]) {
      refuses(`ProxyJump ${bad}`, /config:1: ProxyJump has ".*", and not "user@host:port"/);
    }
  });

  it("lets the first of ProxyJump and ProxyCommand decide", () => {
    const both = (text: string) => {
      const { proxyJump, unsupported } = read(text);
      return [proxyJump, unsupported];
    };
    assert.deepEqual(both("ProxyJump a\nProxyCommand nc %h"), [["a"], []]);
    assert.deepEqual(both("ProxyCommand nc %h\nProxyJump a"), [[], ["ProxyCommand"]]);
    assert.deepEqual(both("ProxyCommand none\nProxyJump a"), [[], []]);
  });

  it("takes times, numbers and words as OpenSSH does", () => {
    const text = "ConnectTimeout none\nConnectTimeout 1m30s\nServerAliveInterval 0\n";
    const host = read(`${text}ServerAliveCountMax 5\nStrictHostKeyChecking OFF\n`);
    assert.equal(host.connectTimeoutSeconds, 90);
    assert.equal(host.serverAliveIntervalSeconds, 0);
    assert.equal(host.serverAliveCountMax, 5);
    assert.equal(host.strictHostKeyChecking, "no");
    assert.equal(read("ConnectTimeout 1W2D").connectTimeoutSeconds, 777_600);
    assert.equal(read("ConnectTimeout 0\nConnectTimeout 5").connectTimeoutSeconds, undefined);
    assert.deepEqual(read("UserKnownHostsFile none").userKnownHostsFiles, []);
    assert.deepEqual(read("GlobalKnownHostsFile /a '/b c'").globalKnownHostsFiles, ["/a", "/b c"]);
  });

  it("gives an address its usual form", () => {
    assert.equal(read("HostName 2001:DB8::0001").hostName, "2001:db8::1");
    assert.equal(read("HostName Web.Example.NET").hostName, "web.example.net");
  });

  it("shows a block that does not apply in nothing but Match final", () => {
    write("inner", "Host *\nPort 2\nMatch final exec true\nMatch exec true\n");
    const { port, user, unsupported } = read("Host web\nInclude inner\nMatch canonical\nUser x\n");
    assert.deepEqual([port, user, unsupported], [undefined, "x", []]);
  });

  it("names file, line and keyword of what it cannot read", () => {
    refuses("\nPort\n", /config:2: Port has no argument/);
    refuses("Port 22 23", /config:1: Port has more than one argument/);
    refuses("Port 0", /config:1: Port is "0", and not a number from 1 to 65535/);
    refuses("port ssh2", /config:1: port is "ssh2"/);
    refuses('User "x', /config:1: User has a quote without its end/);
    refuses("ConnectTimeout 5x", /ConnectTimeout is "5x", and not a time as "90"/);
    refuses("ConnectTimeout 99999w", /ConnectTimeout is "99999w"/);
    refuses("StrictHostKeyChecking perhaps", /"perhaps", and not one of yes, accept-new, no, ask/);
    refuses("UserKnownHostsFile a none", /UserKnownHostsFile has "none" together with others/);
    refuses("Match host", /config:1: Match has nothing behind "host"/);
    refuses("Match # all", /config:1: Match has no criterion/);
    const file = write("conf.d/a", "Port x\n");
    refuses("Include conf.d/*\n", new RegExp(`${file}:1: Port`));
  });

  it("lists what is not honoured and matters, unless it is set to nothing", () => {
    const listed = (text: string): readonly string[] => read(text).unsupported;
    assert.deepEqual(
      listed("RevokedHostKeys /r\nciphers aes128-ctr\nPubkeyAcceptedKeyTypes +ssh-rsa\n"),
      ["Ciphers", "RevokedHostKeys", "PubkeyAcceptedAlgorithms"],
    );
    assert.deepEqual(listed("KnownHostsCommand none\nKnownHostsCommand /bin/x\n"), []);
    assert.deepEqual(listed("CanonicalizeHostname yes\n"), ["CanonicalizeHostname"]);
    assert.deepEqual(listed("ControlMaster auto\nRemoteCommand tmux\nSendEnv LANG\nNew 1\n"), []);
    assert.deepEqual(listed("Include ~/.ssh/%h\n"), ["Include"]);
  });
});
