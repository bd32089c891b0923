/** Hosts that answer, and then not: each wait has an end, and nothing stays connected after it. */
import assert from "node:assert/strict";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { opensshTransport } from "../../provider/transport/openssh";
import { sshTransport } from "../../provider/transport/ssh";
import { eventually } from "../support/processes";
import { Ssh2Server } from "../support/ssh2-server";
import { opensshTo, refusal, sshTo } from "../support/ssh-to";

describe("a host that falls silent", () => {
  describe("before it says that it speaks SSH", () => {
    let server: Server;
    let sockets: Socket[];
    const to = (onConnection: (socket: Socket) => void) =>
      new Promise<{ address: string; port: number; userKey: string; knownHosts: string }>(
        (resolve) => {
          sockets = [];
          server = createServer((socket) => {
            // Unread, a socket would not hear of its end.
            sockets.push(socket.on("error", () => undefined).resume());
            onConnection(socket);
          }).listen(0, "127.0.0.1", () => {
            const { port } = server.address() as AddressInfo;
            resolve({ address: "127.0.0.1", port, userKey: "/nowhere", knownHosts: "/nowhere" });
          });
        },
      );
    afterEach(() => {
      for (const socket of sockets) socket.destroy();
      server.close();
    });
    const areGone = () =>
      eventually("nothing stays connected", () => sockets.every(({ closed }) => closed));
    const tarpits = {
      "says nothing": () => undefined,
      // As endlessh does: a client must wait for as many lines as come.
      "talks of something else": (socket: Socket) => {
        const talk = setInterval(() => socket.write("not yet\r\n"), 20);
        socket.on("close", () => clearInterval(talk));
      },
      "stops in the middle of a key exchange": (socket: Socket) =>
        void socket.write("SSH-2.0-tarpit\r\n\0\0\x01"),
    };
    for (const [title, tarpit] of Object.entries(tarpits))
      it(`and ${title}, is given up in time`, async () => {
        const server = await to(tarpit);
        const said = await refusal(sshTransport(sshTo(server, { perDialTimeout: 0.3 })));
        assert.match(said, /it did not finish the login in time/);
        await areGone();
        const byOpenssh = opensshTransport(opensshTo(server));
        assert.match(await refusal(byOpenssh, 1), /did not answer within 1 seconds/);
        await areGone();
      });
  });

  describe("after the login", () => {
    let server: Ssh2Server;
    afterEach(() => server.stop());
    it("and runs nothing, is given up in time", async () => {
      server = await Ssh2Server.start((_command, accept) => void accept());
      assert.match(
        await refusal(sshTransport(sshTo(server)), 0.5),
        /did not answer within 0\.5 seconds/,
      );
      await eventually("nothing stays connected", () => server.connected === 0);
    });

    it("and takes no command, is given up in time", async () => {
      server = await Ssh2Server.start(() => undefined);
      const to = sshTransport(sshTo(server, { perDialTimeout: 1 }));
      assert.match(
        await refusal(to),
        /it let us in, and no command can be run there: no answer within 1 seconds/,
      );
      await eventually("nothing stays connected", () => server.connected === 0);
      // Whoever gives up before that hears of it at once; the connection goes a little later.
      assert.match(await refusal(to, 0.5), /did not answer within 0\.5 seconds/);
      await eventually("nothing stays connected", () => server.connected === 0);
    });
  });
});
