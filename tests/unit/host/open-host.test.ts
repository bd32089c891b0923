import assert from "node:assert/strict";
import { whenUnreachable } from "../../../provider/host/open-host";
import { configOf } from "../../support/two-sources";

describe("a host that cannot be reached", () => {
  it("fails, unless the program or the run at hand says otherwise, which has the last word", () => {
    assert.equal(whenUnreachable(undefined, configOf({})), "fail");
    assert.equal(whenUnreachable({ unreachable: "keep" }, configOf({})), "keep");
    const run = configOf({ unreachable: "forget" });
    assert.equal(whenUnreachable({ unreachable: "keep" }, run), "forget");
    const stack = configOf({}, { unreachable: "forget" });
    assert.equal(whenUnreachable({}, stack), "forget");
    assert.equal(whenUnreachable({ unreachable: "keep" }, stack), "keep");
    assert.throws(
      () => whenUnreachable({}, configOf({ unreachable: "perhaps" })),
      /none of fail, forget, keep/,
    );
  });
});
