import assert from "node:assert/strict";
import { check, failuresOf, inputsFor, UNKNOWN } from "../../support/link-fixtures";

describe("check", () => {
  it("leaves of plain arguments what they say, with a name, a MAC address and an identity", () => {
    const { macAddress, identity, ...inputs } = inputsFor({ mtu: "1400", adminState: undefined });
    assert.deepEqual(inputs, { kind: "macvlan", lowerDevice: "eth0", mtu: 1400, name: "web" });
    assert.match(macAddress ?? "", /^[0-9a-f]([0-9a-f]:?)+$/);
    const { mark, ...rest } = identity;
    assert.match(mark, /^[a-z2-7]{12}$/);
    assert.deepEqual(rest, { host: "hosthosthost", name: "web", macAddress });
  });

  it("says everything that is wrong at once, each with its path", () => {
    const failures = failuresOf({
      lowerDevice: undefined,
      mode: "source",
      name: "a/b",
      macAddress: "x",
      mtu: 67,
      sourceMacAddresses: ["02:00:00:00:00:01", "02:00:00:00:00:01"],
      netns: { pid: 0 },
      tap: { mode: "x" },
      colour: "red",
      adopt: "maybe",
      connection: { host: "h v1", deadline: 0 },
    });
    assert.deepEqual(
      failures.map((failure) => failure.slice(0, failure.indexOf(":"))).sort(),
      [
        "adopt",
        "colour",
        "connection.deadline",
        "connection.host",
        "lowerDevice",
        "macAddress",
      ].concat(["mtu", "name", "netns.pid", "sourceMacAddresses[1]", "tap.mode"]),
    );
  });

  it("asks for what is required, and says what it is", () => {
    const [failure] = failuresOf({ lowerDevice: null });
    assert.match(failure ?? "", /^lowerDevice: It is required\. The device the link stands on/);
  });

  const suggestions = [
    ["lowerdevice", "lowerDevice"],
    ["MTU", "mtu"],
    ["mac", "macAddress"],
    ["txQueueLen", "txQueueLength"],
    ["altnames", "altNames"],
    ["nopromiscuous", "noPromisc"],
    ["brodcastLimit", "broadcastLimit"],
    ["adpot", "adopt"],
    ["conection", "connection"],
  ] as const;
  for (const [given, meant] of suggestions)
    it(`asks whether ${given} means ${meant}`, () => {
      assert.deepEqual(failuresOf({ [given]: 1 }), [
        `${given}: There is no such property; did you mean ${meant}?`,
      ]);
    });

  it("guesses nothing at what is like nothing", () => {
    assert.deepEqual(failuresOf({ colour: "red" }), ["colour: There is no such property"]);
    assert.deepEqual(failuresOf({ __proto__x: 1 }), ["__proto__x: There is no such property"]);
    assert.deepEqual(failuresOf({ hasOwnProperty: 1 }), [
      "hasOwnProperty: There is no such property",
    ]);
  });

  it("knows two kinds", () => {
    assert.equal(inputsFor({ kind: "macvtap" }).kind, "macvtap");
    assert.deepEqual(failuresOf({ kind: "ipvlan" }), [
      'kind: "ipvlan" is none of macvlan, macvtap',
    ]);
  });

  it("takes what holds for one kind or mode there only", () => {
    inputsFor({ mode: "passthru", noPromisc: true });
    inputsFor({ mode: "source", sourceMacAddresses: ["02:00:00:00:00:01"], noDst: true });
    inputsFor({ kind: "macvtap", tap: { owner: "root" } });
    assert.deepEqual(failuresOf({ mode: "bridge", noPromisc: true }), [
      'noPromisc: only a passthru link puts its lower device into promiscuous mode; leave it out or change mode ("bridge")',
    ]);
    // No mode is vepa.
    assert.deepEqual(failuresOf({ sourceMacAddresses: ["02:00:00:00:00:01"] }), [
      'sourceMacAddresses: the kernel keeps a list of sources for links in source mode only; leave it out or change mode ("vepa")',
    ]);
    assert.deepEqual(failuresOf({ tap: { owner: "qemu" } }), [
      "tap: a macvlan has no tap device; leave it out",
    ]);
    assert.deepEqual(failuresOf({ mode: "passthru", macAddress: "02:00:00:00:00:01" }), [
      'macAddress: a passthru link takes over its lower device\'s MAC address and the kernel ignores another one; leave it out or change mode ("passthru")',
    ]);
  });

  it("drops a default that says nothing where it stands", () => {
    const given = {
      noPromisc: "false",
      sourceMacAddresses: [],
      tap: { owner: "root", group: "root", mode: "600" },
    };
    assert.deepEqual(inputsFor(given), inputsFor());
    assert.deepEqual(inputsFor({ tap: {} }), inputsFor());
  });

  it("does not call one mistake two", () => {
    assert.deepEqual(failuresOf({ mode: "passthrough", noPromisc: true }), [
      'mode: "passthrough" is none of vepa, bridge, private, passthru, source',
    ]);
  });

  it("refuses the link's own name among the further ones, given or generated", () => {
    const reason = (name: string): string =>
      `altNames: "${name}" is the link's own name already; leave it out of its altNames`;
    assert.deepEqual(failuresOf({ name: "a", altNames: ["b", "a"] }), [reason("a")]);
    assert.deepEqual(failuresOf({ altNames: ["web"] }), [reason("web")]);
  });

  it("refuses addrGenMode where the MTU leaves no room for IPv6", () => {
    inputsFor({ mtu: 1280, addrGenMode: "none" });
    assert.deepEqual(failuresOf({ mtu: 1279, addrGenMode: "none" }), [
      "addrGenMode: a link with an MTU of 1279 has no IPv6, which needs 1280; leave addrGenMode out or raise mtu",
    ]);
  });

  it("caps the list of sources where the kernel's answer can still be read", () => {
    const address = (n: number): string =>
      `02:00:00:00:${[n >> 8, n & 255].map((o) => o.toString(16).padStart(2, "0")).join(":")}`;
    const sources = (length: number): string[] => Array.from({ length }, (_, n) => address(n));
    inputsFor({ mode: "source", sourceMacAddresses: sources(5000) });
    assert.deepEqual(failuresOf({ mode: "source", sourceMacAddresses: sources(5001) }), [
      "sourceMacAddresses: it has 5001 entries; at most 5000 can be read back from the kernel",
    ]);
  });
});

