import assert from "node:assert/strict";
import { deedsOfPort } from "../../../provider/port/cut-offs";
import type { Settings } from "../../../provider/port/model";
import { planPort } from "../../../provider/port/port";

function deedsOf(wanted: Settings, settings: Settings): (readonly [string | undefined, string])[] {
  const port = { name: "eth1", ifindex: 7, bridge: "br0", bridgeIfindex: 3, settings };
  return deedsOfPort(planPort(wanted, port), port).map(({ property, what }) => [property, what]);
}
const PLAIN = { locked: false, learning: true, flood: true, proxyArp: false, hairpin: false };

describe("what a change of a port does to a connection", () => {
  it("is told of what is set, with what is there already", () => {
    const properties = (wanted: Settings, seen: Settings) =>
      deedsOf(wanted, seen).map(([property]) => property);
    assert.deepEqual(properties({ locked: true, proxyArp: true }, PLAIN), ["locked", "proxyArp"]);
    assert.deepEqual(properties({ learning: false }, PLAIN), []);
    assert.deepEqual(properties({ learning: false }, { ...PLAIN, flood: false }), ["learning"]);
    assert.deepEqual(properties({ flood: false }, { ...PLAIN, learning: false }), ["flood"]);
    assert.deepEqual(properties({ learning: false, flood: true }, { ...PLAIN, flood: false }), []);
  });

  it("is nothing for what is so already, and for what does no harm", () => {
    assert.deepEqual(deedsOf({ locked: true, hairpin: true }, { ...PLAIN, locked: true }), []);
    assert.deepEqual(deedsOf({ hairpin: true }, { ...PLAIN, learning: false, flood: false }), []);
  });
});
