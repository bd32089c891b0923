import assert from "node:assert/strict";
import {
  CONNECTION_FIELDS,
  FIELD_NAMES,
  HOP_FIELDS,
} from "../../../provider/link/connection-fields";
import type { Connection } from "../../../provider/link/model";
import {
  CANARY,
  ED25519,
  EXAMPLES,
  FINGERPRINT,
  type Field,
} from "../../support/connection-examples";
import { failuresOf, inputsFor, UNKNOWN } from "../../support/link-fixtures";

const checked = (connection: unknown): Connection | undefined =>
  inputsFor({ connection }).connection;
const refused = (connection: unknown): string[] => failuresOf({ connection });

describe("check of a connection", () => {
  it("takes nothing for this machine", () => {
    for (const connection of [undefined, null, {}, { sudo: undefined, host: null }])
      assert.equal(checked(connection), undefined);
  });

  it("takes a text for an alias of ssh_config", () => {
    assert.deepEqual(checked("hv1"), { host: "hv1" });
    assert.match(refused("root@hv1")[0] ?? "", /^connection\.host: It is no host name/);
  });

  it("takes nothing else", () => {
    for (const connection of [7, true, [{ host: "hv1", password: CANARY }]])
      assert.match(refused(connection).join(), /^connection\.host: It is in no connection; write /);
  });

  for (const field of FIELD_NAMES) {
    const [legal, illegal] = EXAMPLES[field];
    const onHost = (value: unknown): object => ({ host: "hv1", [field]: value });

    it(`takes ${field} in one spelling`, () => {
      for (const [given, kept = given] of legal)
        assert.deepEqual(checked(onHost(given)), { host: "hv1", [field]: kept });
    });

    it(`refuses a wrong ${field}, and shows nothing secret`, () => {
      for (const [given, reason, below = ""] of illegal) {
        const [failure = "", ...more] = refused(onHost(given));
        const prefix = `connection.${field}${below}: `;
        assert.ok(failure.startsWith(prefix), failure);
        assert.match(failure.slice(prefix.length), reason);
        assert.deepEqual(more, []);
        assert.doesNotMatch(failure, /s3cret|PRIVATE/);
      }
    });
  }

  it("shows no value where a credential may stand, if only by mistake", () => {
    const wrong = [`${CANARY}\0`, [CANARY], { [CANARY]: CANARY }];
    for (const field of FIELD_NAMES)
      for (const value of wrong)
        for (const connection of [
          { host: "hv1", [field]: value },
          { host: "hv1", proxy: { host: "jump", [field]: value } },
        ])
          for (const failure of refused(connection))
            assert.doesNotMatch(failure.replace(/^.*?: /, ""), /s3cret/, field);
  });

  it("asks whether a known field is meant", () => {
    const suggestions = { hostkey: "hostKey", pass: "password", porrt: "port", sodu: "sudo" };
    for (const [given, meant] of Object.entries(suggestions))
      assert.deepEqual(refused({ [given]: CANARY }), [
        `connection.${given}: There is no such property; did you mean ${meant}?`,
      ]);
    assert.deepEqual(refused({ colour: CANARY }), ["connection.colour: There is no such property"]);
    assert.deepEqual(refused({ host: "a", proxy: { host: "b", prot: 1 } }), [
      "connection.proxy.prot: There is no such property; did you mean port?",
    ]);
  });

  const SSH_ONLY = FIELD_NAMES.filter((field) => CONNECTION_FIELDS[field].of !== "agent");
  const legalOf = (field: Field): unknown => EXAMPLES[field][0][0]?.[0];

  for (const field of SSH_ONLY.filter((each) => each !== "host"))
    it(`refuses ${field} on this machine`, () => {
      assert.deepEqual(refused({ [field]: legalOf(field), sudo: true }), [
        `connection.${field}: Without connection.host this machine is meant, which needs no SSH; leave it out or name the host`,
      ]);
    });

  it("takes a command with an id in the place of SSH", () => {
    const connection = {
      launcher: { command: ["lxc", "exec", "c1", "--", "sh"] },
      id: "c1",
      sudo: true,
    };
    assert.deepEqual(checked(connection), connection);
    const { id: _, ...nameless } = connection;
    assert.deepEqual(refused(nameless), [
      "connection.id: It is required beside a launcher's command, which does not name the host",
    ]);
    for (const field of SSH_ONLY.filter((each) => each !== "launcher"))
      assert.deepEqual(refused({ ...connection, [field]: legalOf(field) }), [
        `connection.${field}: The launcher's command alone says how the host is reached; leave it out`,
      ]);
  });

  it("refuses what the system's ssh cannot be given", () => {
    const cures: Partial<Record<Field, RegExp>> = {
      proxy: /use ProxyJump in ssh_config$/,
      password: /privateKeyPath, or start an ssh agent$/,
      privateKey: /privateKeyPath/,
      privateKeyPassword: /privateKeyPath/,
      hostKey: /knownHosts$/,
      hostKeyFingerprint: /knownHosts$/,
      agentSocketPath: /use IdentityAgent in ssh_config$/,
      dialErrorLimit: /use ConnectionAttempts in ssh_config$/,
    };
    for (const field of FIELD_NAMES.filter((each) => each !== "launcher")) {
      const failures = refused({ host: "hv1", launcher: "openssh", [field]: legalOf(field) });
      const cure = cures[field];
      assert.equal(failures.length, cure === undefined ? 0 : 1, field);
      if (cure !== undefined) assert.match(failures[0] ?? "", cure);
    }
  });

  it("takes a host's key once", () => {
    const both = { hostKey: `ssh-ed25519 ${ED25519}`, hostKeyFingerprint: FINGERPRINT };
    assert.deepEqual(refused({ host: "hv1", ...both }), [
      "connection.hostKeyFingerprint: hostKey says it already; leave one of the two out",
    ]);
  });

  it("calls one mistake one", () => {
    assert.deepEqual(refused({ user: "root", launcher: { command: [] } }).length, 1);
    assert.deepEqual(refused({ host: "a b", user: "root" }).length, 1);
  });

  it("knows of a hop what it knows of a host", () => {
    const told = Object.fromEntries(
      HOP_FIELDS.filter((field) => field !== "hostKeyFingerprint").map((field) => [
        field,
        legalOf(field),
      ]),
    );
    assert.deepEqual(checked({ ...told, proxy: told }), { ...told, proxy: [told] });
  });

  it("waits for what is not known yet", () => {
    const connection = { host: "hv1", password: UNKNOWN, port: 0 };
    assert.deepEqual(failuresOf({ connection }), []);
  });
});
