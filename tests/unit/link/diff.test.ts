import assert from "node:assert/strict";
import { type Change, diffLink } from "../../../provider/link/diff";
import { hostNameFor } from "../../../provider/link/host";
import type { LinkInputs, PropertyName } from "../../../provider/link/model";
import { PROPERTIES, PROPERTY_NAMES } from "../../../provider/link/properties";
import { keptOf, stateOf } from "../../../provider/link/state";
import {
  type Given,
  inputsFor,
  isUnknown,
  observed,
  stateFor,
  SURROUNDINGS,
  UNKNOWN,
  check,
} from "../../support/link-fixtures";

/** "property change" of each difference between a link as it was declared and as it is. */
function changes(before: Given, after: Given, state = stateFor(before)): string[] {
  const { differences } = diffLink(state, inputsFor(after), isUnknown);
  return differences.map(({ property, change }) => `${property} ${change}`);
}

function deletesFirst(before: Given, after: Given): boolean {
  return diffLink(stateFor(before), inputsFor(after), isUnknown).deleteBeforeReplace;
}

/** For each property two values, on a link where it holds. */
const VALUES: { readonly [K in PropertyName]: readonly [unknown, unknown, Given?] } = {
  lowerDevice: ["eth0", "eth1"],
  lowerNetns: ["blue", "green"],
  netns: ["blue", { pid: 7 }],
  name: ["eth7", "eth8"],
  mode: ["bridge", "private"],
  macAddress: ["02:00:00:00:00:01", "02:00:00:00:00:02"],
  mtu: [1400, 1300],
  txQueueLength: [100, 200],
  numTxQueues: [2, 4],
  numRxQueues: [2, 4],
  adminState: ["up", "down"],
  addrGenMode: ["none", "random"],
  noPromisc: [true, false, { mode: "passthru" }],
  noDst: [true, false],
  broadcastQueueLength: [10, 20],
  broadcastLimit: [2, -1],
  sourceMacAddresses: [["02:00:00:00:00:01"], [], { mode: "source" }],
  group: [1, 2],
  alias: ["a", "b"],
  altNames: [["alt-a"], ["alt-b"]],
  addresses: [["192.0.2.1/24"], ["192.0.2.2/24"]],
  routes: [[{ destination: "default" }], [{ destination: "198.51.100.0/24" }]],
  sysctls: [{ "ipv4.arp_ignore": 1 }, { "ipv4.arp_ignore": 2 }],
  bridge: ["br0", "br1"],
  arp: ["shared", "own", { addresses: ["192.0.2.1/24"] }],
  tap: [{ mode: "0660" }, { mode: "0640" }, { kind: "macvtap" }],
};

const REPLACED: readonly string[] = [
  "lowerDevice",
  "lowerNetns",
  "netns",
  "name",
  "mode",
  "macAddress",
];

