import assert from "node:assert/strict";
import { openHost, whenUnreachable, withDefaults } from "../../../provider/host/open-host";

const configOf =
  (values: Readonly<Record<string, string>>) =>
  (key: string): string | undefined =>
    values[key];

describe("what a connection leaves out", () => {
  const config = configOf({
    user: "admin",
    privateKeyPath: "/keys/a",
    deadline: "60",
    password: "canary",
  });

  it("comes from environment and stack, and what it says stands", () => {
    assert.deepEqual(withDefaults({ host: "hv1", user: "root" }, config), {
      host: "hv1",
      user: "root",
      privateKeyPath: "/keys/a",
      deadline: 60,
      password: "canary",
    });
  });

  it("is only what the way to the host can take", () => {
    assert.deepEqual(withDefaults({ sudo: true }, config), { sudo: true, deadline: 60 });
    assert.deepEqual(withDefaults({ host: "hv1", launcher: "openssh" }, config), {
      host: "hv1",
      launcher: "openssh",
      user: "admin",
      privateKeyPath: "/keys/a",
      deadline: 60,
    });
    const connection = { id: "c1", launcher: { command: ["env"] } };
    assert.deepEqual(withDefaults(connection, config), { ...connection, deadline: 60 });
  });

  it("is refused where it is wrong, with where it came from", () => {
    const wrong = configOf({ deadline: "soon" });
    assert.throws(
      () => withDefaults({ host: "hv1" }, wrong),
      /connection\.deadline.*PULUMI_MACVLAN_/,
    );
  });
});

describe("a host that cannot be reached", () => {
  it("fails, unless the program or the run at hand says otherwise, which has the last word", () => {
    assert.equal(whenUnreachable(undefined, configOf({})), "fail");
    assert.equal(whenUnreachable({ unreachable: "keep" }, configOf({})), "keep");
    const run = configOf({ unreachable: "forget" });
    assert.equal(whenUnreachable({ unreachable: "keep" }, run), "forget");
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
