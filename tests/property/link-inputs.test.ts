/** Of arguments, however they are spelled: check settles them, and what is settled is no change. */
import assert from "node:assert/strict";
import * as fc from "fast-check";
import { diffLink } from "../../provider/link/diff";
import { linkId, parseLinkId } from "../../provider/link/link-id";
import { inputsOf, keptOf, shortfalls, stateOf } from "../../provider/link/state";
import { applies, PROPERTIES, PROPERTY_NAMES } from "../../provider/link/properties";
import { complete } from "../../provider/link/wanted";
import { givenLink, givenTwice, respelled } from "../support/link-arbitraries";
import {
  check,
  failuresOf,
  inputsFor,
  isUnknown,
  stateFor,
  UNKNOWN,
} from "../support/link-fixtures";
import { observed, SURROUNDINGS } from "../support/link-fixtures";

describe("arguments, of any kind", () => {
  it("are settled by check: its own output, and the same program again, change nothing", () => {
    fc.assert(
      fc.property(givenLink, (given) => {
        const inputs = inputsFor(given);
        assert.deepEqual(inputsFor({ ...inputs }, inputs), inputs);
        assert.deepEqual(inputsFor(given, inputs), inputs);
      }),
    );
  });

  it("mean the same in every spelling", () => {
    fc.assert(
      fc.property(givenLink, (given) => {
        assert.deepEqual(inputsFor(respelled(given)), inputsFor(given));
      }),
    );
  });

  it("come back from the state that they led to", () => {
    fc.assert(
      fc.property(givenLink, (given) => {
        const inputs = inputsFor(given);
        assert.deepEqual(JSON.parse(JSON.stringify(inputsOf(stateFor(given)))), inputs);
      }),
    );
  });

  it("differ in nothing from the link that they led to, which falls short of nothing", () => {
    fc.assert(
      fc.property(givenLink, (given) => {
        const state = stateFor(given);
        assert.deepEqual(diffLink(state, inputsFor(given), isUnknown).differences, []);
        assert.deepEqual(shortfalls(complete(inputsFor(given), 1500), state), []);
      }),
    );
  });

  it("differ in exactly what is not as it was", () => {
    fc.assert(
      fc.property(givenTwice, ([before, after]) => {
        const changed = JSON.stringify(inputsFor(before)) !== JSON.stringify(inputsFor(after));
        const { differences } = diffLink(stateFor(before), inputsFor(after), isUnknown);
        assert.equal(differences.length > 0, changed, JSON.stringify(differences));
        assert.ok(differences.every(({ change }) => change !== "replacement"));
      }),
    );
  });

  it("may each be unknown: check passes that on, and diff sees a change", () => {
    fc.assert(
      fc.property(givenLink, fc.constantFrom(...PROPERTY_NAMES), (given, name) => {
        const { inputs, failures } = check({ ...given, [name]: UNKNOWN });
        assert.deepEqual(failures, []);
        assert.equal(inputs[name], UNKNOWN);
        const { kind, mode } = inputsFor(given);
        if (!applies(name, kind, mode ?? "vepa")) return;
        const { differences } = diffLink(stateFor(given), inputs as never, isUnknown);
        const found = differences.find(({ property }) => property === name);
        // Others may follow from it: a link's namespace from its lower device's.
        assert.equal(found?.change, PROPERTIES[name].change);
      }),
    );
  });

  it("are never a reason to throw, whatever they are", () => {
    fc.assert(
      fc.property(
        fc.dictionary(
          fc.constantFrom(...PROPERTY_NAMES, "connection", "adopt", "x"),
          fc.anything(),
        ),
        (given) => {
          for (const failure of failuresOf(given)) assert.match(failure, /^[^]+: \S/);
        },
      ),
    );
  });

  it("give an id that says where the link is", () => {
    fc.assert(
      fc.property(givenLink, (given) => {
        const { identity, name, netns } = inputsFor(given);
        const place = { host: identity.host, netns, name };
        assert.deepEqual(parseLinkId(linkId(place)), place);
      }),
    );
  });

  it("survive the wire with the link: what is read is what is saved", () => {
    fc.assert(
      fc.property(givenLink, (given) => {
        const inputs = inputsFor(given);
        const state = stateOf(keptOf(inputs, undefined), observed(inputs), SURROUNDINGS);
        assert.deepEqual(JSON.parse(JSON.stringify(state)), state);
      }),
    );
  });
});

describe("ids, of any text", () => {
  it("are read or refused, never a reason to throw", () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom(..."/%:pidath19E") })),
        (id) => {
          const place = parseLinkId(id);
          if (place !== undefined) assert.deepEqual(parseLinkId(linkId(place)), place);
        },
      ),
    );
  });
});
