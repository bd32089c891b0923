import assert from "node:assert/strict";
import fc from "fast-check";
import { bridgePortAttributes } from "../../../provider/netlink/bridge-port-attributes";
import { checkPort, PortClaims } from "../../../provider/port/check";
import { boolean, type ValueType } from "../../../provider/link/value-type";
import type { ObservedPort, PortInputs, SettingName, Settings } from "../../../provider/port/model";
import {
  beforeOf,
  diffPort,
  isSamePort,
  loadPort,
  planPort,
  portInputsOf,
  portStateOf,
  savePort,
  shortfalls,
  wantedOf,
} from "../../../provider/port/port";
import {
  fromAttributes,
  PORT_PROPERTIES,
  SETTING_NAMES,
  toAttributes,
} from "../../../provider/port/properties";
import { type Given, HOST, isUnknown, UNKNOWN } from "../../support/link-fixtures";

const BOOT = { bootId: "boot" };
const check = (given: Given) =>
  checkPort({ device: "eth1", ...given }, { host: HOST, machine: HOST, isUnknown });
const failuresOf = (given: Given): string[] =>
  check(given).failures.map(({ property, reason }) => `${property}: ${reason}`);

function inputsFor(given: Given): PortInputs {
  const { inputs, failures } = check(given);
  assert.deepEqual(failures, []);
  return inputs as unknown as PortInputs;
}

const portWith = (settings: Settings): ObservedPort => ({
  ...{ name: "eth1", ifindex: 7, bridge: "br0", bridgeIfindex: 3 },
  settings,
});

function stateFor(given: Given, before: Settings = {}) {
  const inputs = inputsFor(given);
  const seen = portWith(wantedOf(inputs, {}));
  return portStateOf(inputs, Object.keys(given) as SettingName[], before, seen, BOOT);
}

const isFlag = (name: SettingName): boolean =>
  (PORT_PROPERTIES[name].type as ValueType<unknown>) === boolean;

describe("the settings of a bridge port", () => {
  it("come back from their attribute as they went into it", () => {
    for (const name of SETTING_NAMES) {
      if (name === "backupPort") continue; // a name here, a number there
      const { attribute } = PORT_PROPERTIES[name];
      const values = isFlag(name) ? [true, false] : [1, 2, 3];
      for (const value of values) {
        const attributes = toAttributes(name, value);
        assert.deepEqual(attributes, { [attribute]: Number(value) });
        assert.deepEqual(fromAttributes(attributes), { [name]: value, backupPort: "" });
      }
    }
  });

  it("have an attribute each", () => {
    const used = SETTING_NAMES.map((name) => PORT_PROPERTIES[name].attribute);
    assert.equal(new Set(used).size, used.length);
    assert.deepEqual(
      used.filter((attribute) => !Object.hasOwn(bridgePortAttributes, attribute)),
      [],
    );
  });
});

describe("check of a bridge port", () => {
  it("says all that is wrong at once", () => {
    assert.deepEqual(
      failuresOf({ hairpni: true, cost: 0, priority: 64, learning: 1 }).map(
        (text) => text.split(":")[0],
      ),
      ["hairpni", "cost", "priority", "learning"],
    );
    const { failures } = checkPort({}, { host: HOST, machine: HOST, isUnknown });
    assert.deepEqual(
      failures.map(({ property }) => property),
      ["device"],
    );
  });

  it("lets pass what is not known yet", () => {
    assert.deepEqual(failuresOf({ cost: UNKNOWN, netns: UNKNOWN }), []);
  });

  it("refuses a second resource the settings of a first, and these alone", () => {
    const claims = new PortClaims();
    assert.deepEqual(claims.claim("a", inputsFor({ hairpin: true })), []);
    assert.deepEqual(claims.claim("a", inputsFor({ hairpin: true, cost: 4 })), []);
    assert.deepEqual(claims.claim("b", inputsFor({ device: "eth2", hairpin: true })), []);
    assert.deepEqual(claims.claim("c", inputsFor({ netns: "sw", hairpin: true })), []);
    assert.deepEqual(claims.claim("d", inputsFor({ guard: true })), []);
    const refused = claims.claim("e", inputsFor({ cost: 5, learning: false }));
    assert.deepEqual(
      refused.map(({ property }) => property),
      ["cost"],
    );
    // What a resource gives up is free.
    assert.deepEqual(claims.claim("a", inputsFor({ hairpin: true })), []);
    assert.deepEqual(claims.claim("e", inputsFor({ cost: 5 })), []);
  });
});

