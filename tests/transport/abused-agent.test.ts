/** An agent whose client behaves as ours never does, here and behind a real sshd. */
import assert from "node:assert/strict";
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { encodeFrame, type Frame, FrameParser } from "../../provider/agent/frame";
import {
  AgentFrame,
  ClientFrame,
  decodeHello,
  encodeChange,
  encodeJson,
  encodePing,
  encodeRequest,
} from "../../provider/agent/protocol";
import { agentSource, bootProgram } from "../../provider/agent/source";
import { startAgent } from "../../provider/agent/start";
import { dumpLinks } from "../../provider/netlink/requests";
import { INTERPRETER_OPTIONS } from "../../provider/transport/interpreter";
import { remoteCommand } from "../../provider/transport/remote-command";
import { sshTransport } from "../../provider/transport/ssh";
import { makeMacvlan, nextSequence } from "../support/macvlan-messages";
import { eventually, peakMemory, runs } from "../support/processes";
import { PYTHON } from "../support/python";
import { seededRandom } from "../support/seeded-random";
import { sshTo } from "../support/ssh-to";
import { Sshd } from "../support/sshd";
import { skipUnlessRoot, TestNamespace } from "../support/test-namespace";

const MARKER = "marker-of-the-agent";
const BOOT = bootProgram(MARKER, agentSource().length);
const AGENT = [PYTHON, ...INTERPRETER_OPTIONS, "-c", BOOT];
/** Node's own are sockets. Passes on the marker and HELLO. */
const INTO_A_PIPE = `
import os, subprocess, sys
agent = subprocess.Popen(sys.argv[1:], stdout=subprocess.PIPE)
for _ in range(2): os.write(1, os.read(agent.stdout.fileno(), 65536))
agent.wait()
`;
const HANDLE = 7;

