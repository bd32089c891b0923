import assert from "node:assert/strict";
import type { Device } from "../../../provider/link/causes";
import { deedsOfInputs } from "../../../provider/link/cut-offs";
import { at, called, having, MARK, named } from "../../../provider/link/having";
import { refusals } from "../../../provider/link/refusals";
import { warningsOf } from "../../../provider/link/warnings";
import { device, type Given, inputsFor, urnOf } from "../../support/link-fixtures";

const COUNT = 200;

describe("devices by what they have", () => {
  const eth0 = device("eth0", 2, { settings: { name: "", altNames: ["uplink", "eth1"] } });
  const eth1 = device("eth1", 3, { mark: "a" });
  const devices = [eth0, eth1];

  it("are found by a name of their own, by any, by their number, and by a mark", () => {
    assert.equal(named(devices, "eth1"), eth1);
    assert.equal(called(devices, "eth1"), eth0);
    assert.equal(called(devices, "uplink"), eth0);
    assert.equal(named(devices, "uplink"), undefined);
    assert.equal(at(devices, 3), eth1);
    assert.equal(at(devices, undefined), undefined);
    assert.deepEqual(having(devices, MARK, "a"), [eth1]);
    assert.deepEqual(having(devices, MARK, undefined), [eth0]);
  });

  it("are those of their own list, whatever another list has under the same key", () => {
    assert.equal(at([eth0], 3), undefined);
    assert.equal(at([eth1], 3), eth1);
  });

  it("are each once under a key, though it has that key twice", () => {
    const twice = device("web", 4, { settings: { name: "", altNames: ["web"] } });
    assert.deepEqual(
      having([twice], ({ settings }) => [settings.name, ...(settings.altNames ?? [])], "web"),
      [twice],
    );
  });
});

describe("the check of as many links as there are devices", () => {
  let looks = 0;

  /** Counts who looks at it. */
  const seen = (real: Device): Device =>
    new Proxy(real, {
      get(target, field, receiver): unknown {
        looks++;
        return Reflect.get(target, field, receiver);
      },
    });

  const eth0 = device("eth0", 2);
  const mac = (kind: string, n: number): string =>
    `02:00:00:${kind}:${[n >> 8, n & 0xff].map((each) => each.toString(16).padStart(2, "0")).join(":")}`;
  const links = (marks: readonly (string | undefined)[]): Device[] =>
    marks.map((mark, n) =>
      device(`link${n}`, n + 3, {
        ...{ kind: "macvlan", lowerIfindex: 2, mark },
        settings: { name: "", mode: "vepa", macAddress: mac("01", n), broadcastLimit: 1 },
      }),
    );
  const inputs = (count: number, given: (n: number) => Given) =>
    Array.from({ length: count }, (_, n) =>
      inputsFor({ resourceUrn: urnOf(`web${n}`), macAddress: mac("02", n), ...given(n) }),
    );
  const marksOf = (all: readonly { readonly identity: { readonly mark: string } }[]): string[] =>
    all.map(({ identity }) => identity.mark);

  const scenes: Readonly<Record<string, (n: number) => Given>> = {
    "that are there already": () => ({}),
    "beside as many of somebody else's": (n) => ({ name: `new${n}`, broadcastLimit: 1 }),
    "that are taken over": (n) => ({ name: `link${n}`, adopt: true }),
    "of another mode than theirs": (n) => ({ name: `new${n}`, mode: "bridge" }),
    "on a lower device that is not there": (n) => ({ name: `new${n}`, lowerDevice: "eth9" }),
  };
  for (const [what, given] of Object.entries(scenes))
    it(`costs twice as many looks for twice as many links ${what}`, () => {
      const looksFor = (count: number): number => {
        const wanted = inputs(count, given);
        const isOurs = what === "that are there already";
        const marks = isOurs ? marksOf(wanted) : wanted.map(() => undefined);
        const below = [eth0, ...links(marks)].map(seen);
        const snapshot = { below, beside: below };
        looks = 0;
        for (const each of wanted) {
          refusals(each, snapshot, false, each);
          warningsOf(each, snapshot);
          deedsOfInputs(each, snapshot, each, undefined);
        }
        return looks;
      };
      const [some, twice] = [looksFor(COUNT), looksFor(2 * COUNT)];
      assert.ok(some >= COUNT, `${some} looks`);
      assert.ok(twice < 2.2 * some, `${some} looks, and ${twice}`);
    });
});
