import assert from "node:assert/strict";
import { isHostError } from "../../../provider/errors";
import { Errno } from "../../../provider/netlink/errno";
import { dumpLinks, getLinkByName } from "../../../provider/netlink/requests";
import type { Session } from "../../../provider/host/session";
import type { Fixture } from "../compliance";
import { ackErrnos, linkNames, nextSequence } from "../../support/macvlan-messages";
import { childrenOf, eventually, peakMemory, runs } from "../../support/processes";

export function passesMessages(fixture: () => Fixture): void {
  describe("messages", () => {
    it("says who it is", async () => {
      const { hello } = await fixture().session();
      assert.equal(hello.protocol, 1);
      assert.equal(hello.uid, 0);
      assert.match(hello.python, /^3\.\d+/);
      assert.match(hello.bootId, /^[0-9a-f-]{36}$/);
      assert.ok(runs(hello.pid));
    });

    it("opens a namespace by name, pid and path, and knows it again", async () => {
      const { namespace, session: start } = fixture();
      const session = await start();
      const resident = namespace.run();
      try {
        const own = await session.open(null);
        const byName = await session.open({ name: namespace.name });
        const byPath = await session.open({ path: namespace.path });
        await eventually("its process is there", () => namespace.inode === resident.inode());
        const byPid = await session.open({ pid: resident.pid });
        assert.equal(byName.inode, namespace.inode);
        assert.deepEqual([byPath.inode, byPid.inode], [byName.inode, byName.inode]);
        assert.deepEqual([byPath.fd, byPid.fd], [byName.fd, byName.fd]);
        assert.notEqual(own.inode, byName.inode);
        for (const { handle } of [byName, byPath, byPid]) {
          assert.ok((await names(session, handle)).includes("lower"));
        }
        assert.ok(!(await names(session, own.handle)).includes("lower"));
      } finally {
        resident.stop();
      }
    });

    const noNamespaces = [
      [{ name: "pmv-none" }, Errno.ENOENT],
      [{ name: "../passwd" }, Errno.EINVAL],
      [{ name: "" }, Errno.EINVAL],
      [{ pid: 0x7fffffff }, Errno.ENOENT],
      [{ path: "/etc/passwd" }, Errno.EINVAL],
      [{ path: "/dev/zero" }, Errno.EINVAL],
      [{ path: "/proc/self/ns/uts" }, Errno.EINVAL],
      [{ path: "relative" }, Errno.EINVAL],
    ] as const;
    for (const [netns, errno] of noNamespaces) {
      it(`refuses ${JSON.stringify(netns)} as a namespace`, async () => {
        await assert.rejects(
          (await fixture().session()).open(netns),
          (error) => isHostError(error) && error.kind === "refused" && error.errno === errno,
        );
      });
    }

    it("forwards the kernel's refusals", async () => {
      const { session, handle } = await opened(fixture());
      const message = getLinkByName("nobody", { sequence: nextSequence() });
      assert.deepEqual(ackErrnos(await session.request(handle, message)), [Errno.ENODEV]);
    });

    it("refuses a handle that was never opened", async () => {
      const session = await fixture().session();
      await assert.rejects(
        session.request(77, dumpLinks({ sequence: 1 })),
        (error) => isHostError(error) && error.errno === Errno.EBADF,
      );
    });

    it("answers 20,000 requests at once, in bounded memory", async function () {
      this.timeout(60_000);
      const { session, handle } = await opened(fixture());
      const before = process.memoryUsage().external;
      const answers = await Promise.all(
        Array.from({ length: 20_000 }, async () => {
          const message = getLinkByName("lower", { sequence: nextSequence() });
          return (await session.request(handle, message)).length;
        }),
      );
      assert.ok(answers.every((datagrams) => datagrams === 2));
      const grown = process.memoryUsage().external - before;
      // 100 MB without a bound on what is in flight; ssh2 copies each packet, and waits for the collector.
      assert.ok(grown < 70e6, `${grown} bytes of buffers`);
      const kib = peakMemory(session.hello.pid);
      assert.ok(kib < 20_000, `the agent had ${kib} KiB`);
    });

    it("dumps 2,000 links to a reader that is slow", async function () {
      this.timeout(60_000);
      const { namespace } = fixture();
      const { session, handle } = await opened(fixture());
      namespace.makeVeths(1000);
      // Ten dumps are far more than the agent keeps for a client that does not read.
      const dumps = Array.from({ length: 10 }, () => names(session, handle));
      for (const end = Date.now() + 1000; Date.now() < end;);
      for (const dump of await Promise.all(dumps)) assert.equal(new Set(dump).size, 2003);
      const kib = peakMemory(session.hello.pid);
      assert.ok(kib < 20_000, `the agent had ${kib} KiB`);
    });

    it("leaves no process behind", async () => {
      const session = await fixture().session();
      const { pid } = session.hello;
      assert.deepEqual(childrenOf(pid), []);
      await session.close();
      await eventually("the agent is gone", () => !runs(pid));
    });
  });
}

export async function opened({
  session: start,
  namespace,
}: Fixture): Promise<{ session: Session; handle: number }> {
  const session = await start();
  return { session, ...(await session.open({ name: namespace.name })) };
}

async function names(session: Session, handle: number): Promise<string[]> {
  return linkNames(await session.request(handle, dumpLinks({ sequence: nextSequence() })));
}
