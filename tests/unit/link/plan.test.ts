import assert from "node:assert/strict";
import type { ObservedLink, Settings } from "../../../provider/link/model";
import {
  asMade,
  needsRemaking,
  planChange,
  planCreation,
  type PlannedStep,
  type Step,
} from "../../../provider/link/plan";
import { complete, type Wanted } from "../../../provider/link/wanted";
import { type Given, inputsFor, observed } from "../../support/link-fixtures";

const wantedFor = (given: Given): Wanted => complete(inputsFor(given), undefined);
const stepsOf = (plan: readonly PlannedStep[]): Step[] => plan.map(({ step }) => step);
const setting = (settings: Settings): Step => ({ do: "set", settings });

/** Settings in the order in which they are set, "mtu=1400"; other steps by what they do. */
function inWords(plan: readonly PlannedStep[]): string[] {
  return stepsOf(plan).map((step) => {
    if (step.do === "set")
      return Object.entries(step.settings)
        .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
        .join(" ");
    return "names" in step ? `${step.do}: ${step.names.join()}` : step.do;
  });
}

/** The plan that makes of a link as it was declared, and changed since, one as it is declared now. */
function changing(before: Given, after: Given, drift: Settings = {}): PlannedStep[] {
  return planChange(wantedFor(after), observed(inputsFor(before), drift));
}

describe("a planned creation", () => {
  const group = 0x80000123;

  it("says everything at once that the kernel takes at once, going up included", () => {
    const given = { mode: "source", mtu: 1400, sourceMacAddresses: ["02:00:00:00:00:01"] };
    const [creation, last, ...none] = planCreation(wantedFor(given), group);
    const { macAddress } = inputsFor();
    assert.deepEqual(creation, {
      step: {
        do: "create",
        group,
        settings: { lowerDevice: "eth0", name: "web", macAddress, adminState: "up", ...given },
      },
      inverse: { do: "delete by group", group },
    });
    assert.deepEqual(last, {
      step: setting({ alias: "", group: 0 }),
      inverse: setting({ group }),
    });
    assert.deepEqual(none, []);
  });

  it("leaves for later what a creating message may not say, and gives up its group last", () => {
    const given = {
      kind: "macvtap",
      alias: "web",
      altNames: ["a", "b"],
      addrGenMode: "random",
      group: 7,
      tap: { mode: "0660" },
    };
    const plan = planCreation(wantedFor(given), group);
    assert.deepEqual(inWords(plan).slice(1), [
      'alias="web"',
      'addrGenMode="random"',
      "add alternative names: a,b",
      'adminState="up"',
      "group=7",
      "set tap",
    ]);
    const [{ step }] = plan;
    assert.deepEqual(step.do === "create" && Object.keys(step.settings), [
      "lowerDevice",
      "name",
      "mode",
      "macAddress",
    ]);
  });

  it("stays down where that is declared", () => {
    const words = inWords(planCreation(wantedFor({ kind: "macvtap", adminState: "down" }), group));
    assert.deepEqual(words, ["create", 'alias=""', 'addrGenMode="none"', "group=0"]);
    const [{ step }] = planCreation(wantedFor({ adminState: "down" }), group);
    assert.equal(step.do === "create" && "adminState" in step.settings, false);
  });

  it("under a temporary name goes up when it has its own", () => {
    const plan = planCreation(wantedFor({}), group, "tmp0");
    assert.deepEqual(inWords(plan), [
      "create",
      'alias=""',
      'name="web"',
      'adminState="up"',
      "group=0",
    ]);
    const [{ step }] = plan;
    assert.equal(step.do === "create" && step.settings.name, "tmp0");
  });

  it("does not ask a link without IPv6 how it makes addresses", () => {
    const [, ...rest] = planCreation(wantedFor({ kind: "macvtap", mtu: 1000 }), group);
    const made = observed(inputsFor({ kind: "macvtap" }));
    assert.deepEqual(asMade(rest, made), rest);
    const { addrGenMode: _, ...settings } = made.settings;
    assert.deepEqual(inWords(asMade(rest, { ...made, settings })), [
      'alias=""',
      'adminState="up"',
      "group=0",
    ]);
  });
});

