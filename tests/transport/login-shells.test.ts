/** What the login shell of a real account does to the way in: its language, its noise, its refusals. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { HostWithAccounts } from "../support/host-with-accounts";
import { putProgram, skipWithout } from "../support/programs";
import { answers, refusal, WAYS, type WaysOptions } from "../support/ssh-to";
import { skipUnlessRoot } from "../support/test-namespace";

/** Each shell's own file that it reads even for one command, and a line in it that prints so many bytes. */
const SHELLS = {
  bash: [".bashrc", (bytes: number) => `head -c ${bytes} /dev/zero | tr '\\0' x`],
  tcsh: [".cshrc", (bytes: number) => `head -c ${bytes} /dev/zero | tr '\\0' x`],
  fish: [".config/fish/config.fish", (bytes: number) => `head -c ${bytes} /dev/zero | tr '\\0' x`],
} as const;
const CAP = 64 * 1024;
const PYTHON = "/usr/bin/python3";

describe("a login shell", function () {
  let host: HostWithAccounts;

  before(async function () {
    this.timeout(60_000);
    skipUnlessRoot(this);
    host = await HostWithAccounts.start();
    const { etc, folder } = host;
    const path = (shell: string): string => `/usr/bin/${shell}`;
    for (const [shell, [file, print]] of Object.entries(SHELLS)) {
      etc.add(shell, { shell: path(shell) });
      etc.add(`${shell}-noisy`, {
        shell: path(shell),
        files: { [file]: `echo Welcome!\necho oops >/dev/stderr\n${print(CAP - 1000)}\n` },
      });
      etc.add(`${shell}-flood`, { shell: path(shell), files: { [file]: `${print(CAP + 1)}\n` } });
    }
    etc.add("endless", { shell: path("bash"), files: { ".bashrc": "yes\n" } });
    etc.add("dash", { shell: "/bin/dash" });
    etc.add("ash", { shell: putProgram(folder, "ash", 'exec busybox ash "$@"') });
    etc.add("nologin", { shell: "/usr/sbin/nologin" });
    etc.add("false", { shell: "/bin/false" });
    etc.add("menu", { shell: putProgram(folder, "menu", 'echo "1) reboot 2) help"; read choice') });
    etc.add("bare", { shell: putProgram(folder, "bare", 'PATH=/nowhere exec /bin/sh "$@"') });
    etc.add("old", { shell: "/bin/sh" });
  });
  after(() => host?.stop());

  for (const { way, to } of WAYS) {
    const by = (user: string, more: WaysOptions = {}) =>
      to(host.sshd, { user, python: PYTHON, ...more });

    describe(`by ${way}`, () => {
      for (const shell of [...Object.keys(SHELLS), "dash", "ash"])
        it(`may be ${shell}`, async function () {
          skipWithout(shell === "ash" ? "busybox" : shell, this);
          assert.notEqual(await answers(by(shell)), 0);
        });

      for (const shell of Object.keys(SHELLS)) {
        it(`may print almost 64 KiB first, by ${shell}`, async function () {
          skipWithout(shell, this);
          await answers(by(`${shell}-noisy`));
        });

        it(`that prints more is given up, by ${shell}`, async function () {
          skipWithout(shell, this);
          const said = await refusal(by(`${shell}-flood`));
          assert.match(said, /printed more than 64 KiB.*Look for what its shell profile/);
        });
      }

      it("that prints without end is given up", async () => {
        assert.match(await refusal(by("endless")), /printed more than 64 KiB/);
      });

      it("that lets nobody in is told so, with what to do", async () => {
        assert.match(
          await refusal(by("nologin")),
          /status 1, saying: This account is currently not available\. Connect as a user whose login shell/,
        );
        assert.match(await refusal(by("false")), /exited with status 1/);
      });

      it("that is none, and waits for an answer, is given up in time", async () => {
        assert.match(await refusal(by("menu"), 1), /did not answer within 1 seconds/);
      });

      it("without an interpreter in its PATH says what was looked for", async () => {
        assert.match(
          await refusal(by("bare", { python: "python3" })),
          /No Python interpreter was found; looked for python3\. Install Python 3\.6/,
        );
      });

      it("whose interpreter is too old says which it has", async () => {
        const python = putProgram(
          host.folder,
          "python-old",
          `shift 4; exec ${PYTHON} -c 'import sys; sys.version_info = (3, 5); sys.version = "3.5.3 (default)"; exec(sys.argv[1])' "$1"`,
        );
        assert.equal(python, join(host.folder, "python-old"));
        assert.match(await refusal(by("old", { python })), /Its Python is 3\.5\.3, too old/);
      });
    });
  }
});
