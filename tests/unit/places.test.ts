import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { Places } from "../../provider/places";

const NEVER_MS = 60_000;
const soon = (): Promise<void> => new Promise(setImmediate);

describe("places", () => {
  /** Who has a place, in the order in which they got it. */
  function queue(
    places: Places,
    names: string,
  ): { inside: string[]; leave: Map<string, () => void> } {
    const inside: string[] = [];
    const leave = new Map<string, () => void>();
    for (const name of names)
      void places.take().then((left) => {
        inside.push(name);
        leave.set(name, left);
      });
    return { inside, leave };
  }

  it("are so many, and go on in the order in which others came", async () => {
    const { inside, leave } = queue(new Places(2, NEVER_MS), "abcd");
    await soon();
    assert.deepEqual(inside, ["a", "b"]);
    leave.get("b")?.();
    leave.get("b")?.();
    await soon();
    assert.deepEqual(inside, ["a", "b", "c"]);
    leave.get("a")?.();
    leave.get("c")?.();
    await soon();
    assert.deepEqual(inside, ["a", "b", "c", "d"]);
  });

  it("are taken from who holds one for too long, so that the dead delay the living once", async () => {
    const { inside } = queue(new Places(2, 20), "abcde");
    await soon();
    assert.deepEqual(inside, ["a", "b"]);
    while (inside.length < 5) await sleep(5);
    assert.deepEqual(inside, ["a", "b", "c", "d", "e"]);
  });

  it("are not waited for by who is not waited for", async () => {
    const places = new Places(1, NEVER_MS);
    const leave = await places.take();
    const nobody = new AbortController();
    const given = assert.rejects(places.take(nobody.signal));
    const next = places.take();
    nobody.abort();
    await given;
    leave();
    (await next)();
    await assert.rejects(places.take(nobody.signal));
    // That one took no place with it.
    (await places.take())();
  });
});