describe("the plan of a bridge port", () => {
  it("switches on what others need first, and off last", () => {
    const off = { learning: false, locked: false, mab: false };
    const on = { learning: true, locked: true, mab: true };
    const names = (wanted: Settings, there: Settings): string[] =>
      planPort(wanted, portWith(there)).map(({ name }) => name);
    assert.deepEqual(names(on, off), ["learning", "locked", "mab"]);
    assert.deepEqual(names(off, on), ["mab", "locked", "learning"]);
    assert.deepEqual(names(on, on), []);
  });

  it("leaves alone what nobody declared", () => {
    const seen = portWith({ hairpin: false, cost: 2 });
    const steps = planPort(wantedOf(inputsFor({ hairpin: true }), {}), seen);
    assert.deepEqual(steps, [{ name: "hairpin", value: true, was: false }]);
  });

  const values = Object.fromEntries(
    SETTING_NAMES.map((name) => [
      name,
      name === "backupPort"
        ? fc.constantFrom("eth2", "eth3")
        : isFlag(name)
          ? fc.boolean()
          : fc.integer({ min: 1, max: 3 }),
    ]),
  );
  const anySettings = (): fc.Arbitrary<Settings> =>
    fc.record(values, { requiredKeys: [] }).map((some) => some as Settings);
  const allSettings = (): fc.Arbitrary<Settings> => fc.record(values).map((all) => all as Settings);

  it("and what was before put back: the port is as it was, over any updates", () => {
    fc.assert(
      fc.property(allSettings(), fc.array(anySettings(), { minLength: 1 }), (there, programs) => {
        let settings: Settings = there;
        let before: Settings = {};
        const carryOut = (wanted: Settings): void => {
          for (const { name, value } of planPort(wanted, portWith(settings)))
            settings = { ...settings, [name]: value };
        };
        for (const program of programs) {
          const inputs = inputsFor(program);
          const seen = portWith(settings);
          carryOut(wantedOf(inputs, before));
          before = beforeOf(inputs, before, seen);
          assert.deepEqual(shortfalls(inputs, portWith(settings)), []);
          for (const name of SETTING_NAMES)
            if (inputs[name] === undefined) assert.equal(settings[name], there[name]);
        }
        carryOut(before);
        assert.deepEqual(settings, { ...there });
      }),
    );
  });
});

describe("the state of a bridge port", () => {
  it("comes back as it was saved, and is what the program gave", () => {
    const given = { hairpin: true, cost: 4 };
    const state = stateFor(given, { hairpin: false, cost: 2 });
    assert.deepEqual(
      loadPort(JSON.parse(JSON.stringify(savePort(state))) as ReturnType<typeof savePort>),
      state,
    );
    assert.deepEqual(portInputsOf(state), JSON.parse(JSON.stringify(inputsFor(given))));
  });

  it("differs by a value, by one more, by one less, and by nothing else", () => {
    const state = stateFor({ hairpin: true, cost: 4 });
    const diff = (given: Given) => diffPort(state, inputsFor(given), isUnknown);
    assert.deepEqual(diff({ hairpin: true, cost: 4 }), { replaces: [], changes: false });
    for (const given of [
      { hairpin: true, cost: 5 },
      { hairpin: true, cost: 4, guard: true },
      { cost: 4 },
    ])
      assert.deepEqual(diff(given), { replaces: [], changes: true });
  });

  it("is another port's by device and by namespace", () => {
    const state = stateFor({ hairpin: true });
    const replaces = (given: Given) => diffPort(state, inputsFor(given), isUnknown).replaces;
    assert.deepEqual(replaces({ hairpin: true, device: "eth2" }), ["device"]);
    assert.deepEqual(replaces({ hairpin: true, netns: "sw" }), ["netns"]);
  });

  it("is of another time once the port was made anew", () => {
    const state = stateFor({ hairpin: true });
    const seen = portWith({});
    assert.ok(isSamePort(state, seen, BOOT));
    assert.ok(!isSamePort(state, { ...seen, ifindex: 8 }, BOOT));
    assert.ok(!isSamePort(state, { ...seen, bridgeIfindex: 4 }, BOOT));
    assert.ok(!isSamePort(state, seen, { bootId: "another" }));
  });
});
