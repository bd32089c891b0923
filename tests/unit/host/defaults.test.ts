import assert from "node:assert/strict";
import { resolve, type Resolved } from "../../../provider/host/defaults";
import { DEFAULTED_FIELDS } from "../../../provider/link/connection-fields";
import type { Connection } from "../../../provider/link/model";
import { ED25519, EXAMPLES, FINGERPRINT } from "../../support/connection-examples";
import { configOf } from "../../support/two-sources";

const NOTHING = configOf({});
const program = (given: Connection, config = NOTHING): Resolved =>
  resolve(given, config, "program");
const state = (given: Connection, config = NOTHING): Resolved => resolve(given, config, "state");

describe("what a connection leaves out", () => {
  const config = configOf(
    { user: "env", privateKeyPath: "/keys/env", deadline: "60" },
    { user: "stack", port: "2222", privateKeyPath: "/keys/stack", keepalive: "7", python: "py" },
  );

  it("comes from the environment, and for the rest the stack's word is kept apart", () => {
    const { connection, otherwise } = program({ host: "hv1" }, config);
    assert.deepEqual(connection, {
      host: "hv1",
      user: "env",
      privateKeyPath: "/keys/env",
      deadline: 60,
      // Of these ssh's own files have no word.
      python: "py",
    });
    assert.deepEqual(otherwise, { port: 2222, keepalive: 7 });
  });

  it("is nothing that the program says", () => {
    const given = { host: "hv1", user: "me", privateKey: KEY, deadline: 5, port: 1, python: "p" };
    const { connection, otherwise, past } = program(given, config);
    assert.deepEqual([connection, otherwise, past], [given, { keepalive: 7 }, undefined]);
  });

  it("may be every field that is not about one host alone", () => {
    for (const field of DEFAULTED_FIELDS) {
      const [given, kept = given] = EXAMPLES[field][0][0] ?? [];
      const text = typeof given === "string" ? given : JSON.stringify(given);
      const fromEnvironment = program({ host: "hv1" }, configOf({ [field]: text }));
      assert.deepEqual(fromEnvironment.connection, { host: "hv1", [field]: kept }, field);
      const { connection, otherwise } = program({ host: "hv1" }, configOf({}, { [field]: text }));
      assert.deepEqual({ ...connection, ...otherwise }, { host: "hv1", [field]: kept }, field);
    }
  });

  it("may be a list: JSON, or as ssh spells it", () => {
    const listed = (field: "proxy" | "knownHosts", text: string): unknown =>
      program({ host: "hv1" }, configOf({ [field]: text })).connection[field];
    assert.deepEqual(listed("knownHosts", "~/known"), ["~/known"]);
    assert.deepEqual(listed("knownHosts", '["a","b"]'), ["a", "b"]);
    assert.deepEqual(listed("proxy", "ops@jump:22,[::1]:2222"), [
      { host: "jump", user: "ops", port: 22 },
      { host: "::1", port: 2222 },
    ]);
    assert.deepEqual(listed("proxy", '[{"host":"jump"}]'), [{ host: "jump" }]);
    assert.deepEqual(listed("proxy", "none"), []);
  });

  it("is only what the way to the host can take", () => {
    const all = configOf(
      { deadline: "60", user: "admin", password: "canary", sudo: "true" },
      { hostKey: "ssh-ed25519 AAAA", proxy: "jump" },
    );
    assert.deepEqual(program({}, all).connection, { deadline: 60, sudo: true });
    const openssh = program({ host: "hv1", launcher: "openssh" }, all);
    const expected = { host: "hv1", launcher: "openssh", user: "admin", deadline: 60, sudo: true };
    assert.deepEqual([openssh.connection, openssh.otherwise], [expected, {}]);
    const command = { id: "c1", launcher: { command: ["env"] } };
    assert.deepEqual(program(command, all).connection, { ...command, deadline: 60, sudo: true });
  });

  it("is refused where it is wrong, with where it came from and without what it is", () => {
    const wrong = (environment: Record<string, string>, stack = {}) =>
      program({ host: "hv1" }, configOf(environment, stack));
    assert.throws(
      () => wrong({ perDialTimeout: "soon" }),
      /PULUMI_MACVLAN_PER_DIAL_TIMEOUT: It is no integer/,
    );
    assert.throws(() => wrong({}, { keepalive: "x" }), /macvlan:keepalive: It is no integer/);
    assert.throws(
      () => wrong({ privateKey: "canary", proxy: '[{"password":"canary"}]' }),
      (error: Error) =>
        /PRIVATE_KEY: It is not the whole.*PROXY\[0\]\.host: It is required/.test(error.message) &&
        !error.message.includes("canary"),
    );
    assert.throws(
      () => program({ host: "hv1", privateKey: KEY }, configOf({ launcher: "openssh" })),
      /connection\.privateKey: The system's ssh cannot be given it/,
    );
  });

  it("is no second key, nor a second pin, beside one that is named", () => {
    const keys = configOf({ privateKey: KEY, agentSocketPath: "/agent" }, { privateKeyPath: "/s" });
    assert.deepEqual(program({ host: "hv1", privateKeyPath: "/p" }, keys).connection, {
      host: "hv1",
      privateKeyPath: "/p",
    });
    assert.deepEqual(program({ host: "hv1" }, keys).otherwise, {});
    const pins = configOf({ hostKey: HOST_KEY }, { hostKeyFingerprint: FINGERPRINT });
    assert.deepEqual(program({ host: "hv1" }, pins).otherwise, {});
    assert.deepEqual(program({ host: "hv1", hostKeyFingerprint: FINGERPRINT }, pins).connection, {
      host: "hv1",
      hostKeyFingerprint: FINGERPRINT,
    });
  });

  it("may be the passphrase of a key that is named", () => {
    const config = configOf({}, { privateKeyPassword: "canary" });
    const { otherwise } = program({ host: "hv1", privateKeyPath: "/p" }, config);
    assert.deepEqual(otherwise, { privateKeyPassword: "canary" });
  });
});