describe("check of what is not known yet", () => {
  it("passes it on wherever it stands", () => {
    const given = {
      lowerDevice: UNKNOWN,
      name: UNKNOWN,
      netns: { pid: UNKNOWN },
      altNames: ["a", UNKNOWN],
      adopt: UNKNOWN,
      connection: { id: "hv1", python: UNKNOWN },
    };
    const { inputs, failures } = check(given);
    assert.deepEqual(failures, []);
    for (const [name, value] of Object.entries(given)) assert.deepEqual(inputs[name], value, name);
  });

  it("refuses nothing for it that may turn out to be a default", () => {
    assert.deepEqual(failuresOf({ mode: "bridge", noPromisc: UNKNOWN, tap: UNKNOWN }), []);
    assert.deepEqual(failuresOf({ mode: "passthru", macAddress: UNKNOWN }), []);
    assert.deepEqual(failuresOf({ mode: UNKNOWN, noPromisc: true }), []);
    assert.deepEqual(failuresOf({ mtu: 1000, addrGenMode: UNKNOWN }), []);
  });

  it("promises no MAC address while the mode may be passthru", () => {
    assert.equal(check({ mode: UNKNOWN }).inputs["macAddress"], UNKNOWN);
    assert.equal(
      check({ mode: UNKNOWN, macAddress: "02:00:00:00:00:01" }).inputs["macAddress"],
      "02:00:00:00:00:01",
    );
  });

  it("makes neither name nor MAC address nor identity from an unknown resource or host", () => {
    for (const inputs of [
      check({ resourceUrn: UNKNOWN }).inputs,
      check({}, undefined, UNKNOWN).inputs,
    ])
      assert.deepEqual(
        [inputs["name"], inputs["macAddress"], inputs["identity"]],
        [UNKNOWN, UNKNOWN, UNKNOWN],
      );
    const { inputs } = check({ resourceUrn: UNKNOWN, name: "a", mode: "passthru" });
    assert.deepEqual([inputs["name"], "macAddress" in inputs], ["a", false]);
  });
});
