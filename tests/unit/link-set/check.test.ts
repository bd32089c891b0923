import assert from "node:assert/strict";
import { checkSet, type CheckedSet, fewOf } from "../../../provider/link-set/check";
import { type Given, HOST, isUnknown, UNKNOWN } from "../../support/link-fixtures";

const URN = "urn:pulumi:dev::shop::pulumi-nodejs:dynamic/macvlan:LinkSet::farm";
const base = { kind: "macvlan", lowerDevice: "eth0", mode: "bridge", resourceUrn: URN };
const check = (given: Given): CheckedSet =>
  checkSet({ ...base, ...given }, { host: HOST, machine: HOST, kept: undefined, isUnknown });
const linksOf = ({ members }: CheckedSet): Given | undefined =>
  members && Object.fromEntries([...members].map(([key, { inputs }]) => [key, inputs]));

describe("the arguments of a set", () => {
  it("make links that are called as they are numbered", () => {
    assert.deepEqual(Object.keys(linksOf(check({ count: 3 })) ?? {}), ["farm0", "farm1", "farm2"]);
    const numbered = linksOf(check({ count: 2, namePattern: "vm{n}x" }));
    assert.deepEqual(Object.keys(numbered ?? {}), ["vm0x", "vm1x"]);
  });

  it("give a link what is its own before what is the set's", () => {
    const links = linksOf(check({ mtu: 1400, links: { a: {}, b: { mtu: 1300, mode: "vepa" } } }));
    const shown = Object.values(links ?? {}).map((link) => {
      const { mtu, mode, lowerDevice, kind } = link as Given;
      return [mtu, mode, lowerDevice, kind];
    });
    assert.deepEqual(shown, [
      [1400, "bridge", "eth0", "macvlan"],
      [1300, "vepa", "eth0", "macvlan"],
    ]);
  });

  it("need no link", () => {
    assert.deepEqual(check({ links: {} }).failures, []);
    assert.deepEqual(check({ count: 0 }).failures, []);
  });

  it("leave out what Pulumi passes as null", () => {
    const { inputs, failures } = check({ links: { a: { mtu: null } }, count: null, mtu: null });
    assert.deepEqual(failures, []);
    assert.deepEqual(inputs["links"], { a: {} });
    assert(!("count" in inputs) && !("mtu" in inputs));
  });

  it("say nothing of their links while it is not known which there are", () => {
    for (const given of [{ links: UNKNOWN }, { links: { a: UNKNOWN } }, { count: UNKNOWN }]) {
      const { members, failures, inputs } = check(given);
      assert.deepEqual([members, failures], [undefined, []]);
      assert.deepEqual({ ...inputs, ...given }, inputs);
    }
  });

  it("know their links while only a value of one is not known", () => {
    const links = linksOf(check({ links: { a: { macAddress: UNKNOWN }, b: {} } }));
    assert.equal((links?.["a"] as Given)["macAddress"], UNKNOWN);
    assert.match(String((links?.["b"] as Given)["macAddress"]), /^[0-9a-f:]{17}$/);
  });

  it("say the same failure once, and not more than can be read", () => {
    const { failures } = check({ count: 100, mtu: 3 });
    assert.deepEqual(
      failures.map(({ property }) => property),
      ["mtu"],
    );
    const many = Array.from({ length: 50 }, (_, n) => ({ property: `links.vm${n}`, reason: "x" }));
    assert.equal(fewOf(many).length, 21);
    assert.match(fewOf(many).at(-1)?.reason ?? "", /30 more/);
  });
});
