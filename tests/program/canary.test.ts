/**
 * A canary in the place of each credential, and every way to fail that we can think of: it is on no
 * screen, in no file that Pulumi keeps, in no log and in no process that anybody can look at.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { Canaries, HOP, LOGIN, PHRASE, WRONG } from "../support/canaries";
import { useLinkProgram } from "../support/link-program";
import { putProgram } from "../support/programs";
import type { RunOptions } from "../support/pulumi-project";

const TRACE = { PULUMI_MACVLAN_TRACE: "1" };

describe("a canary in the place of a credential", function () {
  this.timeout(180_000);
  const story = useLinkProgram();
  let canaries: Canaries;
  before(async () => void (canaries = await Canaries.start()));
  after(() => canaries?.stop());

  const program = (connection: unknown, more = ""): string =>
    `new Macvlan("web", { ...host, connection: ${JSON.stringify(connection)}, ${more} });`;

  /** Beside the project lies all that Pulumi keeps of it. */
  const assertUnseen = (printed: string): void =>
    canaries.assertUnseen(printed, join(story().project.folder, ".."));

  async function fails(connection: unknown, reason: RegExp, options: RunOptions = {}) {
    const stack = story();
    stack.write(program(connection));
    const env = { ...TRACE, ...options.env };
    const printed = await stack.fail("up", { ...options, args: ["--diff"], env });
    assert.match(printed, reason);
    assertUnseen(printed);
  }

  it("does its work, and is seen nowhere", async () => {
    const stack = story();
    const run = { preview: true, args: ["--diff"], env: TRACE };
    const printed: string[] = [];
    for (const mtu of ["mtu: 1400", "mtu: 1300"]) {
      stack.write(program(canaries.whole(), mtu));
      for (const operation of ["up", "refresh"] as const) {
        const { stdout, stderr } = await stack.succeed(operation, run);
        printed.push(stdout, stderr);
      }
    }
    assert.equal(stack.link("web").mtu, 1300);
    printed.push((await stack.project.pulumi("stack", "export", "--stack", "dev")).stdout);
    printed.push((await stack.project.pulumi("stack", "--show-urns", "--stack", "dev")).stdout);
    const { stdout, stderr } = await stack.succeed("destroy", run);
    assertUnseen([...printed, stdout, stderr].join("\n"));
    assert.match(printed.join(""), /RTM_NEWLINK/);
    assert.match(canaries.jump.sshd.log(), /Accepted password for hopper/);
    assert.match(canaries.host.sshd.log(), /Accepted publickey for tester/);
  });

  it("is seen nowhere where it comes from the environment and the stack", async () => {
    const stack = story();
    const env = {
      ...TRACE,
      PULUMI_MACVLAN_PRIVATE_KEY: canaries.key,
      PULUMI_MACVLAN_PRIVATE_KEY_PASSWORD: PHRASE,
    };
    await stack.project.config("macvlan:password", LOGIN, { secret: true });
    const { stdout, stderr } = await stack.up(program(canaries.connection({ sudo: LOGIN })), {
      env,
    });
    assertUnseen(stdout + stderr);
    await stack.succeed("destroy", { env });
    const { user: _, ...anybody } = canaries.connection() as Record<string, unknown>;
    try {
      await fails(
        anybody,
        /does not let stranger in \(tried: the private key given, the password/,
        {
          env: { ...env, PULUMI_MACVLAN_USER: "stranger" },
        },
      );
      for (const [name, value, reason] of [
        ["PRIVATE_KEY", LOGIN, /_PRIVATE_KEY: It is not the whole text/],
        ["PRIVATE_KEY_PATH", canaries.key, /_PRIVATE_KEY_PATH: It is no path/],
        ["HOST_KEY_POLICY", HOP, /_HOST_KEY_POLICY: It is none of/],
        ["KEEPALIVE", HOP, /_KEEPALIVE: It is no integer/],
      ] as const)
        await fails(canaries.connection(), reason, { env: { [`PULUMI_MACVLAN_${name}`]: value } });
    } finally {
      await stack.project.pulumi("config", "rm", "macvlan:password", "--stack", "dev");
    }
  });

  it("is not shown where the login fails", async () => {
    const known = { privateKey: canaries.key, privateKeyPassword: PHRASE };
    await fails(canaries.connection({ ...known, privateKeyPassword: WRONG }), /does not open it/);
    await fails(
      canaries.connection({ password: WRONG }),
      /does not let tester in \(tried: the password/,
    );
    const hop = [{ ...canaries.to(canaries.jump, "hopper"), password: WRONG }];
    await fails({ ...canaries.whole(), proxy: hop }, /does not let hopper in/);
    await fails({ ...canaries.whole(), knownHosts: ["/nowhere"] }, /is not known/);
    await fails(
      { ...canaries.whole(), ...canaries.to(canaries.host, "nologin"), privateKey: undefined },
      /not available/,
    );
  });

  it("is not shown where sudo, or what is in its place, fails", async () => {
    const by = (user: string, more: object = {}): object =>
      canaries.connection({
        ...canaries.to(canaries.host, user),
        password: LOGIN,
        sudo: LOGIN,
        deadline: 3,
        ...more,
      });
    await fails(by("tester", { sudo: WRONG }), /sudo refused the password/);
    await fails(by("menu"), /did not answer within 3 seconds/);
    await fails(by("echo"), /did not answer within 3 seconds/);
    canaries.sudoers("tester ALL=(ALL) /bin/true");
    await fails(by("tester"), /does not let this user run the agent/);
    canaries.sudoers("tester ALL=(ALL) ALL", "Defaults requiretty");
    await fails(by("tester"), /sudo wants a terminal/);
    // Where sudo does not ask for it, it is nobody's.
    canaries.sudoers("tester ALL=(ALL) NOPASSWD: ALL");
    const cat = putProgram(canaries.host.folder, "python-cat", "cat; exit 1");
    await fails(by("tester", { python: cat }), /exited with status 1|did not answer/);
    const { stdout, stderr } = await story().up(program(by("tester")), { env: TRACE });
    await story().succeed("destroy");
    assertUnseen(stdout + stderr);
    canaries.sudoers("tester ALL=(ALL) ALL");
  });

  it("is not shown by the system's ssh", async () => {
    const { dialErrorLimit: _, ...openssh } = canaries.connection({
      launcher: "openssh",
      privateKeyPath: canaries.host.sshd.userKey,
    }) as Record<string, unknown>;
    const { stdout, stderr } = await story().up(program({ ...openssh, sudo: LOGIN }), {
      env: TRACE,
    });
    assertUnseen(stdout + stderr);
    await story().succeed("destroy");
    await fails({ ...openssh, sudo: WRONG, deadline: 5 }, /sudo refused the password/);
    await fails(
      { ...openssh, password: LOGIN, privateKey: canaries.key },
      /ssh cannot be given it/,
    );
  });

  it("is not shown where it stands in the wrong place", async () => {
    const numbers = ["port", "dialErrorLimit", "perDialTimeout", "deadline", "keepalive"];
    const texts = ["hostKey", "hostKeyFingerprint", "hostKeyPolicy", "unreachable", "launcher"];
    const secrets = ["password", "privateKey", "privateKeyPassword", "sudo"];
    const all = (fields: readonly string[], value: unknown): object =>
      Object.fromEntries(fields.map((field) => [field, value]));
    for (const wrong of [
      {
        ...all(numbers, LOGIN),
        ...all(texts, LOGIN),
        pasword: LOGIN,
        privatekey: canaries.key,
        Sudo: LOGIN,
      },
      {
        ...all(secrets, { value: LOGIN }),
        proxy: [{ host: "jump", password: { value: HOP }, pasword: HOP, port: HOP }],
      },
      {
        ...all(secrets, [LOGIN, canaries.key]),
        ...all(["privateKeyPath", "knownHosts", "agentSocketPath"], canaries.key),
        user: `a b${LOGIN}`,
        proxy: `hopper:${HOP}@jump`,
      },
      { host: `ssh://root:${LOGIN}@hv1:22/`, id: `${LOGIN}!`, python: [LOGIN] },
    ])
      await fails({ ...canaries.connection(), ...wrong }, /connection\.\w+/);
    for (const connection of [`root:${LOGIN}@hv1`, [LOGIN], { launcher: { command: LOGIN } }])
      await fails(connection, /connection/);
  });

  it("is not shown where it is a word of a launcher", async () => {
    const stack = story();
    const secret = `pulumi.secret("${LOGIN}")`;
    const launcher = (script: string): string => `
      new Macvlan("web", { ...host, connection: { id: "c1", python: "/usr/bin/python3",
        launcher: { command: ["sh", "-c", ${JSON.stringify(script)}, ${secret}] } } });`;
    // The words of a command line are for everybody to see; that is its user's choice, not ours.
    const before = canaries.processes.stop();
    // One was put there by this test itself, which shows that it would have been seen.
    const ours = before.found.filter((each) => !each.includes("pulumi config set"));
    assert.deepEqual([ours, before.found.length], [[], 1]);
    assert.ok(before.looks > 100, `${before.looks} looks`);
    for (const [script, reason] of [
      ["exit 3", /exited with status 3/],
      ["echo no such container >&2; exit 1", /no such container/],
    ] as const) {
      stack.write(launcher(script));
      const printed = await stack.fail("up", { args: ["--diff"], env: TRACE });
      assert.match(printed, reason);
      assertUnseen(printed);
    }
    const { stdout, stderr } = await stack.up(launcher('exec "$1"'), { args: ["--diff"] });
    assertUnseen(stdout + stderr);
    await stack.succeed("destroy");
  });
});
