/** Changes of addresses and routes, and the ways of a connection that they take away. */
import assert from "node:assert/strict";
import {
  cutOffBy,
  deedsOfChange,
  deedsOfCreation,
  deedsOfInputs,
} from "../../../provider/link/cut-offs";
import type { Device } from "../../../provider/link/causes";
import type { LinkInputs } from "../../../provider/link/model";
import { complete } from "../../../provider/link/wanted";
import type { Way } from "../../../provider/link/way-changes";
import { device, type Given, inputsFor, observed } from "../../support/link-fixtures";

const INDEX = 7;
const onLink: Way = {
  local: "203.0.113.7",
  remote: "203.0.113.1",
  index: INDEX,
  route: { destination: "203.0.113.0/24" },
};
const byGateway: Way = {
  local: "203.0.113.7",
  remote: "198.51.100.9",
  index: INDEX,
  route: { destination: "0.0.0.0/0", gateway: "203.0.113.254" },
};
const byOther: Way = { ...byGateway, index: 3, local: "192.0.2.7" };
const six: Way = {
  local: "2001:db8::7",
  remote: "2001:db8:1::9",
  index: INDEX,
  route: { destination: "::/0", gateway: "2001:db8::fe" },
};

const made = (inputs: LinkInputs): Device => ({
  ...device(inputs.name, INDEX),
  ...observed(inputs),
});
const connecting = (way: Way) => ({
  ...{ carriers: new Map(), unknown: undefined, ipv6: true },
  ways: [way],
});
const base = { addresses: ["203.0.113.7/24"] };
const routed = (gateway: string, more: object = {}): Given => ({
  ...base,
  routes: [{ destination: "default", gateway, ...more }],
});

const CASES: readonly [what: string, before: Given, after: Given, way: Way, why?: RegExp][] = [
  ["nothing", base, base, onLink],
  [
    "its own address",
    base,
    { addresses: ["203.0.113.8/24"] },
    onLink,
    /^taking 203\.0\.113\.7\/24/,
  ],
  ["all addresses", base, { addresses: [] }, byOther],
  [
    "another label, for which it goes a moment",
    base,
    {
      addresses: [{ address: "203.0.113.7/24", label: "web:x" }],
    },
    onLink,
    /^taking 203\.0\.113\.7\/24/,
  ],
  ["an address beside it", base, { addresses: ["203.0.113.7/24", "203.0.113.8/24"] }, onLink],
  [
    "the address by whose network it leaves",
    { addresses: ["203.0.113.7/32", "203.0.113.8/24"] },
    { addresses: ["203.0.113.7/32"] },
    onLink,
    /^taking 203\.0\.113\.8\/24/,
  ],
  ["one of two in that network", { addresses: ["203.0.113.7/24", "203.0.113.8/24"] }, base, onLink],
  ["a narrower network elsewhere", {}, { addresses: ["198.51.100.8/28"] }, byOther, /^giving web/],
  ["a network that it has nothing to do with", {}, { addresses: ["10.0.0.1/8"] }, byOther],
  ["its route", routed("203.0.113.254"), base, byGateway],
  [
    "its route, where routes are declared",
    routed("203.0.113.254"),
    { ...base, routes: [] },
    byGateway,
    /^taking the route to 0\.0\.0\.0\/0/,
  ],
  ["another gateway", routed("203.0.113.254"), routed("203.0.113.253"), byGateway, /route to/],
  [
    "another source of the same way",
    routed("203.0.113.254"),
    routed("203.0.113.254", { source: "203.0.113.7" }),
    byGateway,
  ],
  [
    "a default route that wins",
    base,
    routed("203.0.113.254"),
    { ...byOther, route: { ...byOther.route, metric: 100 } },
    /^giving web a route/,
  ],
  ["one that comes after it", base, routed("203.0.113.254", { metric: 200 }), byOther],
  ["one in another table", base, routed("203.0.113.254", { table: 100 }), byOther],
  ["one to elsewhere", base, { ...base, routes: [{ destination: "10.0.0.0/8" }] }, byOther],
  ["one of the other family", base, routed("203.0.113.254"), six],
  [
    "one of IPv6",
    { routes: [{ destination: "::/0", gateway: "2001:db8::fe" }] },
    { routes: [] },
    six,
    /route to ::\/0/,
  ],
];

describe("the way of a connection", () => {
  for (const [what, before, after, way, why] of CASES)
    it(`is ${why === undefined ? "left by" : "taken by"} ${what}`, () => {
      const link = made(inputsFor(before));
      const deeds = deedsOfChange(complete(inputsFor(after), 1500), link);
      const found = deeds.flatMap((deed) => cutOffBy(deed, connecting(way)) ?? []);
      assert.equal(found.length > 0, why !== undefined, found.map(({ cause }) => cause).join());
      if (why === undefined) return;
      assert.match(found[0]?.cause ?? "", why);
      assert.match(
        found[0]?.cause ?? "",
        /would cut the connection to this host, from \S+ to \S+$/,
      );
    });

  it("is taken by a new link too, and nothing is said where no way is known", () => {
    const deeds = deedsOfCreation(inputsFor({ addresses: ["198.51.100.8/28"] }), undefined);
    assert.equal(deeds.flatMap((deed) => cutOffBy(deed, connecting(byOther)) ?? []).length, 1);
    const blind = { carriers: new Map(), unknown: "why", ipv6: true };
    assert.deepEqual(
      deeds.flatMap((deed) => cutOffBy(deed, blind) ?? []),
      [],
    );
  });

  it("is seen at preview by what the program declared before, also when it says nothing now", () => {
    const before = inputsFor(base);
    for (const after of [{ addresses: [] }, {}]) {
      // The look at devices shows no addresses.
      const seen = { below: [], beside: [made(inputsFor({}))] };
      const deeds = deedsOfInputs(inputsFor(after), seen, before, undefined);
      const found = deeds.flatMap((deed) => cutOffBy(deed, connecting(onLink)) ?? []);
      assert.deepEqual(
        found.map(({ property }) => property),
        ["addresses"],
      );
    }
  });
});
