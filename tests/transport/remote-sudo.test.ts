/** The real sudo of a host, behind its real sshd. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { HostWithAccounts } from "../support/host-with-accounts";
import { answers, refusal, WAYS, type WaysOptions } from "../support/ssh-to";
import { skipUnlessRoot } from "../support/test-namespace";

const PASSWORD = "canary-of-sudo";

describe("sudo on a host", () => {
  let host: HostWithAccounts;

  before(async function () {
    skipUnlessRoot(this);
    host = await HostWithAccounts.start();
    host.etc.add("tester", { password: PASSWORD });
    host.etc.add("loud", { shell: "/bin/bash", files: { ".bashrc": "set -x\n" } });
  });
  after(() => host?.stop());

  for (const { way, to } of WAYS) {
    describe(`by ${way}`, () => {
      const by = (sudo: WaysOptions["sudo"], ...sudoers: readonly string[]) => {
        const log = join(host.folder, "sudo.log");
        host.etc.sudoers(`Defaults !syslog, logfile=${log}`, ...sudoers);
        return to(host.sshd, { user: "tester", python: "/usr/bin/python3", sudo });
      };
      const FREE = "tester ALL=(ALL) NOPASSWD: ALL";
      const ASKS = "tester ALL=(ALL) ALL";

      it("makes the agent root", async () => {
        assert.equal(await answers(by(true, FREE)), 0);
        assert.equal(await answers(by(PASSWORD, ASKS)), 0);
        assert.equal(await answers(by(PASSWORD, FREE)), 0);
      });

      it("asks for no password by its command line alone, which some shells print", async () => {
        by(PASSWORD, "loud ALL=(ALL) NOPASSWD: ALL");
        const loud = { user: "loud", python: "/usr/bin/python3", sudo: PASSWORD };
        assert.equal(await answers(to(host.sshd, loud)), 0);
      });

      it("that asks for a password is told so, with what to do", async () => {
        assert.match(await refusal(by(true, ASKS)), /sudo asks for a password\. .*NOPASSWD/);
      });

      it("that wants a terminal is told so, with what to do", async () => {
        for (const [sudo, rule] of [
          [true, FREE],
          [PASSWORD, ASKS],
        ] as const) {
          const said = await refusal(by(sudo, rule, "Defaults requiretty"));
          assert.match(said, /sudo wants a terminal \(requiretty\), .*Defaults:USER !requiretty/);
          assert.doesNotMatch(said, /asks for a password|canary/);
        }
      });

      it("that does not let the user run the agent is told so", async () => {
        assert.match(
          await refusal(by(PASSWORD, "tester ALL=(ALL) /bin/true")),
          /sudo does not let this user run the agent/,
        );
        assert.match(await refusal(by(PASSWORD)), /sudo does not let this user run the agent/);
      });

      it("that refuses the password is told so, and shows it nowhere", async () => {
        const said = await refusal(by("canary-wrong", ASKS));
        assert.match(said, /sudo refused the password\. Look at connection\.sudo/);
        assert.doesNotMatch(said, /canary/);
      });

      it("may record all that comes and goes, and no password is in it", async () => {
        const record = `Defaults log_input, log_output, !compress_io, use_pty, iolog_dir=${host.folder}/io-${way}`;
        assert.equal(await answers(by(true, FREE, record)), 0);
        assert.equal(await answers(by(PASSWORD, ASKS, record)), 0);
        // Where sudo does not ask, what is written would be recorded as the agent's.
        assert.equal(await answers(by(PASSWORD, FREE, record)), 0);
        const entries = readdirSync(`${host.folder}/io-${way}`, {
          recursive: true,
          withFileTypes: true,
        });
        const files = entries.filter((entry) => entry.isFile());
        assert.ok(files.length > 5);
        for (const { parentPath, name } of files)
          assert.ok(!readFileSync(join(parentPath, name)).includes(PASSWORD), name);
      });

      it("logs the command that it ran, and no password", () => {
        const log = readFileSync(join(host.folder, "sudo.log"), "utf8");
        assert.match(log, /COMMAND=\/usr\/bin\/python3 -I -S -B -c/);
        assert.doesNotMatch(log, /canary/);
        assert.doesNotMatch(host.sshd.log(), /canary/);
      });
    });
  }
});