describe("diff", () => {
  for (const name of PROPERTY_NAMES) {
    const [one, other, base = {}] = VALUES[name];
    const queues = name === "numTxQueues" || name === "numRxQueues";
    const change: Change = REPLACED.includes(name) || queues ? "replacement" : "live";

    it(`of another ${name} is a ${change} change`, () => {
      assert.equal(PROPERTIES[name].change, change);
      const found = changes({ ...base, [name]: one }, { ...base, [name]: other });
      assert.ok(found.includes(`${name} ${change}`), found.join());
      // A link's own namespace follows its lower device's; "own" asks for sysctls of the link.
      const others = found.filter(
        (each) => each !== `${name} ${change}` && !(name === "arp" && each.startsWith("sysctls")),
      );
      assert.deepEqual(others, name === "lowerNetns" ? ["netns replacement"] : []);
    });

    it(`sees a ${name} that drifted`, () => {
      const given = { ...base, [name]: one };
      const state = { ...stateFor(given), [name]: check({ ...base, [name]: other }).inputs[name] };
      const found = changes(given, given, state);
      assert.ok(found.includes(`${name} ${change}`), found.join());
    });
  }

  it("of two kinds is a replacement", () => {
    const found = changes({ kind: "macvlan" }, { kind: "macvtap" });
    assert.ok(found.includes("kind replacement"), found.join());
  });

  it("of two hosts is a replacement, that of two ways to one host a matter of record", () => {
    const { differences } = diffLink(stateFor(), inputsFor({}, undefined, "elsewhere"), isUnknown);
    const found = differences.filter(({ change }) => change === "replacement");
    assert.deepEqual(
      found.map(({ property }) => property),
      ["macAddress", "connection"],
    );
    assert.deepEqual(changes({}, { connection: { sudo: true } }), ["connection record"]);
    assert.deepEqual(changes({ adopt: true }, {}), ["adopt record"]);
  });

  it("of another way to the same host changes neither names nor MAC addresses: it is a matter of record", () => {
    const ways: readonly object[] = [
      { host: "hv1", user: "root", password: "a", proxy: { host: "jump" } },
      { host: "hv1", user: "joe", port: 2222, privateKeyPath: "~/.ssh/id" },
      { host: "hv1", launcher: "openssh", keepalive: 0, unreachable: "keep" },
      { host: "192.0.2.1", id: "hv1" },
      { id: "hv1", launcher: { command: ["tsh", "ssh", "hv1"] } },
    ];
    const given = (connection: object): LinkInputs =>
      inputsFor({ connection }, undefined, hostNameFor(connection, "here"));
    const [first = assert.fail(), ...others] = ways.map(given);
    const state = stateOf(keptOf(first, undefined), observed(first), SURROUNDINGS);
    for (const other of others) {
      assert.deepEqual({ ...other, connection: 0 }, { ...first, connection: 0 });
      const { differences } = diffLink(state, other, isUnknown);
      assert.deepEqual(differences, [{ property: "connection", change: "record" }]);
    }
  });

  const removed: readonly (readonly [Given, string])[] = [
    [{ mtu: 1400 }, "mtu live"],
    [{ adminState: "down" }, "adminState live"],
    [{ txQueueLength: 7 }, "txQueueLength live"],
    [{ numTxQueues: 4 }, "numTxQueues replacement"],
    [{ mode: "bridge" }, "mode replacement"],
    [{ netns: "blue" }, "netns replacement"],
    [{ noPromisc: true, mode: "passthru" }, "noPromisc live"],
    [{ broadcastLimit: 5 }, "broadcastLimit live"],
    [{ group: 5 }, "group live"],
    [{ alias: "x" }, "alias live"],
    [{ altNames: ["x"] }, "altNames live"],
    [{ tap: { owner: "qemu" }, kind: "macvtap" }, "tap live"],
  ];
  for (const [given, change] of removed)
    it(`puts back what was declared and is no longer: ${change}`, () => {
      const { kind, mode = "vepa" } = given;
      const rest = change.startsWith("mode") ? {} : { ...(kind !== undefined && { kind }), mode };
      assert.ok(changes({ mode, ...given }, rest).includes(change));
    });

  it("leaves alone what nobody ever declared", () => {
    const drifted = { txQueueLength: 3, group: 9, altNames: ["x"], broadcastLimit: 4 };
    assert.deepEqual(changes({}, {}, stateFor({}, drifted)), []);
  });

  it("says when something is declared at the value that it has: the next run must know", () => {
    assert.deepEqual(changes({}, { txQueueLength: 1000 }), ["txQueueLength record"]);
    assert.deepEqual(changes({ txQueueLength: 1000 }, {}), ["txQueueLength record"]);
    assert.deepEqual(changes({}, { name: "web7" }, stateFor({ name: "web7" })).length, 0);
  });

  it("follows the lower device's MTU where none is declared", () => {
    assert.deepEqual(changes({}, {}, stateFor({}, { mtu: 1400 })), ["mtu live"]);
    const state = { ...stateFor({}, { mtu: 9000 }), lowerMtu: 9000 };
    assert.deepEqual(changes({}, {}, state), []);
  });

  it("does not ask for what this kernel does not show", () => {
    const { addrGenMode: _, ...blind } = stateFor({ kind: "macvtap" });
    assert.deepEqual(changes({}, { kind: "macvtap" }, blind), []);
  });

  it("knows a namespace given by pid by its inode", () => {
    const at = (pid: number, inode: number): Given => ({ netns: { pid, inode } });
    assert.deepEqual(changes(at(7, 100), at(8, 100)), []);
    assert.deepEqual(changes(at(7, 100), at(7, 200)), ["netns replacement"]);
    // Before the host was asked there is only the pid.
    assert.deepEqual(changes(at(7, 100), { netns: { pid: 7 } }), []);
    assert.deepEqual(changes(at(7, 100), { netns: { pid: 8 } }), ["netns replacement"]);
    assert.deepEqual(changes({ netns: { path: "/a" } }, { netns: { path: "/b" } }), [
      "netns replacement",
    ]);
  });

  it("keeps the MAC address that an adopted link was found with", () => {
    const macAddress = "02:00:00:00:00:77";
    const adopted = { ...stateFor({}, { macAddress }), adoptedMac: macAddress };
    assert.deepEqual(changes({}, {}, adopted), []);
    assert.deepEqual(changes({}, { macAddress: "02:00:00:00:00:78" }, adopted), [
      "macAddress replacement",
      "macAddress record",
    ]);
  });

  it("takes what is not known yet for a change, and for a replacement where it decides which link it is", () => {
    const diff = (given: Given): string[] =>
      diffLink(stateFor(), check(given).inputs as never, isUnknown)
        .differences.filter(({ change }) => change !== "record")
        .map(({ property, change }) => `${property} ${change}`);
    assert.deepEqual(diff({ mtu: UNKNOWN }), ["mtu live"]);
    assert.deepEqual(diff({ lowerDevice: UNKNOWN }), ["lowerDevice replacement"]);
    assert.deepEqual(diff({ lowerNetns: UNKNOWN }), [
      "lowerNetns replacement",
      "netns replacement",
    ]);
    assert.deepEqual(diff({ netns: { pid: UNKNOWN } }), ["netns replacement"]);
    assert.deepEqual(diff({ connection: { host: UNKNOWN } }), ["connection replacement"]);
    assert.deepEqual(diff({ resourceUrn: UNKNOWN }), [
      "name replacement",
      "macAddress replacement",
    ]);
  });

  it("records an unknown tap device as one property", () => {
    const { inputs } = check({ kind: "macvtap", tap: UNKNOWN });
    const { differences } = diffLink(stateFor({ kind: "macvtap" }), inputs as never, isUnknown);
    assert.deepEqual(differences, [
      { property: "tap", change: "live" },
      { property: "tap", change: "record" },
    ]);
  });
});

