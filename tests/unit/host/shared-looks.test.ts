import assert from "node:assert/strict";
import { SharedLooks } from "../../../provider/host/shared-looks";

describe("looks that are shared", () => {
  let looks: SharedLooks;
  let count: number;
  const look = async (): Promise<number> => ++count;

  beforeEach(() => {
    looks = new SharedLooks();
    count = 0;
  });

  it("are one for all that ask at the same moment, whatever they awaited before", async () => {
    const opening = Promise.resolve();
    const ask = async (): Promise<number> => {
      await opening;
      return looks.share("lower", look);
    };
    assert.deepEqual(await Promise.all([ask(), ask(), ask()]), [1, 1, 1]);
  });

  it("are another for another thing", async () => {
    assert.deepEqual(await Promise.all([looks.share("a", look), looks.share("b", look)]), [1, 2]);
  });

  it("are another for who asks later, though the first has no answer yet", async () => {
    const slow = looks.share("lower", () => new Promise((resolve) => setImmediate(resolve, 0)));
    await Promise.resolve();
    assert.equal(await looks.share("lower", look), 1);
    assert.equal(await slow, 0);
  });

  it("are another after a change that was asked for in between", async () => {
    const before = looks.share("lower", look);
    looks.forget();
    assert.deepEqual(await Promise.all([before, looks.share("lower", look)]), [1, 2]);
  });
});
