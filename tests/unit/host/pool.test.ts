import assert from "node:assert/strict";
import { HostError } from "../../../provider/errors";
import { Pool } from "../../../provider/host/pool";
import { Session } from "../../../provider/host/session";
import { hello, ScriptedChannel } from "../../support/scripted-channel";

describe("the pool", () => {
  const pooled = (): { session: Session; channel: ScriptedChannel } => {
    const channel = new ScriptedChannel();
    return { channel, session: new Session({ channel, hello, host: "h", startMs: 1 }) };
  };

  it("starts one for all that come at once, and another after its death", async () => {
    const pool = new Pool<ReturnType<typeof pooled>>();
    let starts = 0;
    const start = async () => (starts++, pooled());
    const [a, b] = await Promise.all([pool.get("k", start), pool.get("k", start)]);
    assert.equal(a, b);
    a.channel.end({ reason: "gone" });
    assert.notEqual(await pool.get("k", start), a);
    await pool.get("other", start);
    assert.equal(starts, 3);
  });

  it("tells a successor of what died, until one has started", async () => {
    const pool = new Pool<ReturnType<typeof pooled>>();
    const told: unknown[] = [];
    const start = (fails?: Error) => async (lost: unknown) => {
      told.push(lost);
      if (fails !== undefined) throw fails;
      return pooled();
    };
    const first = await pool.get("k", start());
    first.channel.end({ reason: "gone" });
    const dies = new HostError({
      ...{ kind: "broken", operation: "o", host: "h", cause: "c" },
      sessionDied: true,
    });
    await assert.rejects(pool.get("k", start(dies)));
    await pool.get("k", start());
    await pool.get("other", start());
    assert.deepEqual(told, [undefined, first, first, undefined]);
  });

  it("remembers a failed start", async () => {
    const pool = new Pool<ReturnType<typeof pooled>>();
    let starts = 0;
    const start = () => (starts++, Promise.reject(new Error("no route")));
    await assert.rejects(pool.get("k", start), /no route/);
    await assert.rejects(pool.get("k", start), /no route/);
    assert.equal(starts, 1);
  });

  it("closes what it has", async () => {
    const pool = new Pool<ReturnType<typeof pooled>>();
    const { channel } = await pool.get("k", async () => pooled());
    await pool.close();
    assert.ok(channel.closed);
  });
});
