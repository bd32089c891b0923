import assert from "node:assert/strict";
import { transitionalGroup } from "../../../provider/link/identity";
import type { ObservedLink, Settings } from "../../../provider/link/model";
import { adoptionMismatch, isSavedLink, ownerOf } from "../../../provider/link/ownership";
import { complete } from "../../../provider/link/wanted";
import { inputsFor, observed, stateFor } from "../../support/link-fixtures";

const inputs = inputsFor();
const { mark } = inputs.identity;

/** The link of these inputs, with another mark or other settings. */
const link = (more: Partial<ObservedLink>, settings: Settings = {}): ObservedLink => ({
  ...observed(inputs, settings),
  ...more,
});

describe("whose a link is", () => {
  const group = transitionalGroup(mark, 5);
  it("ours by its mark", () => {
    assert.equal(ownerOf(link({ mark }), mark), "ours");
    // Whatever its group says.
    assert.equal(ownerOf(link({ mark: "other" }, { group }), mark), "another");
  });

  it("ours by its group while it has no mark yet: a run was killed", () => {
    assert.equal(ownerOf(link({ mark: undefined }, { group }), mark), "ours");
    assert.equal(ownerOf(link({ mark: undefined }, { group }), "other"), "foreign");
  });

  it("somebody else's otherwise", () => {
    assert.equal(ownerOf(link({ mark: undefined }), mark), "foreign");
    assert.equal(ownerOf(link({ mark: undefined }, { group: group - 2 ** 31 }), mark), "foreign");
  });
});

describe("the saved link", () => {
  const state = stateFor();
  const bare: Partial<ObservedLink> = { mark: undefined };
  const saved = (
    found: ObservedLink,
    lower: number | undefined = 2,
    boot = state.bootId,
  ): boolean => isSavedLink(found, state, lower, boot);

  it("is known by its mark, even with another MAC address, index or boot", () => {
    assert.equal(
      saved(link({ ifindex: 99 }, { macAddress: "02:00:00:00:00:01" }), 3, "boot-2"),
      true,
    );
  });

  it("is known without its alias when all else is as it was", () => {
    assert.equal(saved(link(bare)), true);
    // The lower device may be in a namespace that is gone.
    assert.equal(isSavedLink(link(bare), state, undefined, state.bootId), true);
  });

  it("is not one that lost its alias and differs in anything else", () => {
    assert.equal(saved(link({ ...bare, ifindex: 8 })), false);
    assert.equal(saved(link(bare, { macAddress: "02:00:00:00:00:01" })), false);
    assert.equal(saved(link(bare), 3), false);
    assert.equal(saved(link(bare), 2, "boot-2"), false);
  });

  it("is not one of another kind, nor one with another resource's mark", () => {
    assert.equal(saved(link({ kind: "macvtap" })), false);
    assert.equal(saved(link({ mark: "other" })), false);
  });
});

describe("adoption", () => {
  const wanted = complete(inputs, 1500);

  it("takes a link that agrees in kind, lower device and mode, and in a declared MAC address", () => {
    const found = link({ mark: undefined }, { mtu: 1300, macAddress: "02:00:00:00:00:01" });
    assert.deepEqual(adoptionMismatch(found, wanted, 2, false), []);
    const { macAddress } = inputs;
    assert.deepEqual(adoptionMismatch(found, wanted, 2, true), [
      `its MAC address is 02:00:00:00:00:01, not ${macAddress}`,
    ]);
  });

  it("says everything that does not agree", () => {
    const found = link({ kind: "macvtap", lowerIfindex: 5 }, { mode: "bridge" });
    assert.deepEqual(adoptionMismatch(found, wanted, 2, true), [
      "its kind is macvtap, not macvlan",
      "its lower device's ifindex is 5, not 2",
      "its mode is bridge, not vepa",
    ]);
    const [card] = adoptionMismatch(link({ kind: undefined }), wanted, 2, false);
    assert.equal(card, "its kind is that of a device of its own, not macvlan");
  });
});
