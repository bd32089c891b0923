import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { encodeFrame, FRAME_CAP, type Frame, FrameParser } from "../../../provider/agent/frame";
import { AgentFrame, ClientFrame } from "../../../provider/agent/protocol";
import { isHostError } from "../../../provider/errors";
import { WINDOW } from "../../../provider/host/in-flight";
import { Session, type SessionOptions } from "../../../provider/host/session";
import { hello, ScriptedChannel } from "../../support/scripted-channel";

const message = Buffer.alloc(16);

describe("a session", () => {
  let channel: ScriptedChannel;
  let asked: Frame[];
  const start = (deadlineSeconds = 30): Session =>
    new Session({ channel, hello, host: "a scripted host", startMs: 1 }, { deadlineSeconds });
  const end = (requestId: number, errno = 0, payload = ""): void => {
    const body = Buffer.alloc(8);
    body.writeInt32BE(errno);
    channel.say(
      encodeFrame(requestId, AgentFrame.END, Buffer.concat([body, Buffer.from(payload)])),
    );
  };
  const tick = (): Promise<void> => new Promise(setImmediate);
  const isKind = (kind: string, text: RegExp) => (error: unknown) =>
    isHostError(error) && error.kind === kind && text.test(error.message);

  beforeEach(() => {
    channel = new ScriptedChannel();
    asked = [];
    const parser = new FrameParser();
    channel.onWrite = (bytes) => asked.push(...parser.push(bytes));
  });

  it("writes what is asked in one tick at once", async () => {
    const session = start();
    const answers = [1, 2, 3].map((handle) => session.request(handle, message));
    await tick();
    assert.equal(channel.written.length, 1);
    assert.equal(asked.length, 3);
    for (const { requestId } of asked) end(requestId);
    assert.deepEqual(await Promise.all(answers), [[], [], []]);
  });

  it("holds the process only while something is asked", async () => {
    const session = start();
    assert.ok(!channel.held);
    const answer = session.disarm(1);
    assert.ok(channel.held);
    await tick();
    end(1, 0, "\0");
    assert.equal(await answer, "disarmed");
    assert.ok(!channel.held);
  });

  it("sends a bounded number, and the rest as answers come", async () => {
    const session = start();
    const answers = Array.from({ length: 1000 }, () => session.request(1, message));
    await tick();
    assert.equal(asked.length, WINDOW);
    for (let answered = 0; answered < 1000; answered += 1) {
      end(asked[answered]?.requestId ?? 0);
      await tick();
    }
    assert.equal((await Promise.all(answers)).length, 1000);
  });

  it("sends what a deadline waits for before all that queues", async () => {
    const session = start();
    const armed = { handle: 1, message, inverses: [{ handle: 1, message }] };
    const changed = session.change(7, 10_000, [armed]);
    await tick();
    end(1);
    await changed;
    const answers = Array.from({ length: WINDOW + 50 }, () => session.request(1, message));
    await tick();
    const disarmed = session.disarm(7);
    await tick();
    end(2);
    await tick();
    assert.equal(asked[1 + WINDOW]?.type, ClientFrame.DISARM);
    channel.end({ reason: "gone" });
    await Promise.allSettled([...answers, disarmed]);
  });

  it("lets nothing overtake the change that it belongs to", async () => {
    const session = start();
    const answers = Array.from({ length: WINDOW }, () => session.request(1, message));
    const together = [session.change(7, 10_000, []), session.disarm(7)];
    await tick();
    end(1);
    end(2);
    await tick();
    assert.deepEqual(
      asked.slice(WINDOW).map(({ type }) => type),
      [ClientFrame.CHANGE, ClientFrame.DISARM],
    );
    channel.end({ reason: "gone" });
    await Promise.allSettled([...answers, ...together]);
  });

  it("gives each request its own datagrams, in whatever order it is answered", async () => {
    const session = start();
    const answers = [1, 2].map((handle) => session.request(handle, message));
    await tick();
    channel.say(encodeFrame(2, AgentFrame.DATA, Buffer.from("b")));
    channel.say(encodeFrame(1, AgentFrame.DATA, Buffer.from("a")));
    end(2);
    end(1);
    assert.deepEqual((await Promise.all(answers)).map(String), ["a", "b"]);
  });

  it("rejects all when the channel ends: what may have changed something is unknown", async () => {
    const session = start();
    channel.stderr = "killed";
    const answers = [session.request(1, message), session.change(1, 1, []), session.undo(1)];
    await tick();
    const unsent = session.change(2, 1, []);
    channel.end({ reason: "the agent was killed by SIGKILL" });
    const [read, ...changes] = answers;
    await assert.rejects(read ?? tick(), isKind("broken", /killed by SIGKILL: killed/));
    for (const change of changes) await assert.rejects(change, isKind("unknown", /SIGKILL/));
    await assert.rejects(unsent, isKind("broken", /SIGKILL/));
    await assert.rejects(session.open(null), isKind("broken", /SIGKILL/));
    assert.ok(!session.isAlive);
  });

  it("dies of silence, but not while the oldest request is served", async () => {
    const session = start(0.1);
    const [slow, next] = [session.request(1, message), session.request(1, message)];
    await tick();
    for (let n = 0; n < 6; n++) {
      await sleep(40);
      channel.say(encodeFrame(1, AgentFrame.DATA, Buffer.from("x")));
    }
    end(1);
    assert.equal((await slow).length, 6);
    const since = performance.now();
    await assert.rejects(next, isKind("broken", /did not answer for 0.1 seconds/));
    assert.ok(performance.now() - since > 80);
    assert.ok(channel.destroyed);
  });

  it("is not kept alive by answers to others, when the oldest gets none", async () => {
    const session = start(0.1);
    const stuck = session.disarm(1);
    await tick();
    const failed = assert.rejects(stuck, isKind("unknown", /did not answer/));
    for (let n = 0; session.isAlive && n < 20; n++) {
      session.request(1, message).catch(() => undefined);
      await sleep(20);
      end(asked.at(-1)?.requestId ?? 0);
    }
    await failed;
  });

  it("ends at a malformed answer", async () => {
    const session = start();
    const answer = session.request(1, message);
    await tick();
    channel.say(Buffer.alloc(4));
    await assert.rejects(answer, isKind("broken", /the agent sent a frame of 0 bytes/));
    assert.ok(channel.destroyed);
  });

  it("refuses a question that fits no frame, and lives on", async () => {
    const session = start();
    await assert.rejects(session.request(1, Buffer.alloc(FRAME_CAP)), /Ask in parts/);
    assert.ok(session.isAlive);
    assert.ok(!channel.held);
  });

  it("lets the agent wait as long as told, and never less than what an undo needs", async () => {
    const patience = async (options: SessionOptions, startMs = 1): Promise<number> => {
      const other = new ScriptedChannel();
      const frames: Frame[] = [];
      const parser = new FrameParser();
      other.onWrite = (bytes) => frames.push(...parser.push(bytes));
      new Session({ channel: other, hello, host: "h", startMs }, options);
      await tick();
      other.end({ reason: "gone" });
      assert.equal(frames[0]?.type, ClientFrame.PING);
      return frames[0].payload.readUInt32BE(0);
    };
    assert.equal(await patience({ keepaliveSeconds: 20 }), 60_000);
    assert.equal(await patience({ keepaliveSeconds: 20, keepaliveCount: 10 }), 200_000);
    assert.equal(await patience({ keepaliveSeconds: 1 }), 15_000);
    assert.equal(await patience({ keepaliveSeconds: 1 }, 10_000), 45_000);
    assert.equal(await patience({ keepaliveSeconds: 3600, keepaliveCount: 1e6 }), 2 ** 31 - 1);
  });

  it("gives the agent's own words with a refusal", async () => {
    const session = start();
    const answer = session.file({ op: "read", path: "/etc/shadow" });
    await tick();
    assert.equal(asked[0]?.type, ClientFrame.FILE);
    end(1, 13, "not among the files");
    await assert.rejects(
      answer,
      (error) =>
        isKind("refused", /look at \/etc\/shadow.*not among/)(error) &&
        isHostError(error) &&
        error.errno === 13,
    );
  });
});
