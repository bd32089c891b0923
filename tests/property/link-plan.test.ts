/** Plans against a model of the kernel: they lead where they should, and back. */
import assert from "node:assert/strict";
import * as fc from "fast-check";
import { transitionalGroup } from "../../provider/link/identity";
import {
  ADDR_GEN_MODES,
  type LinkInputs,
  type LinkState,
  type Settings,
} from "../../provider/link/model";
import { ownerOf } from "../../provider/link/ownership";
import { asMade, needsRemaking, planChange, planCreation } from "../../provider/link/plan";
import type { PlannedStep } from "../../provider/link/plan";
import { inputsOf, keptOf, shortfalls, stateOf } from "../../provider/link/state";
import { complete } from "../../provider/link/wanted";
import { diffLink } from "../../provider/link/diff";
import { givenLink, givenTwice } from "../support/link-arbitraries";
import { inputsFor, isUnknown, SURROUNDINGS } from "../support/link-fixtures";
import { ModelledHost } from "../support/modelled-host";

const GROUP_NOISE = 0x123;
const LOWER_INDEX = 2;

function hostFor({ kind, identity }: LinkInputs): ModelledHost {
  return new ModelledHost(kind, identity.mark);
}

/** The creation as it is run: the rest of it once the kernel has shown the link. */
function create(host: ModelledHost, inputs: LinkInputs, temporaryName?: string): PlannedStep[] {
  const wanted = complete(inputs, undefined);
  const [first, ...rest] = planCreation(
    wanted,
    transitionalGroup(wanted.mark, GROUP_NOISE),
    temporaryName,
  );
  assert.equal(host.run([first], inputs.name), 0);
  const steps = asMade(rest, host.existing());
  assert.equal(host.run(steps, inputs.name), 0);
  return [first, ...steps];
}

function stateIn(host: ModelledHost, inputs: LinkInputs): LinkState {
  const tap = { major: 240, minor: 1, path: "/dev/tap3", settings: { ...host.tap } };
  const around = host.kind === "macvtap" ? { ...SURROUNDINGS, tap } : SURROUNDINGS;
  return stateOf(keptOf(inputs, undefined), host.existing(inputs.name), around);
}

/** What holds again when something was declared and is no longer. */
const DEFAULTS = {
  mtu: 1500,
  adminState: "up",
  noPromisc: false,
  noDst: false,
  broadcastQueueLength: 1000,
  broadcastLimit: 1,
  sourceMacAddresses: [],
  group: 0,
  alias: "",
  altNames: [],
} as const satisfies Settings;

function assertReset(before: LinkInputs, after: LinkInputs, now: Settings): void {
  for (const [name, value] of Object.entries(DEFAULTS)) {
    const removed = name in before && !(name in after);
    if (removed) assert.deepEqual(now[name as keyof Settings], value, name);
  }
  if (before.txQueueLength !== undefined && after.txQueueLength === undefined)
    assert.equal(now.txQueueLength, after.kind === "macvtap" ? 500 : 1000);
  if (before.tap?.mode !== undefined && after.tap?.mode === undefined)
    assert.equal(now.tap?.mode, "0600");
  if (before.addrGenMode !== undefined && after.addrGenMode === undefined)
    // Below 1280 bytes there is no IPv6 to be asked.
    assert.equal(now.addrGenMode ?? "none", after.kind === "macvtap" ? "none" : expectedOn(now));
}

const expectedOn = ({ mtu = 0 }: Settings): string => (mtu < 1280 ? "none" : "eui64");

/** A link from elsewhere has no mark yet. */
function takeMarkAway(host: ModelledHost, name: string): void {
  const settings = { alias: "somebody's" };
  assert.equal(host.do({ do: "set", settings, unmarked: true }, name), 0);
}

