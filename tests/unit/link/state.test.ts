import assert from "node:assert/strict";
import { diffLink } from "../../../provider/link/diff";
import type { LinkState } from "../../../provider/link/model";
import { planChange } from "../../../provider/link/plan";
import { inputsOf, keptOf, shortfalls, stateOf } from "../../../provider/link/state";
import { complete } from "../../../provider/link/wanted";
import {
  inputsFor,
  isUnknown,
  observed,
  stateFor,
  SURROUNDINGS,
} from "../../support/link-fixtures";

const plainly = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

describe("the state of a link", () => {
  it("has a version, what is handed on, and all that the kernel shows", () => {
    const { macAddress, identity } = inputsFor();
    assert.deepEqual(stateFor(), {
      version: 1,
      kind: "macvlan",
      identity,
      lowerDevice: "eth0",
      declared: ["lowerDevice"],
      name: "web",
      mode: "vepa",
      macAddress,
      mtu: 1500,
      txQueueLength: 1000,
      numTxQueues: 1,
      numRxQueues: 1,
      adminState: "up",
      addrGenMode: "eui64",
      noPromisc: false,
      noDst: false,
      broadcastQueueLength: 1000,
      broadcastLimit: 1,
      sourceMacAddresses: [],
      group: 0,
      alias: "",
      altNames: [],
      ifindex: 7,
      operState: "UP",
      actualLowerDevice: "eth0",
      usedBroadcastQueueLength: 1000,
      lowerMtu: 1500,
      bootId: "boot-1",
    });
  });

  it("says where a tap device is", () => {
    const { tap, tapDevice, tapMajor, tapMinor } = stateFor({ kind: "macvtap" });
    assert.deepEqual(tap, { owner: "root", group: "root", mode: "0600" });
    assert.deepEqual([tapDevice, tapMajor, tapMinor], ["/dev/tap7", 240, 1]);
  });

  it("names the lower device as the program does while that leads there", () => {
    const kept = keptOf(inputsFor({ lowerDevice: "mac0" }), undefined);
    const named = stateOf(kept, observed(inputsFor()), {
      ...SURROUNDINGS,
      actualLowerDevice: "eth0",
    });
    assert.deepEqual([named.lowerDevice, named.actualLowerDevice], ["mac0", "eth0"]);
    const moved = stateOf(kept, observed(inputsFor()), {
      ...SURROUNDINGS,
      lowerAsNamed: false,
      actualLowerDevice: "eth9",
    });
    assert.deepEqual([moved.lowerDevice, moved.actualLowerDevice], ["eth9", "eth9"]);
  });

  it("compares with the link's own MTU where the lower device is not to be seen", () => {
    const around = { ...SURROUNDINGS, actualLowerDevice: undefined, lowerMtu: undefined };
    const state = stateOf(
      keptOf(inputsFor(), undefined),
      observed(inputsFor(), { mtu: 1400 }),
      around,
    );
    assert.deepEqual([state.lowerMtu, state.actualLowerDevice], [1400, "eth0"]);
  });

  it("has the namespace of the link, given or inherited", () => {
    assert.equal(stateFor({ lowerNetns: "blue" }).netns, "blue");
    assert.equal(stateFor({ lowerNetns: "blue", netns: "green" }).netns, "green");
  });
});

describe("a link that lost its mark", () => {
  const inputs = inputsFor();
  const bare = { ...observed(inputs), mark: undefined };
  const lost = stateOf(keptOf(inputs, undefined), bare, SURROUNDINGS);

  it("is drift that a live change of the alias repairs, until it is back", () => {
    const differences = (state: LinkState): unknown =>
      diffLink(state, inputs, isUnknown).differences;
    assert.deepEqual(differences(lost), [{ property: "alias", change: "live" }]);
    assert.deepEqual(planChange(complete(inputs, 1500), bare).length, 1);
    assert.deepEqual(differences(stateOf(lost, observed(inputs), SURROUNDINGS)), []);
  });
});

describe("the inputs behind a state", () => {
  it("show drift of what was declared, and of nothing else", () => {
    const given = { mtu: 1400, altNames: ["a"] };
    const drifted = stateFor(given, { mtu: 1300, altNames: [], group: 9, adminState: "down" });
    assert.deepEqual(plainly(inputsOf(drifted)), { ...inputsFor(given), mtu: 1300, altNames: [] });
  });

  it("show a changed MAC address, and an adopted one as what it is for the program", () => {
    const macAddress = "02:00:00:00:00:77";
    assert.equal(inputsOf(stateFor({}, { macAddress })).macAddress, macAddress);
    const adopted = { ...stateFor({}, { macAddress }), adoptedMac: macAddress };
    assert.deepEqual(plainly(inputsOf(adopted)), inputsFor());
  });

  it("have no MAC address in passthru mode, where it is the lower device's", () => {
    const state = stateFor({ mode: "passthru" }, { macAddress: "02:00:00:00:00:02" });
    assert.deepEqual(plainly(inputsOf(state)), inputsFor({ mode: "passthru" }));
  });

  it("have of a tap device what was declared", () => {
    const given = { kind: "macvtap", tap: { mode: "0660" } };
    assert.deepEqual(inputsOf(stateFor(given)).tap, { mode: "0660" });
    assert.deepEqual(inputsOf(stateFor(given, { tap: { mode: "0600" } })).tap, { mode: "0600" });
    assert.equal(inputsOf(stateFor({ kind: "macvtap" })).tap, undefined);
  });

  it("keep connection and adopt", () => {
    const given = { connection: { sudo: true }, adopt: true };
    assert.deepEqual(plainly(inputsOf(stateFor(given))), inputsFor(given));
  });
});

describe("what a link falls short of", () => {
  it("is said with what was wanted and what was found", () => {
    const given = { mtu: 1400, broadcastQueueLength: 7, tap: { mode: "0660" }, kind: "macvtap" };
    const { broadcastQueueLength: _, ...state } = stateFor(given, {
      mtu: 1500,
      tap: { mode: "0600" },
    });
    const { mtu: __, ...rest } = state;
    assert.deepEqual(shortfalls(complete(inputsFor(given), 1500), { ...rest, mtu: 1500 }), [
      "mtu: wanted 1400, found 1500",
      "broadcastQueueLength: wanted 7, found none; this kernel does not know it",
      'tap: wanted {"mode":"0660"}, found {"owner":"root","group":"root","mode":"0600"}',
    ]);
  });

  it("is not what this kernel does not show and nobody declared", () => {
    const { addrGenMode: _, ...state } = stateFor({ kind: "macvtap" });
    assert.deepEqual(shortfalls(complete(inputsFor({ kind: "macvtap" }), 1500), state), []);
    const declared = { kind: "macvtap", addrGenMode: "none" };
    const { addrGenMode: __, ...blind } = stateFor(declared);
    assert.deepEqual(shortfalls(complete(inputsFor(declared), 1500), blind), [
      'addrGenMode: wanted "none", found none; this kernel does not know it',
    ]);
  });
});
