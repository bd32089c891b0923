import assert from "node:assert/strict";
import { complete, declaredIn, holds, type Memory, sameNetns } from "../../../provider/link/wanted";
import { type Given, inputsFor } from "../../support/link-fixtures";

const { identity, macAddress } = inputsFor();
const settings = (given: Given, lowerMtu?: number, memory?: Memory): object =>
  complete(inputsFor(given), lowerMtu, memory).settings;

describe("a link as it shall be", () => {
  const plain = { lowerDevice: "eth0", name: "web", mode: "vepa", macAddress, adminState: "up" };

  it("has what is enforced, and no word on what is left alone", () => {
    assert.deepEqual(settings({}), plain);
    assert.deepEqual(settings({ kind: "macvtap" }), { ...plain, addrGenMode: "none" });
    assert.equal(complete(inputsFor(), undefined).mark, identity.mark);
  });

  it("inherits its MTU and its namespace from below", () => {
    assert.deepEqual(settings({ lowerNetns: "blue" }, 1400), {
      ...plain,
      mtu: 1400,
      lowerNetns: "blue",
      netns: "blue",
    });
    assert.deepEqual(settings({ lowerNetns: "blue", netns: "green", mtu: 1300 }, 1400), {
      ...plain,
      mtu: 1300,
      lowerNetns: "blue",
      netns: "green",
    });
  });

  it("takes its lower device's MAC address in passthru mode", () => {
    const { macAddress: _, ...rest } = plain;
    assert.deepEqual(settings({ mode: "passthru" }), { ...rest, mode: "passthru" });
  });

  it("has the default of what was declared once", () => {
    const declared = ["txQueueLength", "noDst", "broadcastQueueLength", "broadcastLimit", "group"];
    const memory = { declared: [...declared, "alias", "altNames", "numTxQueues", "numRxQueues"] };
    const defaults = {
      noDst: false,
      broadcastQueueLength: 1000,
      broadcastLimit: 1,
      group: 0,
      alias: "",
      altNames: [],
      numTxQueues: 1,
      numRxQueues: 1,
    };
    assert.deepEqual(settings({}, undefined, memory), {
      ...plain,
      ...defaults,
      txQueueLength: 1000,
    });
    assert.deepEqual(settings({ kind: "macvtap" }, undefined, memory), {
      ...plain,
      ...defaults,
      addrGenMode: "none",
      txQueueLength: 500,
    });
  });

  it("puts back of a tap device field by field", () => {
    const memory = { declared: ["tap.owner", "tap.mode"] };
    const tap = (given: Given, remembered?: Memory): unknown =>
      complete(inputsFor({ kind: "macvtap", ...given }), undefined, remembered).settings.tap;
    assert.equal(tap({}), undefined);
    assert.deepEqual(tap({ tap: { group: "kvm" } }), { group: "kvm" });
    assert.deepEqual(tap({}, memory), { owner: "root", mode: "0600" });
    assert.deepEqual(tap({ tap: { mode: "0660" } }, memory), { owner: "root", mode: "0660" });
  });

  it("keeps an adopted MAC address while none is declared", () => {
    const memory = { declared: [], adoptedMac: "02:00:00:00:00:77" };
    assert.deepEqual(settings({}, undefined, memory), { ...plain, macAddress: memory.adoptedMac });
    const own = "02:00:00:00:00:78";
    assert.deepEqual(settings({ macAddress: own }, undefined, memory), {
      ...plain,
      macAddress: own,
    });
  });
});

describe("what counts as declared", () => {
  it("is what the program gave, a tap device's fields each", () => {
    const given = { kind: "macvtap", mtu: 1500, alias: "", tap: { owner: "root", mode: "0600" } };
    const names = ["lowerDevice", "mtu", "alias", "tap.owner", "tap.mode"];
    assert.deepEqual(declaredIn(inputsFor(given)), names);
    assert.deepEqual(declaredIn(inputsFor({ name: "a", macAddress: "02:00:00:00:00:01" })), [
      "lowerDevice",
      "name",
      "macAddress",
    ]);
  });
});

describe("a property holds", () => {
  it("when nobody asks", () => {
    assert.equal(holds("mtu", undefined, 1500), true);
    assert.equal(holds("tap", undefined, { mode: "0600" }), true);
  });

  it("when it is as wanted", () => {
    assert.equal(holds("mtu", 1500, 1500), true);
    assert.equal(holds("mtu", 1500, undefined), false);
    assert.equal(holds("altNames", ["a"], ["a"]), true);
    assert.equal(holds("altNames", [], ["a"]), false);
  });

  it("for a tap device when each field that is asked for does", () => {
    assert.equal(holds("tap", { mode: "0660" }, { mode: "0660", owner: "x" }), true);
    assert.equal(holds("tap", { mode: "0660" }, { mode: "0600" }), false);
    assert.equal(holds("tap", { mode: "0660" }, undefined), false);
  });

  it("for a namespace when it is that one, the host's own included", () => {
    assert.equal(holds("netns", undefined, "blue"), false);
    assert.equal(holds("lowerNetns", "blue", undefined), false);
    assert.equal(holds("netns", undefined, undefined), true);
    assert.equal(sameNetns({ path: "/x" }, { path: "/x", inode: 7 }), true);
    assert.equal(sameNetns({ pid: 7 }, "7"), false);
    assert.equal(sameNetns({ pid: 7 }, { path: "/proc/7/ns/net" }), false);
  });
});