describe("a creation, of any link", () => {
  it("makes the link that is wanted, and no second plan", () => {
    fc.assert(
      fc.property(givenLink, (given) => {
        const inputs = inputsFor(given);
        const host = hostFor(inputs);
        create(host, inputs);
        const wanted = complete(inputs, host.kernel.lower.mtu);
        const state = stateIn(host, inputs);
        const link = host.existing(inputs.name);
        assert.deepEqual(shortfalls(wanted, state), []);
        assert.deepEqual(planChange(wanted, link), []);
        assert.deepEqual(needsRemaking(wanted, link, LOWER_INDEX), []);
        assert.deepEqual(diffLink(state, inputs, isUnknown).differences, []);
        assert.deepEqual(JSON.parse(JSON.stringify(inputsOf(state))), inputs);
        assert.equal(link.settings.group, inputs.group ?? 0);
        // How addresses are made is settled before the link goes up and gets one.
        const { addrGenMode } = link.settings;
        const madeBy = host.kernel.link(inputs.name)?.addressMadeBy;
        if (madeBy !== undefined) assert.equal(ADDR_GEN_MODES[madeBy], addrGenMode);
      }),
    );
  });

  // Older kernels want a name that is free beside the lower device too.
  const temporary = fc.constantFrom(undefined, "tmp0");

  it("cut after any step and taken back, leaves nothing", () => {
    fc.assert(
      fc.property(givenLink, temporary, fc.nat(), (given, name, cut) => {
        const inputs = inputsFor(given);
        const host = hostFor(inputs);
        const steps = create(hostFor(inputs), inputs, name);
        const before = host.kernel.snapshot();
        const done = steps.slice(0, cut % (steps.length + 1));
        assert.equal(host.run(done, inputs.name), 0);
        host.undo(done, inputs.name);
        assert.deepEqual(host.kernel.snapshot(), before);
      }),
    );
  });

  it("cut after any step before its end, is known as ours by the next run", () => {
    fc.assert(
      fc.property(givenLink, temporary, fc.nat(), (given, name, cut) => {
        const inputs = inputsFor(given);
        const host = hostFor(inputs);
        const steps = create(hostFor(inputs), inputs, name);
        host.run(steps.slice(0, 1 + (cut % steps.length)), inputs.name);
        assert.equal(ownerOf(host.existing(), inputs.identity.mark), "ours");
      }),
    );
  });

  it("under a temporary name comes to the same as one under its own", () => {
    fc.assert(
      fc.property(givenLink, (given) => {
        const inputs = inputsFor(given);
        const [one, other] = [hostFor(inputs), hostFor(inputs)];
        create(one, inputs);
        create(other, inputs, "tmp0");
        assert.deepEqual(other.snapshot(), one.snapshot());
      }),
    );
  });

  it("that is refused for its MTU or its MAC address, leaves what was there", () => {
    fc.assert(
      fc.property(givenLink, fc.boolean(), (given, byMac) => {
        fc.pre(given["mode"] !== "passthru" && given["adminState"] !== "down");
        const host = hostFor(inputsFor(given));
        const fault = byMac ? { macAddress: host.kernel.lower.address } : { mtu: 1501 };
        const wanted = complete(inputsFor({ ...given, ...fault }), undefined);
        const before = host.kernel.snapshot();
        const plan = planCreation(wanted, transitionalGroup(wanted.mark, GROUP_NOISE));
        assert.notEqual(host.run(plan, wanted.settings.name), 0);
        assert.deepEqual(host.kernel.snapshot(), before);
      }),
    );
  });
});

describe("a change, of any link into any other that it can become alive", () => {
  const twice = fc.tuple(givenTwice, fc.boolean());

  it("leads to what is wanted, what is no longer declared included", () => {
    fc.assert(
      fc.property(twice, ([[first, second], foreign]) => {
        const [before, after] = [inputsFor(first), inputsFor(second)];
        const host = hostFor(before);
        create(host, before);
        const memory = stateIn(host, before);
        if (foreign) takeMarkAway(host, before.name);
        const wanted = complete(after, host.kernel.lower.mtu, memory);
        assert.equal(host.run(planChange(wanted, host.existing(after.name)), after.name), 0);
        assert.deepEqual(shortfalls(wanted, stateIn(host, after)), []);
        assert.deepEqual(planChange(wanted, host.existing(after.name)), []);
        assert.equal(host.existing(after.name).mark, after.identity.mark);
        assertReset(before, after, host.existing(after.name).settings);
        assert.deepEqual(diffLink(stateIn(host, after), after, isUnknown).differences, []);
        const { adminState } = host.existing(after.name).settings;
        const counted = after.mode === "passthru" && adminState === "up" && !after.noPromisc;
        assert.equal(host.kernel.lower.promiscuity, counted ? 1 : 0);
      }),
    );
  });

  it("cut after any step and taken back, leaves the link as it was", () => {
    fc.assert(
      fc.property(twice, fc.nat(), ([[first, second], foreign], cut) => {
        const [before, after] = [inputsFor(first), inputsFor(second)];
        const host = hostFor(before);
        create(host, before);
        const memory = stateIn(host, before);
        if (foreign) takeMarkAway(host, before.name);
        const snapshot = host.snapshot();
        const wanted = complete(after, host.kernel.lower.mtu, memory);
        const plan = planChange(wanted, host.existing(after.name));
        const done = plan.slice(0, cut % (plan.length + 1));
        assert.equal(host.run(done, after.name), 0);
        host.undo(done, after.name);
        assert.deepEqual(host.snapshot(), snapshot);
      }),
    );
  });

  it("that is refused on its way, leaves the link as it was", () => {
    fc.assert(
      fc.property(givenTwice, ([first, second]) => {
        const [before, after] = [
          inputsFor(first),
          inputsFor({ ...second, altNames: ["alt", "zzz"] }),
        ];
        const host = hostFor(before);
        create(host, before);
        // Somebody else has the last of the names, so the plan fails far from its beginning.
        host.kernel.links.push({
          ...structuredClone(host.kernel.links[0]!),
          ifindex: 99,
          name: "zzz",
          up: false,
          altNames: [],
        });
        const snapshot = host.snapshot();
        const wanted = complete(after, host.kernel.lower.mtu, stateIn(host, before));
        assert.notEqual(host.run(planChange(wanted, host.existing(after.name)), after.name), 0);
        assert.deepEqual(host.snapshot(), snapshot);
      }),
    );
  });
});
