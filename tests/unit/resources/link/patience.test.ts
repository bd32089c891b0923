import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { Patience } from "../../../../provider/resources/link/patience";

const never = new Promise<never>(() => undefined);
const isLate = /no answer from (dead|slow) within 0.05 s/;

describe("the patience of check", () => {
  it("with a host that does not answer is spent once, not by each of its resources", async () => {
    const patience = new Patience(50);
    const began = performance.now();
    await assert.rejects(patience.wait("dead", never), isLate);
    assert.ok(performance.now() - began > 40);
    const order: string[] = [];
    const again = patience.wait("dead", never).catch(() => order.push("late at once"));
    await Promise.all([again, sleep(25).then(() => order.push("half the patience"))]);
    assert.deepEqual(order, ["late at once", "half the patience"]);
  });

  it("does not miss what answered after all", async () => {
    const patience = new Patience(50);
    const slow = sleep(100, "here");
    await assert.rejects(patience.wait("slow", slow), isLate);
    await slow;
    assert.equal(await patience.wait("slow", Promise.resolve("here")), "here");
  });

  it("is whole again for a host that answered: it may be connected to anew", async () => {
    const patience = new Patience(50);
    assert.equal(await patience.wait("alive", sleep(10, "here")), "here");
    await sleep(60);
    assert.equal(await patience.wait("alive", sleep(10, "again")), "again");
  });

  it("with one host says nothing of another", async () => {
    const patience = new Patience(50);
    await assert.rejects(patience.wait("dead", never), isLate);
    assert.equal(await patience.wait("alive", sleep(10, "here")), "here");
  });

  it("passes on why a host cannot be reached", async () => {
    const refused = Promise.reject(new Error("refused"));
    await assert.rejects(new Patience(50).wait("dead", refused), /^Error: refused$/);
  });
});
