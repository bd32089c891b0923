import assert from "node:assert/strict";
import { openHost, whenUnreachable } from "../../../provider/host/open-host";
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

describe("a connection that is asked for twice", () => {
  it("is one, in whatever order its fields are given", async () => {
    const launcher = { command: ["false"] };
    // A failure is remembered for the run, so the second one is the first.
    const failure = (connection: object): Promise<unknown> =>
      openHost(connection, configOf({})).catch((error: unknown) => error);
    const first = await failure({ id: "twice", launcher });
    assert.ok(first instanceof Error);
    assert.equal(await failure({ launcher, id: "twice" }), first);
    assert.notEqual(await failure({ launcher, id: "another" }), first);
  });
});
