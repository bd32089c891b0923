/** Another SSH server than OpenSSH's, as routers and small systems have it. */
import assert from "node:assert/strict";
import { opensshTransport } from "../../provider/transport/openssh";
import { sshTransport } from "../../provider/transport/ssh";
import type { Transport } from "../../provider/transport/transport";
import { Dropbear } from "../support/dropbear";
import { skipWithout } from "../support/programs";
import { PYTHON } from "../support/python";
import { answers, opensshTo, refusal, sshTo, WAYS } from "../support/ssh-to";
import { skipUnlessRoot } from "../support/test-namespace";
import { isCompliant } from "./compliance";

describe("dropbear", () => {
  let server: Dropbear;

  before(async function () {
    skipUnlessRoot(this);
    skipWithout("dropbear", this);
    server = await Dropbear.start();
    server.etc.add("tester", { password: "right" });
    server.letIn("tester");
    server.etc.sudoers("tester ALL=(ALL) ALL");
  });
  after(() => server?.stop());

  const python = PYTHON;
  const behindSshd = { reachesStopped: false };
  isCompliant("ssh2", () => sshTransport(sshTo(server, { python })), behindSshd);
  isCompliant("openssh", () => opensshTransport(opensshTo(server, { python })), behindSshd);

  for (const { way, to } of WAYS)
    // The longest of our lines: dropbear takes a command of 9,000 bytes at most.
    it(`takes the line that asks sudo with a password, by ${way}`, async () => {
      const uid = await answers(
        to(server, { user: "tester", sudo: "right", python: "/usr/bin/python3" }),
      );
      assert.equal(uid, 0);
    });

  it("takes a password", async () => {
    const by = (password: string): Transport => {
      const more = { user: "tester", agentSocketPath: "none", password };
      const { privateKeyPath: _, ...options } = sshTo(server, more);
      return sshTransport(options);
    };
    assert.notEqual(await answers(by("right")), 0);
    const said = await refusal(by("canary"));
    assert.match(said, /does not let tester in \(tried: the password/);
    assert.doesNotMatch(said, /canary/);
  });

  it("is refused where its key is not the known one", async () => {
    const pinned = { hostKeyFingerprint: `SHA256:${"A".repeat(43)}` };
    assert.match(await refusal(sshTransport(sshTo(server, pinned))), /the connection pins SHA256/);
  });
});
