import assert from "node:assert/strict";
import { withShortTraces } from "../../../sdk/short-traces";

/** As Pulumi does it: all frames, then what was before. */
function wholeTrace(): number {
  const { stackTraceLimit } = Error;
  try {
    Error.stackTraceLimit = Number.POSITIVE_INFINITY;
    return new Error().stack?.split("\n").slice(1).length ?? 0;
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

const deep = <T>(work: () => T, frames = 20): T => (frames === 0 ? work() : deep(work, frames - 1));

describe("short traces", () => {
  it("are none but where the whole is asked for, and then the first eight frames", () => {
    const before = Error.stackTraceLimit;
    const restore = withShortTraces();
    const mute = new Error().stack;
    const asked = deep(wholeTrace);
    const muteAgain = new Error().stack;
    restore();
    assert.doesNotMatch(`${mute} ${muteAgain}`, / at /);
    assert.equal(asked, 8);
    assert.equal(Error.stackTraceLimit, before);
  });

  it("end with their use: errors have their stacks again", () => {
    withShortTraces()();
    assert.match(new Error().stack ?? "", /at .*short-traces\.test/);
  });
});