describe("the old link goes first", () => {
  const cases: readonly (readonly [string, Given, Given, boolean])[] = [
    ["under one name in one namespace", { mode: "bridge" }, { mode: "vepa" }, true],
    ["with one MAC address on one lower device", { name: "a" }, { name: "b" }, true],
    ["when the new one is passthru", { name: "a" }, { name: "b", mode: "passthru" }, true],
    ["when the old one is passthru", { name: "a", mode: "passthru" }, { name: "b" }, true],
    ["never where they cannot meet", { name: "a" }, { name: "b", lowerDevice: "eth1" }, false],
    [
      "never in two namespaces on two devices",
      { netns: "blue" },
      { netns: "green", lowerDevice: "eth1" },
      false,
    ],
    [
      "never with another MAC address and name",
      { name: "a", macAddress: "02:00:00:00:00:01" },
      { name: "b", macAddress: "02:00:00:00:00:02" },
      false,
    ],
    [
      "on one device in two namespaces of it: never",
      { lowerNetns: "blue" },
      { lowerNetns: "green" },
      false,
    ],
  ];
  for (const [what, before, after, expected] of cases)
    it(what, () => {
      assert.equal(deletesFirst(before, after), expected);
    });

  it("on another host, and where it is not known yet", () => {
    const elsewhere = inputsFor({ name: "b", lowerDevice: "eth1" }, undefined, "elsewhere");
    assert.equal(diffLink(stateFor(), elsewhere, isUnknown).deleteBeforeReplace, true);
    const { inputs } = check({ name: "b", lowerDevice: UNKNOWN });
    assert.equal(diffLink(stateFor(), inputs as never, isUnknown).deleteBeforeReplace, true);
  });
});
