import assert from "node:assert/strict";
import type { LinkState } from "../../../provider/link/model";
import type { QuietName } from "../../../provider/link/output-names";
import {
  loadInputs,
  loadState,
  quietOutput,
  saveInputs,
  saveState,
} from "../../../provider/link/saved-form";
import { readRecord } from "../../../provider/link/saved-texts";
import { type Given, inputsFor, stateFor, UNKNOWN } from "../../support/link-fixtures";

const recordOf = (state: LinkState): string => String(saveState(state)["record"]);

/** As a state was before the record was a list, and its connection a text. */
function olderOf(state: LinkState, { brief = true, hasSeen = true } = {}) {
  const { record: _, ...outputs } = saveState(state);
  const { version, kind, identity, machine, declared, lowerMtu, bootId, connection } = state;
  const { mark, host, name, macAddress } = identity;
  const recorded = {
    ...{ version, kind, machine, declared, lowerMtu, bootId, ...(hasSeen && { seen: {} }) },
    identity: brief ? [mark, host, name ?? null, macAddress ?? null] : identity,
  };
  return { ...outputs, ...(connection && { connection }), record: JSON.stringify(recorded) };
}

describe("the saved form", () => {
  it("gives back what was saved", () => {
    const inputs = inputsFor({ mtu: 1400 });
    assert.deepEqual(loadInputs(saveInputs({ ...inputs })), inputs);
    for (const kind of ["macvlan", "macvtap"]) {
      const state = stateFor({ kind, connection: { host: "hv1" } });
      assert.deepEqual(loadState(saveState(state)), state);
    }
    const { markLost, adoptedMac, ...state } = stateFor();
    assert.deepEqual([markLost, adoptedMac], [undefined, undefined]);
    const lost = { ...state, markLost: true, adoptedMac: "02:00:00:00:00:01" } satisfies LinkState;
    assert.deepEqual(loadState(saveState(lost)), lost);
  });

  it("has one text for what only we read, and outputs as they are", () => {
    const { record, ...outputs } = saveState(stateFor());
    assert.equal(typeof record, "string");
    assert.deepEqual(
      Object.values(outputs).filter((value) => typeof value === "object"),
      [],
    );
    for (const field of ["identity", "version", "declared", "bootId"])
      assert.ok(!(field in outputs), field);
  });

  it("has the connection as a text, under the name that tells the engine what is secret of it", () => {
    const connection = { host: "hv1", knownHosts: ["/k"], proxy: [{ host: "gate" }] };
    const saved = saveState(stateFor({ connection }));
    assert.deepEqual(JSON.parse(String(saved["connection"])), connection);
    assert.ok(!("connection" in saveState(stateFor())));
  });

  it("reads a record that was an object, and a connection that was one", () => {
    const state = stateFor({ connection: { host: "hv1" } });
    const older = olderOf(state);
    assert.equal(typeof older.connection, "object");
    assert.deepEqual(loadState(older), state);
    assert.equal(quietOutput(older.record, "eth0", "mtu"), 1500);
  });

  it("leaves out what nobody declared and what is as in every new link, and knows it all the same", () => {
    for (const kind of ["macvlan", "macvtap"]) {
      const saved = saveState(stateFor({ kind }, kind === "macvtap" ? { txQueueLength: 500 } : {}));
      for (const name of ["group", "altNames", "txQueueLength", "addrGenMode", "tap"])
        assert.ok(!(name in saved), name);
      assert.equal(quietOutput(String(saved["record"]), "eth0", "group"), 0);
      const length = quietOutput(String(saved["record"]), "eth0", "txQueueLength");
      assert.equal(length, kind === "macvtap" ? 500 : 1000);
    }
  });

  it("leaves out what a link has of its lower device, and that it is up", () => {
    const usual = { mtu: 1500, adminState: "up", operState: "UP", actualLowerDevice: "eth0" };
    const [state, saved] = [stateFor(), saveState(stateFor())];
    for (const [name, value] of Object.entries(usual)) {
      assert.equal(state[name as QuietName], value);
      assert.ok(!(name in saved), name);
      assert.equal(quietOutput(String(saved["record"]), "eth0", name as QuietName), value);
    }
    const unusual = {
      mtu: 1280,
      adminState: "down",
      operState: "DOWN",
      actualLowerDevice: "eth1",
    } as const;
    const other = { ...state, ...unusual };
    assert.deepEqual(loadState(saveState(other)), other);
    for (const [name, value] of Object.entries(unusual)) {
      assert.equal(saveState(other)[name], value);
      assert.equal(quietOutput(recordOf(other), "eth0", name as QuietName), value);
    }
    assert.equal(saveState(stateFor({ mtu: 1500 }))["mtu"], 1500);
  });

  it("has one text for what of the inputs only we read", () => {
    const inputs = inputsFor({ mtu: 1400 });
    const saved = saveInputs({ ...inputs, machine: "machine" });
    assert.deepEqual(
      Object.keys(saved).sort(),
      Object.keys(inputs)
        .filter((name) => name !== "kind")
        .sort(),
    );
    assert.deepEqual(loadInputs(saved), { ...inputs, machine: "machine" });
  });

  it("reads inputs whose kind and machine were not in it", () => {
    const { identity, ...inputs } = inputsFor();
    const { mark, host, name, macAddress } = identity;
    const older = JSON.stringify([mark, host, name ?? null, macAddress ?? null]);
    const saved = { ...inputs, machine: "machine", identity: older };
    assert.deepEqual(loadInputs(saved), { ...inputs, machine: "machine", identity });
  });

  it("has what is declared among the outputs, the usual value too", () => {
    const saved = saveState(stateFor({ group: 0, altNames: ["x"] }));
    assert.deepEqual([saved["group"], saved["altNames"]], [0, ["x"]]);
  });

  it("has what is not as ever among the outputs, and in the record for programs without an output for it", () => {
    const state = stateFor({}, { group: 7 });
    assert.equal(saveState(state)["group"], 7);
    assert.equal(quietOutput(recordOf(state), "eth0", "group"), 7);
    assert.deepEqual(loadState(saveState(state)), state);
  });

  it("does not take for the usual value what this kernel does not have", () => {
    const declared: readonly Given[] = [{}, { addrGenMode: "eui64" }];
    for (const given of declared) {
      const { addrGenMode: _, ...state } = stateFor(given);
      assert.deepEqual(loadState(saveState(state)), state);
      assert.equal(quietOutput(recordOf(state), "eth0", "addrGenMode"), undefined);
    }
  });

  it("knows nothing of outputs at preview, nor what an older layout does not say", () => {
    assert.equal(quietOutput(undefined, "eth0", "group"), undefined);
    const { group: _, ...state } = stateFor({}, { group: 7 });
    const older = olderOf(stateFor({}, { group: 7 }), { hasSeen: false });
    assert.equal(quietOutput(older.record, "eth0", "group"), undefined);
    const { group, ...rest } = loadState(older);
    assert.equal(group, 7);
    assert.ok(!("altNames" in rest) && "altNames" in state);
  });

  it("has an identity that no drift of the link changes, and knows what was not generated", () => {
    const identityIn = (state: LinkState): unknown => readRecord(recordOf(state)).identity;
    const state = stateFor();
    const drifted = { ...state, name: "other", macAddress: "02:00:00:00:00:99" };
    assert.deepEqual(identityIn(drifted), identityIn(state));
    assert.deepEqual(loadState(saveState(drifted)), drifted);
    const given = stateFor({ name: "mine", macAddress: "02:00:00:00:00:05" });
    assert.deepEqual(Object.keys(given.identity), ["mark", "host"]);
    assert.deepEqual(loadState(saveState(given)), given);
  });

  it("reads an identity that was an object", () => {
    const state = stateFor({ name: "mine" });
    assert.deepEqual(loadState(olderOf(state, { brief: false })), state);
    const inputs = inputsFor({ name: "mine" });
    const olderInputs = { ...inputs, identity: JSON.stringify(inputs.identity) };
    assert.deepEqual(loadInputs(olderInputs), inputs);
  });

  it("spells an identity in one way, whatever the order of its parts", () => {
    const { identity, ...inputs } = inputsFor();
    const turned = Object.fromEntries(Object.entries(identity).reverse());
    assert.deepEqual(
      saveInputs({ ...inputs, identity: turned }),
      saveInputs({ ...inputs, identity }),
    );
  });

  it("leaves an identity that is not known yet as it is", () => {
    const inputs = { lowerDevice: "eth0", identity: UNKNOWN };
    assert.deepEqual(saveInputs(inputs), inputs);
    assert.deepEqual(loadInputs(inputs), inputs);
  });

  it("reads the first layout, which had each part by itself", () => {
    const state = stateFor();
    assert.deepEqual(loadState({ ...state }), state);
    const inputs = inputsFor();
    assert.deepEqual(loadInputs({ ...inputs }), inputs);
  });
});
