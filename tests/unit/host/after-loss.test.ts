import assert from "node:assert/strict";
import { connectionBroken, HostError, outcomeUnknown } from "../../../provider/errors";
import { againAfterLoss } from "../../../provider/host/after-loss";

const died = (kind: "broken" | "unknown"): HostError =>
  (kind === "broken" ? connectionBroken : outcomeUnknown)({
    host: "hv1",
    operation: "change links",
    cause: "the agent was killed by SIGKILL",
    sessionDied: true,
  });
const unreachable = connectionBroken({
  host: "hv1",
  operation: "connect",
  cause: "nothing listens on that port",
  cure: "Start it",
});

/** Work that fails so, one failure after the other, and then succeeds; counts its attempts. */
function failing(...failures: Error[]): { work: () => Promise<string>; attempts: () => number } {
  let attempts = 0;
  const work = async (): Promise<string> => {
    const failure = failures[attempts++];
    if (failure !== undefined) throw failure;
    return "done";
  };
  return { work, attempts: () => attempts };
}

async function failure(...failures: Error[]): Promise<{ error: HostError; attempts: number }> {
  const { work, attempts } = failing(...failures);
  const error: unknown = await againAfterLoss("create macvlan web", work).catch((e: unknown) => e);
  assert.ok(error instanceof HostError);
  return { error, attempts: attempts() };
}

describe("work whose connection breaks", () => {
  it("is done again, twice at most", async () => {
    const { work, attempts } = failing(died("unknown"), died("broken"));
    assert.equal(await againAfterLoss("create", work), "done");
    assert.equal(attempts(), 3);
  });

  it("is not tried again where the host was not reached in the first place, or said no", async () => {
    const refused = new HostError({ ...unreachable.failure, kind: "refused" });
    const unknown = new HostError({ ...unreachable.failure, kind: "unknown" });
    for (const given of [unreachable, refused, unknown]) {
      const { error, attempts } = await failure(given);
      assert.equal(error, given);
      assert.equal(attempts, 1);
    }
  });

  it("gives the host's own answer where there is one in the end", async () => {
    const missing = new HostError({ ...unreachable.failure, kind: "missing" });
    const { error } = await failure(died("unknown"), missing);
    assert.equal(error, missing);
  });

  it("says what was tried, what broke, and that nobody could look, when it may have changed something", async () => {
    const { error, attempts } = await failure(died("unknown"), unreachable);
    assert.equal(attempts, 2);
    assert.equal(error.kind, "unknown");
    assert.match(
      error.message,
      /^Cannot create macvlan web on hv1: the connection broke \(the agent was killed by SIGKILL\), and the host cannot be asked again: nothing listens on that port; a change was under way, and nobody could look what became of it\. Run pulumi up again/,
    );
  });

  it("says no such thing when nothing was sent yet", async () => {
    const { error } = await failure(died("broken"), unreachable);
    assert.equal(error.kind, "broken");
    assert.match(
      error.message,
      /cannot be asked again: nothing listens on that port\. Start it\.$/,
    );
  });

  it("says how often the connection broke", async () => {
    const { error, attempts } = await failure(died("unknown"), died("broken"), died("broken"));
    assert.equal(attempts, 3);
    assert.equal(error.kind, "unknown");
    assert.match(error.message, /by SIGKILL\), and 2 more after it; a change was under way/);
  });
});