describe("what an older program said of a connection", () => {
  it("gives way to the environment, but not to the stack", () => {
    const config = configOf(
      { user: "env", hostKeyFingerprint: FINGERPRINT },
      { user: "stack", port: "2", deadline: "9" },
    );
    const { connection, otherwise } = state(
      { host: "hv1", user: "old", port: 1, hostKey: HOST_KEY },
      config,
    );
    assert.deepEqual(connection, {
      host: "hv1",
      user: "env",
      port: 1,
      hostKeyFingerprint: FINGERPRINT,
      deadline: 9,
    });
    assert.deepEqual(otherwise, {});
  });

  it("is tried as a credential, and nothing more", () => {
    const config = configOf({ privateKeyPath: "/env" }, { privateKey: KEY, password: "stack" });
    const old = { host: "hv1", privateKey: KEY, password: "old" };
    const { connection, past, otherwise } = state(old, config);
    assert.deepEqual(connection, { host: "hv1", privateKeyPath: "/env" });
    assert.deepEqual(past, { privateKey: KEY, password: "old" });
    assert.deepEqual(otherwise, { password: "stack" });
    assert.deepEqual(state(old, configOf({}, { privateKey: KEY })).otherwise, { privateKey: KEY });
  });

  it("gives way to a launcher that cannot be given it", () => {
    const old = { host: "hv1", privateKey: KEY, user: "me" };
    const { connection, past } = state(old, configOf({ launcher: "openssh" }));
    assert.deepEqual(connection, { host: "hv1", launcher: "openssh", user: "me" });
    assert.deepEqual(past, { privateKey: KEY });
  });

  it("leads to the same agent as what the program says, where it is the same", () => {
    const given = { host: "hv1", user: "me", privateKey: KEY };
    const config = configOf({ deadline: "60" }, { port: "2" });
    assert.equal(state(given, config).key, program(given, config).key);
    assert.notEqual(state(given, config).key, program({ ...given, user: "you" }, config).key);
    const other = configOf({ user: "env" });
    assert.notEqual(state(given, other).key, program(given, other).key);
  });
});

const KEY = `-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n`;
const HOST_KEY = `ssh-ed25519 ${ED25519}`;
