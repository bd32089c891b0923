import assert from "node:assert/strict";
import { diffLink } from "../../../provider/link/diff";
import { hostNameFor, hostOf, isHere, isSameHost } from "../../../provider/link/host";
import type { LinkInputs } from "../../../provider/link/model";
import { inputsOf, keptOf, stateOf } from "../../../provider/link/state";
import {
  HOST,
  inputsFor,
  isUnknown,
  observed,
  SURROUNDINGS,
  UNKNOWN,
} from "../../support/link-fixtures";

const hv1 = { host: "hv1", user: "root" };
const address = { host: "192.0.2.1" };

describe("a host", () => {
  const same = (
    before: [connection: unknown, machine?: string],
    now: [connection: unknown, machine?: string],
  ): boolean => {
    const [one, other] = [before, now].map(([connection, machine]) => ({ connection, machine }));
    return isSameHost(one ?? assert.fail(), other ?? assert.fail());
  };

  it("is its machine, whatever it is called", () => {
    assert.ok(same([hv1, "m"], [address, "m"]));
    assert.ok(same([undefined, "m"], [hv1, "m"]));
    assert.ok(!same([hv1, "m"], [hv1, "another"]));
    assert.ok(!same([hv1, "m"], [address, "another"]));
  });

  it("is what it is called where nobody could ask", () => {
    assert.ok(same([hv1], [{ ...hv1, user: "joe", port: 2222 }]));
    assert.ok(same([hv1, "m"], [hv1]));
    assert.ok(!same([hv1, "m"], [address]));
    assert.ok(!same([undefined, "m"], [hv1]));
    assert.ok(!same([hv1, "m"], [UNKNOWN]));
  });

  it("is its id, when both have one: clones have one machine-id", () => {
    assert.ok(!same([{ ...hv1, id: "a" }, "m"], [{ ...hv1, id: "b" }, "m"]));
    assert.ok(same([{ ...hv1, id: "a" }, "m"], [{ ...address, id: "a" }, "another"]));
    assert.ok(same([hv1, "m"], [{ ...hv1, id: "a" }, "m"]));
    assert.ok(same([{ ...hv1, id: "a" }, "m"], [hv1, "m"]));
  });

  it("is this machine where the connection names none", () => {
    for (const connection of [undefined, null, {}, { sudo: true }, { python: "python3" }])
      assert.equal(isHere(connection), true);
    for (const connection of ["hv1", hv1, { launcher: { command: ["sh"] }, id: "c" }, UNKNOWN])
      assert.equal(isHere(connection), false);
    assert.equal(hostOf(inputsFor()).machine, HOST);
    assert.equal(hostOf(inputsFor({ connection: hv1 }, undefined, "hv1")).machine, undefined);
    assert.equal(hostOf(inputsFor({ connection: hv1 }, undefined, "hv1", "m")).machine, "m");
  });
});

describe("a link on a host that is known by its machine-id", () => {
  const on = (connection: object, machine: string | undefined, old?: LinkInputs): LinkInputs =>
    inputsFor({ connection }, old, hostNameFor(connection, HOST), machine);
  const first = on(hv1, "m");
  const state = stateOf(keptOf(first, undefined), observed(first), SURROUNDINGS);

  it("keeps name, MAC address and mark under another address, and is only written down anew", () => {
    const moved = on(address, "m", first);
    assert.deepEqual(moved, { ...first, connection: address });
    assert.deepEqual(diffLink(state, moved, isUnknown).differences, [
      { property: "connection", change: "record" },
    ]);
    // And from there back, or on to a third one: what it was called first stays.
    assert.equal(on(hv1, "m", moved).identity.host, "hv1");
  });

  it("is remade on another machine, even under the same address", () => {
    const reinstalled = on(hv1, "another", first);
    const { differences, deleteBeforeReplace } = diffLink(state, reinstalled, isUnknown);
    assert.ok(
      differences.some(
        ({ property, change }) => property === "connection" && change === "replacement",
      ),
    );
    assert.equal(deleteBeforeReplace, true);
  });

  it("is remade where the new address cannot be asked", () => {
    const unreachable = on(address, undefined, first);
    assert.notEqual(unreachable.identity.mark, first.identity.mark);
    assert.equal(diffLink(state, unreachable, isUnknown).differences[0]?.change, "replacement");
  });

  it("gives back the inputs that it was made from", () => {
    assert.deepEqual(inputsOf(state), first);
  });

  it("has its machine written down once it could be asked", () => {
    const unasked = on(hv1, undefined);
    const unknown = stateOf(keptOf(unasked, undefined), observed(unasked), SURROUNDINGS);
    const asked = on(hv1, "m", unasked);
    assert.deepEqual(asked, { ...unasked, machine: "m" });
    assert.deepEqual(diffLink(unknown, asked, isUnknown).differences, [
      { property: "connection", change: "record" },
    ]);
    assert.deepEqual(diffLink(state, on(hv1, undefined, first), isUnknown).differences, []);
  });
});
