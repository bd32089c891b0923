import assert from "node:assert/strict";
import { chmodSync, chownSync, existsSync, statSync } from "node:fs";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { type AddressInfo, connect, createServer } from "node:net";
import { isHostError } from "../../../provider/errors";
import type { Connections, FileQuery } from "../../../provider/agent/protocol";
import { Errno } from "../../../provider/netlink/errno";
import { commandName, eventually } from "../../support/processes";
import type { Fixture } from "../compliance";
import { opened } from "./messages";

export function touchesFewFiles(fixture: () => Fixture): void {
  describe("files", () => {
    const refused: readonly FileQuery[] = [
      { op: "read", path: "/etc/shadow" },
      { op: "read", path: "/proc/sys/kernel/hostname" },
      { op: "read", path: "/proc/sys/net/../kernel/hostname" },
      { op: "read", path: "/proc/sys/net/ipv4/../../kernel/hostname" },
      { op: "read", path: "/proc/1/environ" },
      { op: "read", path: "/proc/1/root/run/systemd/netif/state" },
      { op: "read", path: "/proc/1/root/run/systemd/netif/links/../state" },
      { op: "read", path: "/proc/self/../1/comm" },
      { op: "read", path: "/sys/class/net/../../kernel/uevent_helper" },
      { op: "read", path: "/sys/class/net/lower/address" },
      { op: "read", path: "/proc/sys/net/ipv4\n/ip_forward/../../../kernel/hostname" },
      { op: "write", path: "/proc/1/comm", text: "x" },
      { op: "write", path: "/sys/class/net/lower/phy80211", text: "x" },
      { op: "write", path: "/etc/pmv-test", text: "x" },
    ];
    for (const query of refused) {
      const path = "path" in query ? query.path : "";
      it(`does not ${query.op} ${JSON.stringify(path)}`, async () => {
        await assert.rejects(
          (await fixture().session()).file(query),
          (error) => isHostError(error) && error.kind === "refused" && error.errno === Errno.EACCES,
        );
      });
    }

    it("reads and writes a sysctl in the namespace it is asked for", async () => {
      const { session, handle } = await opened(fixture());
      const path = "/proc/sys/net/ipv4/conf/lower/arp_ignore";
      assert.deepEqual(await session.file({ op: "read", handle, path }), { text: "0\n" });
      assert.deepEqual(await session.file({ op: "write", handle, path, text: "1" }), {});
      assert.deepEqual(await session.file({ op: "read", handle, path }), { text: "1\n" });
      await assert.rejects(
        session.file({ op: "read", path }),
        (error) => isHostError(error) && error.errno === Errno.ENOENT,
      );
      await assert.rejects(
        session.file({ op: "write", handle, path, text: "no number" }),
        (error) => isHostError(error) && error.errno === Errno.EINVAL,
      );
    });

    it("tells a process's name and namespace", async () => {
      const session = await fixture().session();
      const own = await session.open(null);
      const { pid } = session.hello;
      const { text } = (await session.file({ op: "read", path: `/proc/${pid}/comm` })) as {
        text: string;
      };
      assert.match(text, /python/);
      const netns = await session.file({ op: "read", path: `/proc/${pid}/ns/net` });
      assert.deepEqual(netns, { device: own.device, inode: own.inode });
    });

    it("tells the processes of a namespace that have a name", async () => {
      const { namespace, session: start } = fixture();
      const resident = namespace.run();
      try {
        await eventually("it is there", () => namespace.inode === resident.inode());
        const session = await start();
        const { handle } = await session.open({ name: namespace.name });
        const own = await session.open(null);
        const ask = { op: "processes", names: ["sleep", "pmv-none"] } as const;
        const found = [{ pid: resident.pid, comm: "sleep" }];
        await eventually("it sleeps", () => commandName(resident.pid) === "sleep");
        assert.deepEqual(await session.file({ ...ask, handle }), found);
        const elsewhere = (await session.file({ ...ask, handle: own.handle })) as typeof found;
        assert.ok(elsewhere.every(({ pid }) => pid !== resident.pid));
      } finally {
        resident.stop();
      }
    });

    it("announces addresses, and sends nothing else", async () => {
      const { namespace, session: start } = fixture();
      const session = await start();
      const { handle } = await session.open({ name: namespace.name });
      const announce = (ifindex: number, ...frames: string[]) =>
        session.file({ op: "announce", handle, ifindex, frames });
      const arp = `ffffffffffff02000000000108060001${"00".repeat(26)}`;
      assert.deepEqual(await announce(namespace.lowerIndex, arp), {});
      const others: readonly (readonly string[])[] = [
        [""],
        [arp, arp.replace("0806", "0800")],
        [arp.replace(/^ff/, "02")],
        [arp + "00".repeat(128)],
        Array.from({ length: 65 }, () => arp),
      ];
      const isErrno = (errno: number) => (error: unknown) =>
        isHostError(error) && error.errno === errno;
      for (const frames of others)
        await assert.rejects(announce(namespace.lowerIndex, ...frames), isErrno(Errno.EACCES));
      await assert.rejects(announce(-1, arp), isErrno(Errno.EINVAL));
    });

    it("finds the processes that have a character device open, by its number", async () => {
      const session = await fixture().session();
      const holder = spawn("sleep", ["60"], { stdio: ["ignore", "ignore", "ignore"] });
      try {
        await once(holder, "spawn");
        // /dev/zero and /dev/null, which is its standard input.
        const devices = [
          [1, 5],
          [1, 3],
        ] as const;
        const { openers } = (await session.file({ op: "openers", devices })) as {
          openers: { pid: number; comm: string }[][];
        };
        const has = openers.map((all) =>
          all.some(({ pid, comm }) => pid === holder.pid && comm === "sleep"),
        );
        assert.deepEqual(has, [false, true]);
      } finally {
        holder.kill("SIGKILL");
      }
    });

    it("lists the namespaces that have a name or a process", async () => {
      const { namespace, session: start } = fixture();
      const all = (await (await start()).file({ op: "netns-list" })) as {
        path: string;
        inode: number;
      }[];
      assert.deepEqual(
        all.filter(({ inode }) => inode === namespace.inode).map(({ path }) => path),
        [namespace.path],
      );
    });

    it("tells the TCP connections of the processes it descends from, and where they are", async () => {
      // This process is one of them. Its sockets for both families show IPv4 as it is.
      const server = createServer().listen(0, "::");
      await once(server, "listening");
      const { port } = server.address() as AddressInfo;
      const clients = ["127.0.0.1", "::1"].map((host) => connect(port, host));
      try {
        await Promise.all(clients.map((client) => once(client, "connect")));
        const session = await fixture().session();
        const { device, inode } = await session.open(null);
        const { sockets } = (await session.file({ op: "connections" })) as Connections;
        for (const { localAddress: address, localPort } of clients) {
          const ends = { local: address, localPort, remote: address, remotePort: port };
          const found = sockets.filter((each) => each.local === address);
          const [here] = found.filter((each) => each.localPort === localPort);
          assert.ok(here, JSON.stringify(sockets));
          assert.deepEqual(here, { ...ends, device, inode, pid: here.pid });
          const there = { ...here, localPort: port, remotePort: localPort };
          assert.deepEqual(
            found.filter((each) => each.localPort === port && each.remotePort === localPort),
            [there],
          );
        }
        // Nobody is at the other end of one that listens.
        assert.ok(sockets.every(({ remotePort }) => remotePort > 0));
      } finally {
        for (const client of clients) client.destroy();
        server.close();
      }
    });

    it("finds a macvtap's device, and sets who may use it", async () => {
      const { namespace } = fixture();
      const { session, handle } = await opened(fixture());
      // A number that no link of the machine has, or its tap device would be in the way.
      const ifindex = 1_900_000_000 + (process.pid % 100_000);
      namespace.ip(
        "link",
        "add",
        "t0",
        "index",
        String(ifindex),
        "link",
        "lower",
        "type",
        "macvtap",
      );
      const path = `/sys/class/net/t0/macvtap/tap${ifindex}/dev`;
      const { text } = (await session.file({ op: "read", handle, path })) as { text: string };
      const ask = { op: "tap", handle, link: "t0", ifindex } as const;
      const found = (await session.file(ask)) as {
        major: number;
        minor: number;
        path: string | null;
      };
      assert.equal(text, `${found.major}:${found.minor}\n`);
      assert.deepEqual(
        await session.file({ op: "read", handle, path: "/sys/class/net/t0/phy80211" }),
        { exists: false },
      );
      if (found.path === null) {
        assert.ok(!existsSync(`/dev/tap${ifindex}`));
        return console.log("      (no device node here: devtmpfs is not on /dev)");
      }
      assert.equal(found.path, `/dev/tap${ifindex}`);
      const set = { ...ask, owner: "daemon", group: 12345, mode: "0640" };
      assert.deepEqual(await session.file(set), {
        ...found,
        uid: statSync("/dev/null").uid + 1,
        gid: 12345,
        owner: "daemon",
        group: null,
        mode: "0640",
      });
      assert.equal(statSync(found.path).mode & 0o777, 0o640);
      chownSync(found.path, 0, 0);
      chmodSync(found.path, 0o600);
      await assert.rejects(
        session.file({ ...ask, owner: "pmv-nobody" }),
        (error) =>
          isHostError(error) && error.errno === Errno.ENOENT && /no such user/.test(error.message),
      );
    });
  });
}