describe("an agent that is abused", function () {
  this.timeout(60_000);
  let sshd: Sshd;
  let namespace: TestNamespace;

  before(async function () {
    skipUnlessRoot(this);
    sshd = await Sshd.start({ hostKeyTypes: ["ed25519"] });
  });
  after(() => sshd?.stop());
  beforeEach(() => (namespace = new TestNamespace()));
  afterEach(() => namespace.remove());

  const open = (): Buffer =>
    encodeFrame(
      1,
      ClientFrame.OPEN,
      encodeJson({ handle: HANDLE, netns: { name: namespace.name } }),
    );
  const dump = (id: number): Buffer => {
    const message = dumpLinks({ sequence: nextSequence() });
    return encodeFrame(id, ClientFrame.REQUEST, encodeRequest({ handle: HANDLE, message }));
  };
  const change = (id: number, deadlineMs: number): Buffer => {
    const step = makeMacvlan({ handle: HANDLE }, { name: "m0", lower: namespace.lowerIndex });
    return encodeFrame(
      id,
      ClientFrame.CHANGE,
      encodeChange({ undoId: 1, deadlineMs, steps: [step] }),
    );
  };

  describe("by a client that does not read", () => {
    const ways: Readonly<Record<string, () => readonly string[]>> = {
      here: () => AGENT,
      "into a pipe": () => [PYTHON, "-c", INTO_A_PIPE, ...AGENT],
      "behind sshd": () => [
        ...["ssh", "-F", "none", "-T", "-i", sshd.userKey, "-p", String(sshd.port)],
        ...["-o", `UserKnownHostsFile=${sshd.knownHosts}`, "-o", "BatchMode=yes", sshd.address],
        remoteCommand({ python: PYTHON }, BOOT),
      ],
    };

    /** Up to HELLO; from then on nobody reads. */
    async function started(
      words: readonly string[],
    ): Promise<{ child: ChildProcessWithoutNullStreams; pid: number }> {
      const [file = "", ...args] = words;
      const child = spawn(file, args);
      child.stdin.on("error", () => undefined);
      child.stderr.resume();
      let said = Buffer.alloc(0);
      const pid = await new Promise<number>((resolve) => {
        child.stdout.on("data", (bytes: Buffer) => {
          const isNew = !said.includes(MARKER);
          said = Buffer.concat([said, bytes]);
          const at = said.indexOf(MARKER);
          if (at < 0) return;
          if (isNew) child.stdin.write(agentSource());
          const [hello] = new FrameParser().push(said.subarray(at + MARKER.length));
          if (hello !== undefined) resolve(decodeHello(hello.payload).pid);
        });
      });
      child.stdout.removeAllListeners("data").pause();
      return { child, pid };
    }

    for (const [way, words] of Object.entries(ways)) {
      it(`and is promised to be heard: what is armed is undone, and it leaves, ${way}`, async () => {
        // One answer is more than may be unsent; or the last of many is, when the pipe takes nothing any more.
        namespace.makeVeths(way === "into a pipe" ? 150 : 500);
        const { child, pid } = await started(words());
        try {
          child.stdin.write(
            Buffer.concat([
              encodeFrame(2, ClientFrame.PING, encodePing(1000)),
              open(),
              change(3, 60_000),
              ...Array.from({ length: 30 }, (_, n) => dump(10 + n)),
            ]),
          );
          await eventually("the change is made", () => hasM0(), 10_000);
          await eventually("it is undone", () => !hasM0(), 20_000);
          await eventually("the agent has left", () => !runs(pid), 20_000);
        } finally {
          child.kill("SIGKILL");
        }
      });

      it(`and promised nothing: what is armed is undone in time, in bounded memory, ${way}`, async () => {
        namespace.makeVeths(500);
        const { child, pid } = await started(words());
        try {
          child.stdin.write(
            Buffer.concat([
              open(),
              change(3, 1500),
              ...Array.from({ length: 30 }, (_, n) => dump(10 + n)),
            ]),
          );
          await eventually("the change is made", () => hasM0(), 10_000);
          await eventually("it is undone", () => !hasM0(), 20_000);
          assert.ok(runs(pid));
          const kib = peakMemory(pid);
          assert.ok(kib < 25_000, `the agent had ${kib} KiB`);
        } finally {
          child.kill("SIGKILL");
        }
        await eventually("the agent has left", () => !runs(pid), 20_000);
      });
    }

    const hasM0 = (): boolean => namespace.links.includes("m0");
  });

  it("by frames that are damaged: each is answered once, and so is the next whole one", async () => {
    const random = seededRandom();
    const { channel } = await startAgent(sshTransport(sshTo(sshd, { python: PYTHON })));
    const frames: Frame[] = [];
    const parser = new FrameParser();
    let ended = "";
    channel.onData((bytes) => frames.push(...parser.push(bytes)));
    channel.onEnd(({ reason }) => (ended = reason));
    const answered = (): number => frames.filter(({ type }) => type === AgentFrame.END).length;
    channel.write(open());
    const whole = [
      () => open(),
      () => dump(0),
      () => change(0, 60_000),
      () => encodeFrame(0, ClientFrame.DISARM, Buffer.alloc(4, 1)),
      () =>
        encodeFrame(
          0,
          ClientFrame.FILE,
          encodeJson({ op: "tap", handle: HANDLE, link: "lower", ifindex: 3 }),
        ),
    ];
    const COUNT = 1500;
    for (let id = 2; id < COUNT + 2; id++) {
      const frame = Buffer.from((whole[id % whole.length] ?? open)());
      frame.writeUInt32BE(id, 4);
      // The length, the id and the type stay; what is in it does not.
      for (let hits = 1 + Math.floor(random() * 4); hits > 0; hits--)
        frame[9 + Math.floor(random() * (frame.length - 9))] = Math.floor(random() * 256);
      channel.write(frame);
    }
    await eventually("all are answered", () => answered() === COUNT + 1 || ended !== "", 30_000);
    assert.equal(ended, "");
    const ids = frames
      .filter(({ type }) => type === AgentFrame.END)
      .map(({ requestId }) => requestId)
      .sort((a, b) => a - b);
    assert.deepEqual(
      ids,
      Array.from({ length: COUNT + 1 }, (_, n) => n + 1),
    );
    channel.write(encodeFrame(1, ClientFrame.OPEN, encodeJson({ handle: 1, netns: null })));
    await eventually("the next is answered", () => answered() === COUNT + 2);
    channel.close();
    await eventually("the agent has left", () => ended !== "");
    assert.match(ended, /status 0/);
  });
});
