import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import { encodeFrame, FRAME_CAP, type Frame, FrameParser } from "../../../provider/agent/frame";
import {
  AgentFrame,
  ClientFrame,
  decodeEnd,
  encodeJson,
  encodePing,
  encodeRequest,
} from "../../../provider/agent/protocol";
import { startAgent } from "../../../provider/agent/start";
import { Errno } from "../../../provider/netlink/errno";
import { dumpLinks } from "../../../provider/netlink/requests";
import type { Channel, ChannelEnd } from "../../../provider/transport/transport";
import { eventually } from "../../support/processes";
import type { Fixture } from "../compliance";

const openOwn = (requestId: number): Buffer =>
  encodeFrame(requestId, ClientFrame.OPEN, encodeJson({ handle: requestId, netns: null }));

export function framesAreWhole(fixture: () => Fixture): void {
  describe("frames", () => {
    let channel: Channel;
    let frames: Frame[];
    let end: ChannelEnd | undefined;
    const ends = (): number[] =>
      frames.filter(({ type }) => type === AgentFrame.END).map(({ requestId }) => requestId);

    beforeEach(async () => {
      ({ channel } = await startAgent(fixture().transport));
      frames = [];
      end = undefined;
      const parser = new FrameParser();
      channel.onData((bytes) => frames.push(...parser.push(bytes)));
      channel.onEnd((reason) => (end = reason));
    });
    afterEach(async () => {
      channel.close();
      await eventually("the agent has left", () => end !== undefined);
    });

    it("may come one byte at a time", async () => {
      for (const byte of openOwn(5)) {
        channel.write(Uint8Array.of(byte));
        await new Promise(setImmediate);
      }
      await eventually("it is answered", () => ends().join() === "5");
    });

    it("may come many at once, and are answered in order", async () => {
      const requests = Array.from({ length: 500 }, (_, n) => openOwn(n + 1));
      channel.write(Buffer.concat(requests));
      await eventually("all are answered", () => ends().length === 500);
      assert.deepEqual(
        ends(),
        requests.map((_, n) => n + 1),
      );
    });

    it("that no longer come make an agent leave that was promised some", async () => {
      channel.write(encodeFrame(1, ClientFrame.PING, encodePing(300)));
      await eventually("it is answered", () => ends().join() === "1");
      await eventually("it leaves", () => end !== undefined);
    });

    it("keep it, whatever they are, and the promise can be taken back", async () => {
      channel.write(encodeFrame(1, ClientFrame.PING, encodePing(2000)));
      for (let id = 2; id <= 7; id++) {
        await pause(500);
        channel.write(openOwn(id));
      }
      channel.write(encodeFrame(8, ClientFrame.PING, encodePing(0)));
      await pause(2500);
      channel.write(openOwn(9));
      await eventually("it is answered", () => ends().length === 8);
      assert.equal(end, undefined);
    });

    it("may be cut anywhere", async () => {
      const stream = Buffer.concat([
        openOwn(1),
        encodeFrame(
          2,
          ClientFrame.REQUEST,
          encodeRequest({ handle: 1, message: dumpLinks({ sequence: 1 }) }),
        ),
        openOwn(3),
      ]);
      for (let at = 0; at < stream.length; at += 7) {
        channel.write(stream.subarray(at, at + 7));
        await new Promise(setImmediate);
      }
      await eventually("all are answered", () => ends().join() === "1,2,3");
      assert.ok(frames.some(({ type, requestId }) => type === AgentFrame.DATA && requestId === 2));
    });

    it("that say nothing sensible are refused, and the next is answered", async () => {
      const nonsense = [
        encodeFrame(1, 99, Buffer.from("unknown type")),
        encodeFrame(2, ClientFrame.OPEN, Buffer.from("no JSON")),
        encodeFrame(3, ClientFrame.OPEN, Buffer.from("[]")),
        encodeFrame(4, ClientFrame.CHANGE, Buffer.alloc(3)),
        encodeFrame(
          5,
          ClientFrame.CHANGE,
          Buffer.from("000000010000ffff000300000001ffffffff", "hex"),
        ),
        encodeFrame(6, ClientFrame.REQUEST, Buffer.alloc(0)),
        encodeFrame(7, ClientFrame.DISARM, Buffer.alloc(2)),
      ];
      channel.write(Buffer.concat([...nonsense, openOwn(8)]));
      await eventually("all are answered", () => ends().length === 8);
      const errnos = frames.map(({ payload }) => decodeEnd(payload).errno);
      const { EINVAL, EOPNOTSUPP, EBADF } = Errno;
      assert.deepEqual(errnos.slice(0, 4), [EOPNOTSUPP, EINVAL, EINVAL, EINVAL]);
      assert.ok(errnos[4] === EINVAL || errnos[4] === EBADF);
      assert.deepEqual(errnos.slice(5), [EINVAL, EINVAL, 0]);
    });

    for (const length of [0, 4, FRAME_CAP + 1, 0xffffffff]) {
      it(`of ${length} bytes end the agent with a line about it`, async () => {
        const frame = Buffer.alloc(9);
        frame.writeUInt32BE(length);
        channel.write(Buffer.concat([openOwn(1), frame]));
        await eventually("the agent has left", () => end !== undefined);
        assert.equal(end?.status, 3);
        assert.match(channel.stderrTail(), new RegExp(`a frame of ${length} bytes`));
      });
    }
  });
}
