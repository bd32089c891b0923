/** Later key exchanges of a connection, with the host's key and with another. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { isHostError } from "../../provider/errors";
import { Session } from "../../provider/host/session";
import { dumpLinks } from "../../provider/netlink/requests";
import { type SshOptions, sshTransport } from "../../provider/transport/ssh";
import { linkNames, nextSequence } from "../support/macvlan-messages";
import { Ssh2Server } from "../support/ssh2-server";
import { sshTo } from "../support/ssh-to";
import { Sshd } from "../support/sshd";
import { skipUnlessRoot, TestNamespace } from "../support/test-namespace";

const LINKS = 400;

describe("another key exchange in mid-stream", function () {
  this.timeout(60_000);
  before(function () {
    skipUnlessRoot(this);
  });

  describe("with the same key", () => {
    let namespace: TestNamespace;
    before(() => {
      namespace = new TestNamespace();
      namespace.makeVeths(LINKS / 2);
    });
    after(() => namespace?.remove());

    /** Dumps at once, each of some hundred kilobytes; the links that each of them has. */
    async function dumps(session: Session, count: number): Promise<void> {
      const { handle } = await session.open({ name: namespace.name });
      const ask = (): Promise<readonly Uint8Array[]> =>
        session.request(handle, dumpLinks({ sequence: nextSequence() }));
      const answers = await Promise.all(Array.from({ length: count }, ask));
      for (const answer of answers) assert.equal(new Set(linkNames(answer)).size, LINKS + 3);
    }

    it("leaves every byte as it was, of sshd", async () => {
      const config = ["RekeyLimit 64K", "LogLevel DEBUG1"];
      const sshd = await Sshd.start({ hostKeyTypes: ["ed25519"], config });
      try {
        const session = await Session.start(sshTransport(sshTo(sshd)));
        await dumps(session, 20);
        await session.close();
        const exchanges = sshd.log().split("SSH2_MSG_NEWKEYS received").length - 1;
        assert.ok(exchanges > 10, `${exchanges} key exchanges`);
      } finally {
        sshd.stop();
      }
    });

    it("leaves every byte as it was, of another server", async () => {
      const server = await Ssh2Server.start();
      const session = await Session.start(sshTransport(sshTo(server)));
      for (let time = 0; time < 5; time++) {
        const dumped = dumps(session, 4);
        server.rekey(false);
        await dumped;
      }
      await session.close();
      server.stop();
    });
  });

  describe("with another key", () => {
    let server: Ssh2Server;
    beforeEach(async () => (server = await Ssh2Server.start()));
    afterEach(() => server?.stop());

    const file = (...lines: readonly string[]): readonly string[] => {
      const path = `${server.knownHosts}-other`;
      writeFileSync(path, lines.map((line) => `${line}\n`).join(""));
      return [path];
    };
    const cases: Readonly<Record<string, () => Partial<SshOptions>>> = {
      "that is not known": () => ({}),
      "that is known too": () => {
        const [first, second] = server.hostKeys;
        return { knownHosts: file(`${server.name} ${first}`, `${server.name} ${second}`) };
      },
      "where new ones are taken": () => ({
        knownHosts: [join(server.knownHosts, "../new", "known_hosts")],
        hostKeyPolicy: "accept-new",
      }),
      // Nothing is known of this port: another server may listen there, with a key that is new.
      "where new ones are taken, and the first is known of the host": () => ({
        knownHosts: file(`${server.address} ${server.hostKeys[0]}`),
        hostKeyPolicy: "accept-new",
      }),
      "where one is pinned": () => ({
        knownHosts: [],
        hostKey: server.hostKeys[0] ?? "",
      }),
    };
    for (const [title, options] of Object.entries(cases))
      it(`ends everything, ${title}`, async () => {
        const session = await Session.start(sshTransport(sshTo(server, options())));
        await session.open(null);
        const asked = session.open(null);
        server.rekey(true);
        // What was on its way may still have come.
        await asked.catch(() => undefined);
        await new Promise<void>((resolve) => session.onEnd(resolve));
        await assert.rejects(
          session.open(null),
          (error) =>
            isHostError(error) &&
            error.kind === "broken" &&
            /its host key changed while it was connected: it showed ssh-ed25519 SHA256:/.test(
              error.message,
            ),
        );
        assert.equal(server.connections, 1);
      });
  });
});
