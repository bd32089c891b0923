import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { join } from "node:path";
import { localTransport } from "../../provider/transport/local";
import { eventually, runs } from "../support/processes";
import { isCompliant } from "./compliance";

isCompliant("local", () => localTransport());

describe("a local agent", () => {
  const root = join(__dirname, "../..");

  /** Runs a program that has `session`; what it prints, and how it ended. */
  function program(
    body: string,
    detached = false,
  ): { pid: number; ended: Promise<{ said: string; status: number | null }> } {
    const source = `
      const { Session } = require(${JSON.stringify(join(root, "provider/host/session"))});
      const { localTransport } = require(${JSON.stringify(join(root, "provider/transport/local"))});
      Session.start(localTransport()).then(async (session) => { ${body} });`;
    const child = spawn(process.execPath, ["-r", "ts-node/register/transpile-only", "-e", source], {
      cwd: root,
      detached,
      stdio: ["ignore", "pipe", "inherit"],
    });
    let said = "";
    child.stdout.on("data", (bytes: Buffer) => (said += bytes.toString()));
    const ended = new Promise<{ said: string; status: number | null }>((resolve) =>
      child.once("close", (status) => resolve({ said, status })),
    );
    if (child.pid === undefined) throw new Error("Cannot start node");
    return { pid: child.pid, ended };
  }

  it("does not keep a program alive, and ends with it", async () => {
    const { said, status } = await program("console.log(session.hello.pid)").ended;
    assert.equal(status, 0);
    await eventually("the agent is gone", () => !runs(Number(said)));
  });

  it("keeps a program alive that waits for an answer", async () => {
    const { said, status } = await program("await session.open(null); console.log('answered')")
      .ended;
    assert.deepEqual([said, status], ["answered\n", 0]);
  });

  it("is not reached by Ctrl-C", async () => {
    const body = `
      process.on("SIGINT", async () => { await session.open(null); console.log("answered"); process.exit(); });
      setInterval(() => {}, 1000);
      process.kill(-process.pid, "SIGINT");`;
    assert.equal((await program(body, true).ended).said, "answered\n");
  });
});
