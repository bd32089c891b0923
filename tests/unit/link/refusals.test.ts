import assert from "node:assert/strict";
import type { Device } from "../../../provider/link/causes";
import { adoptee, refusals } from "../../../provider/link/refusals";
import type { LinkInputs } from "../../../provider/link/model";
import { device, type Given, inputsFor } from "../../support/link-fixtures";

const eth0 = device("eth0", 2);
const standing = (
  name: string,
  more: Partial<Device> = {},
  mode: "vepa" | "passthru" = "vepa",
): Device =>
  device(name, 9, {
    kind: "macvlan",
    lowerIfindex: 2,
    ...more,
    settings: { name, mode, ...more.settings },
  });

interface Seen {
  readonly devices?: readonly Device[];
  readonly makesLower?: boolean;
  readonly before?: LinkInputs;
}

function refused(
  given: Given,
  { devices = [eth0], makesLower = false, before }: Seen = {},
): string[] {
  const found = refusals(inputsFor(given), { below: devices, beside: devices }, makesLower, before);
  return found.map(({ property, reason }) => `${property}: ${reason}`);
}

describe("what preview can tell of the kernel's refusals", () => {
  it("is nothing where there is nothing in the way", () => {
    assert.deepEqual(refused({}), []);
  });

  it("is every cause, as a sentence with its cure", () => {
    const taken = device("web", 7);
    assert.deepEqual(
      refused({ mtu: 9000 }, { devices: [eth0, taken] }).map((failure) => failure.split(".")[0]),
      [
        "mtu: An MTU of 9000 does not fit the lower device eth0, whose MTU is 1500",
        'name: The name "web" is taken by a device that something else made',
      ],
    );
  });

  it("does not hold against it what this very run may make or change", () => {
    const missing = { devices: [device("lo", 1, { loopback: true })] };
    assert.equal(refused({}, missing).length, 1);
    assert.deepEqual(refused({}, { ...missing, makesLower: true }), []);
    const [mine, theirs] = [inputsFor().identity.mark, "anotherofours"].map((mark) =>
      standing("web", { mark }, "passthru"),
    );
    for (const link of [mine, theirs])
      assert.deepEqual(refused({}, { devices: [eth0, link!] }), []);
    assert.equal(refused({}, { devices: [eth0, standing("web", {}, "passthru")] }).length, 2);
  });

  it("knows the resource's own link when that has lost its alias", () => {
    const before = inputsFor();
    const { macAddress = "" } = before;
    const bare = standing("web", { settings: { name: "", macAddress } });
    assert.deepEqual(refused({}, { devices: [eth0, bare], before }), []);
    assert.notEqual(refused({}, { devices: [eth0, bare] }).length, 0);
    // Somebody else's link with our MAC address is in the way under any other name.
    const named = standing("db", { settings: { name: "", macAddress } });
    assert.notEqual(refused({}, { devices: [eth0, named], before }).length, 0);
    const other = standing("web", { settings: { name: "", macAddress: "02:00:00:00:00:01" } });
    assert.notEqual(refused({}, { devices: [eth0, other], before }).length, 0);
    assert.notEqual(refused({}, { devices: [eth0, { ...bare, kind: "veth" }], before }).length, 0);
  });
});

describe("a link to adopt", () => {
  const adopt = { adopt: true };

  it("is one of that name that has no mark", () => {
    const found = standing("web");
    assert.equal(adoptee(inputsFor(adopt), [eth0, found]), found);
    assert.equal(adoptee(inputsFor(), [eth0, found]), undefined);
    assert.equal(adoptee(inputsFor(adopt), [standing("db")]), undefined);
    assert.equal(adoptee(inputsFor(adopt), [standing("web", { mark: "other" })]), undefined);
    const { mark } = inputsFor().identity;
    assert.equal(adoptee(inputsFor(adopt), [standing("web", { mark })]), undefined);
  });

  it("stands not in its own way, neither by its name nor by its mode", () => {
    assert.deepEqual(refused(adopt, { devices: [eth0, standing("web")] }), []);
    const passthru = standing("web", {}, "passthru");
    assert.deepEqual(refused({ ...adopt, mode: "passthru" }, { devices: [eth0, passthru] }), []);
  });

  it("is refused where it is not the one declared, with all that differs", () => {
    const found = standing("web", { kind: "macvtap" }, "passthru");
    const failures = refused(adopt, { devices: [eth0, found] });
    assert.deepEqual(failures, [
      "adopt: The link web that is there is not the one declared: its kind is macvtap, not macvlan; its mode is passthru, not vepa. Declare what is there, or choose another name",
    ]);
  });
});