describe("a planned change", () => {
  it("is nothing where nothing differs", () => {
    assert.deepEqual(changing({}, {}), []);
    assert.deepEqual(changing({ mtu: 1400, altNames: ["a"] }, { mtu: 1400, altNames: ["a"] }), []);
  });

  it("is one message for each property, each with what was there before", () => {
    const given = { mtu: 1400, txQueueLength: 7, group: 3 };
    assert.deepEqual(changing({}, given), [
      { step: setting({ mtu: 1400 }), inverse: setting({ mtu: 1500 }) },
      { step: setting({ txQueueLength: 7 }), inverse: setting({ txQueueLength: 1000 }) },
      { step: setting({ group: 3 }), inverse: setting({ group: 0 }) },
    ]);
  });

  it("puts the mark first, and its inverse leaves none where none was", () => {
    const link: ObservedLink = { ...observed(inputsFor(), { alias: "theirs" }), mark: undefined };
    assert.deepEqual(planChange(wantedFor({ mtu: 1400 }), link)[0], {
      step: setting({ alias: "theirs" }),
      inverse: { do: "set", settings: { alias: "theirs" }, unmarked: true },
    });
    assert.deepEqual(changing({}, { alias: "mine" }), [
      { step: setting({ alias: "mine" }), inverse: setting({ alias: "" }) },
    ]);
  });

  it("adds and removes alternative names one by one", () => {
    const plan = changing({ altNames: ["a", "b", "c"] }, { altNames: ["c", "d", "e"] });
    assert.deepEqual(inWords(plan), [
      "remove alternative names: a",
      "remove alternative names: b",
      "add alternative names: d",
      "add alternative names: e",
    ]);
    const [first, , third] = plan;
    assert.deepEqual(first?.inverse, { do: "add alternative names", names: ["a"] });
    assert.deepEqual(third?.inverse, { do: "remove alternative names", names: ["d"] });
  });

  it("sets all live properties in one order, and up or down last", () => {
    const given = {
      mode: "source",
      altNames: ["z"],
      noDst: true,
      adminState: "down",
      sourceMacAddresses: ["02:00:00:00:00:01"],
      broadcastLimit: 3,
      broadcastQueueLength: 9,
      group: 3,
      addrGenMode: "random",
      txQueueLength: 7,
      mtu: 1400,
      alias: "x",
    };
    assert.deepEqual(inWords(changing({ mode: "source" }, given)), [
      'alias="x"',
      "mtu=1400",
      "txQueueLength=7",
      'addrGenMode="random"',
      "group=3",
      "broadcastQueueLength=9",
      "broadcastLimit=3",
      'sourceMacAddresses=["02:00:00:00:00:01"]',
      "add alternative names: z",
      "noPromisc=false noDst=true",
      'adminState="down"',
    ]);
  });

  describe("of noPromisc", () => {
    const passthru = { mode: "passthru" };
    const on = { ...passthru, noPromisc: true };
    const rows: readonly (readonly [string, Given, Given, Settings, string[]])[] = [
      ["on a link that is up: just that", passthru, on, {}, ["flags"]],
      ["on one that goes up: after it", passthru, on, { adminState: "down" }, ["up", "flags"]],
      [
        "on one that goes down: before it",
        passthru,
        { ...on, adminState: "down" },
        {},
        ["flags", "down"],
      ],
      [
        "on one that is down and stays down: up for that moment",
        { ...passthru, adminState: "down" },
        { ...on, adminState: "down" },
        {},
        ["up", "flags", "down"],
      ],
      ["back to off: just that", on, { ...passthru, noPromisc: false }, {}, ["flags"]],
    ];
    for (const [what, before, after, drift, expected] of rows)
      it(what, () => {
        const plan = changing(before, after, drift);
        const names = inWords(plan).map(
          (words) => /adminState="(\w+)"/.exec(words)?.[1] ?? "flags",
        );
        assert.deepEqual(names, expected);
      });

    it("goes with noDst: one attribute holds both", () => {
      const [step, ...more] = changing(passthru, { ...on, noDst: true });
      assert.deepEqual(more, []);
      assert.deepEqual(step, {
        step: setting({ noPromisc: true, noDst: true }),
        inverse: setting({ noPromisc: false, noDst: false }),
      });
    });

    it("does not bother a link that is down for noDst alone", () => {
      const down = { ...passthru, adminState: "down" };
      assert.deepEqual(inWords(changing(down, { ...down, noDst: true })), [
        "noPromisc=false noDst=true",
      ]);
    });
  });

  it("of the MTU over the edge of IPv6 says anew how addresses are made", () => {
    const small: ObservedLink = observed(inputsFor({ kind: "macvtap" }), { mtu: 1000 });
    const { addrGenMode: _, ...settings } = small.settings;
    const grown = planChange(wantedFor({ kind: "macvtap", mtu: 1280 }), { ...small, settings });
    assert.deepEqual(inWords(grown), ["mtu=1280", 'addrGenMode="none"']);
    assert.deepEqual(
      planChange(wantedFor({ kind: "macvtap", mtu: 1000 }), { ...small, settings }),
      [],
    );
    const shrunk = changing({ kind: "macvtap" }, { kind: "macvtap", mtu: 1279 });
    assert.deepEqual(shrunk.map(({ inverse }) => inverse).reverse(), [
      setting({ mtu: 1500 }),
      setting({ addrGenMode: "none" }),
    ]);
  });

  it("of a tap device comes last, and goes back to what was seen", () => {
    const tap = { owner: "root", group: "root", mode: "0600" };
    const after = { kind: "macvtap", tap: { mode: "0660" }, mtu: 1400 };
    const plan = changing({ kind: "macvtap" }, after, { tap });
    assert.deepEqual(plan.at(-1), {
      step: { do: "set tap", tap: { mode: "0660" } },
      inverse: { do: "set tap", tap },
    });
  });
});

describe("a link must be made again", () => {
  const link = observed(inputsFor());
  const again = (given: Given, lower = 2, more: Partial<ObservedLink> = {}): string[] =>
    needsRemaking(wantedFor(given), { ...link, ...more }, lower);

  it("not for what can be changed while it lives", () => {
    assert.deepEqual(again({}), []);
    assert.deepEqual(again({ mtu: 1400, alias: "x", adminState: "down" }), []);
  });

  it("for what cannot", () => {
    assert.deepEqual(again({ mode: "bridge" }), ["mode"]);
    assert.deepEqual(again({ macAddress: "02:00:00:00:00:01" }), ["macAddress"]);
    assert.deepEqual(again({ numTxQueues: 4, numRxQueues: 4 }), ["numTxQueues", "numRxQueues"]);
    assert.deepEqual(again({ kind: "macvtap" }), ["kind"]);
    assert.deepEqual(again({}, 3), ["lowerDevice"]);
  });
});
