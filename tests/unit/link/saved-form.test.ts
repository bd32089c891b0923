import assert from "node:assert/strict";
import type { LinkState } from "../../../provider/link/model";
import { loadInputs, loadState, saveInputs, saveState } from "../../../provider/link/saved-form";
import { inputsFor, stateFor, UNKNOWN } from "../../support/link-fixtures";

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
    const objects = Object.values(outputs).filter(
      (value) => typeof value === "object" && !Array.isArray(value),
    );
    assert.deepEqual(objects, []);
    for (const field of ["identity", "version", "declared", "bootId"])
      assert.ok(!(field in outputs), field);
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
