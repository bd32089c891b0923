/** Command lines of the user's own: some pass words on, some join them for a shell, or for two. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startAgent } from "../../provider/agent/start";
import { commandTransport } from "../../provider/transport/command";
import type { Sudo } from "../../provider/transport/sudo";
import { putProgram, skipWithout } from "../support/programs";
import { PYTHON } from "../support/python";
import { Sshd } from "../support/sshd";
import { skipUnlessRoot } from "../support/test-namespace";
import { isCompliant } from "./compliance";

const by = (...command: string[]) => commandTransport({ command, host: "c1", python: PYTHON });

isCompliant("nsenter", () => by("nsenter", "-t", String(process.pid), "-n"));

describe("a command launcher", () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "pmv-"))));
  afterEach(() => rmSync(folder, { recursive: true }));

  async function answers(transport: ReturnType<typeof by>): Promise<void> {
    const { channel, hello } = await startAgent(transport);
    assert.equal(hello.protocol, 1);
    await new Promise<void>((resolve) => {
      channel.onEnd(() => resolve());
      channel.close();
    });
  }
  const fails = (transport: ReturnType<typeof by>, message: RegExp, deadlineSeconds = 20) =>
    assert.rejects(startAgent(transport, { deadlineSeconds }), message);

  const shells = [["bash"], ["dash"], ["tcsh"], ["fish"], ["busybox", "ash"]] as const;
  for (const [shell, ...applet] of shells) {
    /** What sshd does with a command. */
    const login = (): string =>
      putProgram(folder, "login", `exec ${[shell, ...applet].join(" ")} -c "$*"`);

    it(`may join its words for ${[shell, ...applet].join(" ")}`, function () {
      skipWithout(shell, this);
      return answers(by(login()));
    });

    it(`may join its words for two shells, the outer one being ${shell}`, function () {
      skipWithout(shell, this);
      return answers(by(login(), putProgram(folder, "inner", 'exec sh -c "$*"'), "env", "A=1"));
    });
  }

  it("may print noise before, and read what it likes of nothing", () =>
    answers(
      by(
        putProgram(folder, "noisy", 'echo "Welcome!"; echo oops >&2; printf no-newline; exec "$@"'),
      ),
    ));

  it("may be sudo, and ssh, and both", async function () {
    this.timeout(60_000);
    skipUnlessRoot(this);
    const sshd = await Sshd.start({ hostKeyTypes: ["ed25519"] });
    try {
      const ssh = ["ssh", "-F", "none", "-i", sshd.userKey, "-p", String(sshd.port)];
      ssh.push("-o", `UserKnownHostsFile=${sshd.knownHosts}`, "-o", "BatchMode=yes", sshd.address);
      await answers(by("sudo", "-n"));
      await answers(by(...ssh));
      await answers(by(...ssh, "sudo", "-n", "nsenter", "-t", "1", "-n"));
    } finally {
      sshd.stop();
    }
  });

  it("that is not there is named", () =>
    fails(by("no-such-launcher"), /no program no-such-launcher/));

  it("that refuses is quoted", () =>
    fails(by("sh", "-c", "echo Error: c1 is not running >&2; exit 1"), /Error: c1 is not running/));

  it("without an interpreter behind it says what was looked for", () =>
    fails(
      commandTransport({ command: ["env"], host: "c1", python: "python9" }),
      /No Python interpreter was found; looked for python9/,
    ));

  it("that says nothing holds up no other for long, however many of them there are", async () => {
    const dead = Array.from({ length: 20 }, () =>
      startAgent(by("sh", "-c", "sleep 60"), { deadlineSeconds: 25 }).then(
        () => assert.fail("it was no agent"),
        () => "the dead",
      ),
    );
    const living = answers(by("env")).then(() => "the living");
    assert.equal(await Promise.race([living, ...dead]), "the living");
    await Promise.all(dead);
  }).timeout(60_000);

  describe("with sudo behind it", () => {
    const secret = "canary secret";
    const sudo = (script: string, asked: Sudo = secret) => {
      putProgram(folder, "sudo", script);
      const command = ["env", `PATH=${folder}:${process.env["PATH"]}`];
      return commandTransport({ command, host: "c1", python: PYTHON, sudo: asked });
    };

    it("gives a password to sudo, and to nobody else", () =>
      answers(
        sudo(
          `printf %s "$3" >&2; read -r p; test "$p" = "${secret}" || exit 1; shift 4; exec "$@"`,
        ),
      ));

    it("keeps the password where sudo does not ask", () => answers(sudo('shift 4; exec "$@"')));

    it("says that the password is wrong", () =>
      fails(sudo("echo sudo: 3 incorrect password attempts >&2; exit 1"), /refused the password/));

    it("repeats what sudo said when the time is over", () =>
      fails(sudo("echo Sorry, try again. >&2; sleep 9"), /within 1 seconds, saying: Sorry/, 1));

    it("says that a password is wanted", () =>
      fails(sudo("echo sudo: a password is required >&2; exit 1", true), /asks for a password/));

    it("says that sudo is missing", () =>
      fails(
        commandTransport({
          command: ["env", `PATH=${folder}`],
          host: "c1",
          python: PYTHON,
          sudo: true,
        }),
        /sudo was asked for and is not in PATH/,
      ));
  });

  describe("with the real sudo behind it", () => {
    /** A user whose password is "right", in a copy of /etc that nobody else sees. */
    const asUser = (rule: string, sudo: Sudo) => {
      const launcher = putProgram(
        folder,
        "as-user",
        `cp -a /etc ${folder}/etc && mount --bind ${folder}/etc /etc && useradd -M tester
        echo tester:right | chpasswd
        echo "tester ALL=(ALL) ${rule}" >/etc/sudoers
        exec setpriv --reuid tester --regid tester --init-groups "$@"`,
      );
      const command = ["unshare", "--mount", launcher];
      return commandTransport({ command, host: "c1", python: "/usr/bin/python3", sudo });
    };
    before(function () {
      skipUnlessRoot(this);
    });

    it("becomes root with a password", () => answers(asUser("ALL", "right")));

    it("becomes root with a password that is not needed", () =>
      answers(asUser("NOPASSWD: ALL", "not needed")));

    it("becomes root without one", () => answers(asUser("NOPASSWD: ALL", true)));

    it("does so where sudo records what comes and goes", () =>
      answers(
        asUser(`ALL\nDefaults log_input, log_output, use_pty, iolog_dir=${folder}/io`, "right"),
      ));

    it("says that one is wanted", () => fails(asUser("ALL", true), /sudo asks for a password/));

    it("does not try a wrong one twice", () =>
      fails(asUser("ALL", "wrong"), /sudo refused the password\. Look at connection\.sudo/));

    it("says that the user may not", () =>
      fails(asUser("/bin/true", "right"), /sudo does not let this user run the agent/));
  });
});
