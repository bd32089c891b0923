import assert from "node:assert/strict";
import { outlast } from "../../../provider/host/outlast";
import type { Session } from "../../../provider/host/session";

const hello = { protocol: 1, python: "3", uid: 0, pid: 7, started: "99", lock: "l", kernel: "6" };
const sessionOn = (bootId: string, answers: boolean[] = []) => {
  const asked: unknown[] = [];
  const endAgent = async (agent: unknown): Promise<boolean> => {
    asked.push(agent);
    return answers.shift() ?? assert.fail("It was asked once more");
  };
  const session = { hello: { ...hello, machineId: "", bootId }, host: "h", endAgent };
  return { session: session as unknown as Session, asked };
};

describe("a session that outlasts another", () => {
  it("asks until the old agent and its undo are gone", async () => {
    const { session: lost } = sessionOn("boot-1");
    const { session, asked } = sessionOn("boot-1", [false, false, true]);
    await outlast(lost, session);
    assert.deepEqual(asked, [lost.hello, lost.hello, lost.hello]);
  });

  it("asks nothing after a reboot, or on another machine: there is nothing of it", async () => {
    const { session, asked } = sessionOn("boot-2");
    await outlast(sessionOn("boot-1").session, session);
    assert.deepEqual(asked, []);
  });
});
