/** Passwords at a real sshd with PAM, in both ways that SSH has to ask for one. */
import assert from "node:assert/strict";
import { sshTransport } from "../../provider/transport/ssh";
import { HostWithAccounts } from "../support/host-with-accounts";
import { answers, refusal, sshTo } from "../support/ssh-to";
import { skipUnlessRoot } from "../support/test-namespace";

const PASSWORD = "canary-of-login";
const WAYS = {
  password: ["PasswordAuthentication yes", "KbdInteractiveAuthentication no"],
  "keyboard-interactive": ["PasswordAuthentication no", "KbdInteractiveAuthentication yes"],
};

for (const [way, config] of Object.entries(WAYS))
  describe(`a login by ${way}`, function () {
    this.timeout(30_000);
    let host: HostWithAccounts;

    before(async function () {
      skipUnlessRoot(this);
      host = await HostWithAccounts.start({
        config: ["UsePAM yes", "PubkeyAuthentication no", ...config],
      });
      host.etc.add("tester", { password: PASSWORD });
    });
    after(() => host?.stop());

    const more = { user: "tester", agentSocketPath: "none", python: "/usr/bin/python3" };
    const by = (password: string) => sshTransport(sshTo(host.sshd, { ...more, password }));

    it("lets in who has the right one", async () => {
      assert.notEqual(await answers(by(PASSWORD)), 0);
      const accepted = way === "password" ? "password" : "keyboard-interactive/pam";
      assert.match(host.sshd.log(), new RegExp(`Accepted ${accepted} for tester`));
    });

    it("lets nobody in who has another, and shows it nowhere", async () => {
      const said = await refusal(by(`${PASSWORD}-no-more`));
      assert.match(said, /does not let tester in \(tried: .*the password; it takes \S+\)/);
      assert.ok(!said.includes("canary"));
      assert.ok(!host.sshd.log().includes("canary"));
    });
  });
