/** Of sets of links, whatever they are made of. */
import assert from "node:assert/strict";
import * as fc from "fast-check";
import type { LinkState } from "../../provider/link/model";
import { keptOf, stateOf } from "../../provider/link/state";
import { checkSet } from "../../provider/link-set/check";
import { linksOf, membersOf } from "../../provider/link-set/members";
import type { LinkSetInputs, LinkSetState } from "../../provider/link-set/model";
import { inWords, isIdle, planSet } from "../../provider/link-set/plan";
import { digestOf, loadState, outputsOf, saveState } from "../../provider/link-set/saved-form";
import { type Given, isUnknown, observed, SURROUNDINGS } from "../support/link-fixtures";
import { givenLink } from "../support/link-arbitraries";

const URN = "urn:pulumi:dev::shop::pulumi-nodejs:dynamic/macvlan:LinkSet::farm";
const HOST = "hosthosthost";

const key = fc.stringMatching(/^[a-z][a-z0-9.-]{0,20}$/);

/** Arguments of a set of some links of one kind, each with something of its own. */
const givenSet = fc
  .tuple(
    fc.constantFrom("macvlan", "macvtap"),
    fc.dictionary(key, givenLink, { maxKeys: 8, noNullPrototype: true }),
  )
  .map(([kind, links]): Given => {
    const own = (given: Given): Given => {
      const { kind: _, tap: __, ...rest } = given;
      return rest;
    };
    return {
      kind,
      mode: "bridge",
      lowerDevice: "eth0",
      resourceUrn: URN,
      links: Object.fromEntries(Object.entries(links).map(([name, each]) => [name, own(each)])),
    };
  });

const settled = (given: Given): LinkSetInputs =>
  checkSet(given, { host: HOST, machine: HOST, kept: undefined, isUnknown })
    .inputs as unknown as LinkSetInputs;

/** As if all had been made, with what only a kernel decides as it comes. */
function made(inputs: LinkSetInputs, decided: readonly Partial<LinkState>[] = []): LinkSetState {
  const { kind, identity } = inputs;
  const links = [...membersOf(inputs, isUnknown)].map(([name, { inputs: link }], at) => {
    const ifindex = 100 + at;
    const path = `/dev/tap${ifindex}`;
    const tap = { major: 240, minor: at, path, settings: { owner: "root" } };
    const around = kind === "macvtap" ? { ...SURROUNDINGS, tap } : SURROUNDINGS;
    const state = stateOf(keptOf(link), { ...observed(link), ifindex }, around);
    return [name, { ...state, ...decided[at] }] as const;
  });
  return { version: 1, kind, identity, given: digestOf(inputs), links: Object.fromEntries(links) };
}

const decided: fc.Arbitrary<Partial<LinkState>> = fc.record(
  {
    name: fc.constantFrom("other0", "other1"),
    macAddress: fc.constant("02:00:00:00:00:09"),
    operState: fc.constantFrom("UP", "LOWERLAYERDOWN"),
    mtu: fc.integer({ min: 68, max: 9000 }),
    markLost: fc.constant(true as const),
    tapMinor: fc.nat(9),
  },
  { requiredKeys: [] },
);

describe("a set of links, of any kind", () => {
  it("comes back from what is saved of it", () => {
    fc.assert(
      fc.property(givenSet, fc.array(decided), (given, more) => {
        const state = made(settled(given), more);
        const saved = JSON.parse(JSON.stringify(saveState(state))) as Record<string, unknown>;
        assert.deepEqual(loadState(saved), state);
        const outputs = outputsOf(String(saved["record"]));
        for (const [name, { ifindex, macAddress }] of Object.entries(state.links))
          assert.deepEqual(
            [outputs[name]?.ifindex, outputs[name]?.macAddress],
            [ifindex, macAddress],
          );
      }),
    );
  });

  it("is settled by check, and unchanged where it was made from its arguments", () => {
    fc.assert(
      fc.property(givenSet, (given) => {
        const inputs = settled(given);
        const again = settled({ ...inputs, resourceUrn: URN });
        assert.equal(digestOf(again), digestOf(inputs));
        const plan = planSet(made(inputs), linksOf(inputs, isUnknown), isUnknown);
        assert(isIdle(plan), inWords(plan));
      }),
    );
  });

  it("keeps marks, names and MAC addresses of its links under another name, parent and stack", () => {
    fc.assert(
      fc.property(givenSet, (given) => {
        const before = settled(given);
        const now = checkSet(
          { ...given, resourceUrn: "urn:pulumi:prod::shop::a:b:C$d:e:F::other" },
          { host: "elsewhere", machine: HOST, kept: before.identity, isUnknown },
        ).inputs as unknown as LinkSetInputs;
        const identities = (inputs: LinkSetInputs): unknown[] =>
          [...membersOf(inputs, isUnknown)].map(([, { inputs: link }]) => [
            ...[link.identity, link.name, link.macAddress],
          ]);
        assert.deepEqual(identities(now), identities(before));
      }),
    );
  });

  it("has its plan add, remove and touch no other than what the two lists say", () => {
    fc.assert(
      fc.property(givenSet, givenSet, (given, next) => {
        const [before, now] = [settled({ ...next, links: given["links"] }), settled(next)];
        const { added, removed, remade, changed } = planSet(
          made(before),
          linksOf(now, isUnknown),
          isUnknown,
        );
        const [old, wanted] = [before.links ?? {}, now.links ?? {}].map((each) =>
          Object.keys(each),
        );
        assert.deepEqual(
          added,
          wanted?.filter((each) => !old?.includes(each)),
        );
        assert.deepEqual(
          removed,
          old?.filter((each) => !wanted?.includes(each)),
        );
        for (const each of [...remade.keys(), ...changed.keys()])
          assert(old?.includes(each) && wanted?.includes(each));
      }),
    );
  });
});
