import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { encodeFrame, type Frame, FrameParser } from "../../../provider/agent/frame";
import { AgentFrame } from "../../../provider/agent/protocol";
import { isSessionLost } from "../../../provider/errors";
import { Session } from "../../../provider/host/session";
import { hello, ScriptedChannel } from "../../support/scripted-channel";

const message = Buffer.alloc(16);

describe("a session that nobody uses", () => {
  const payload = (settled: number): Buffer =>
    Buffer.concat([Buffer.alloc(8), Buffer.from([settled])]);
  const begin = (): {
    session: Session;
    channel: ScriptedChannel;
    answered: () => Promise<void>;
  } => {
    const channel = new ScriptedChannel();
    const parser = new FrameParser();
    const asked: Frame[] = [];
    channel.onWrite = (bytes) => asked.push(...parser.push(bytes));
    const options = { idleSeconds: 0.1, keepaliveSeconds: 0.02 };
    const session = new Session({ channel, hello, host: "h", startMs: 1 }, options);
    const answered = async (): Promise<void> => {
      await new Promise(setImmediate);
      for (const { requestId } of asked.splice(0))
        channel.say(encodeFrame(requestId, AgentFrame.END, payload(0)));
    };
    return { session, channel, answered };
  };

  it("ends by itself, pings or not, and takes no more questions from that moment on", async () => {
    const { session, channel } = begin();
    let endings = 0;
    session.onEnd(() => endings++);
    await sleep(60);
    assert.ok(session.isAlive);
    await sleep(300);
    assert.deepEqual([session.isAlive, channel.closed, endings], [false, true, 1]);
    await assert.rejects(
      session.request(1, message),
      (error) => isSessionLost(error) && /not used for 0.1 seconds/.test(String(error)),
    );
  });

  it("does not end while an answer is due, nor while something is armed", async () => {
    const { session, channel, answered } = begin();
    const armed = { handle: 1, message, inverses: [{ handle: 1, message }] };
    const changing = session.change(7, 10_000, [armed]);
    await sleep(300);
    assert.ok(session.isAlive);
    await answered();
    await changing;
    await sleep(300);
    assert.ok(session.isAlive);
    const disarming = session.disarm(7);
    await answered();
    await disarming;
    assert.ok(session.isAlive);
    await sleep(300);
    assert.deepEqual([session.isAlive, channel.closed], [false, true]);
  });

  it("ends after a change that cannot be undone", async () => {
    const { session, answered } = begin();
    const changing = session.change(7, 10_000, [{ handle: 1, message, inverses: [] }]);
    await answered();
    await changing;
    await sleep(300);
    assert.ok(!session.isAlive);
  });
});
