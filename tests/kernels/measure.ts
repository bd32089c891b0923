/** What one kernel does with links of ours: a verdict for each row of each table of `docs/kernels.md`. */
import assert from "node:assert/strict";
import { isHostError } from "../../provider/errors";
import { type Kind, KINDS } from "../../provider/link/model";
import type { LiveProperty } from "../kernel/live-properties";
import { REFUSED } from "../kernel/refused-creations";
import { LinkResource } from "../support/link-resource";
import { LOWER_DEVICES, type LowerDevice } from "./lower-devices";
import { portSettings } from "./ports";
import { gone, type Group, groupsOf, live, throughout, trialOn } from "./properties";
import { judge, place, type Site, type Verdict, veth } from "./site";
import { WAYS } from "./ways";
import { wireless } from "./wireless";

export type Section = Readonly<Record<string, Verdict>>;
/** A section for each table. */
export interface Column {
  readonly properties: Section;
  readonly ways: Section;
  readonly lowerDevices: Section;
  readonly ports: Section;
  readonly refusals: Section;
  readonly wireless: Section;
}

export async function measure(site: Site): Promise<Column> {
  const ofProperties = await properties(site);
  return {
    properties: ofProperties,
    ways: await ways(site),
    lowerDevices: await lowerDevices(site, ofProperties),
    ports: await portSettings(site),
    refusals: await refusals(site),
    wireless: await wireless(site),
  };
}

/** Both kinds, and one word where they agree. */
async function ofBoth(judgeOne: (kind: Kind) => Promise<Verdict>): Promise<Verdict> {
  const [ofMacvlan, ofMacvtap] = [await judgeOne("macvlan"), await judgeOne("macvtap")];
  if (ofMacvlan === ofMacvtap) return ofMacvlan;
  return `no: macvlan: ${ofMacvlan}; macvtap: ${ofMacvtap}`;
}

async function properties(site: Site): Promise<Section> {
  const verdicts = new Map<string, Partial<Record<Kind, Verdict>>>();
  const attempt = (kind: Kind, group: Group): Promise<Verdict> =>
    judge(async () => {
      const trial = trialOn(site, kind, group);
      veth(site, trial.netns);
      await throughout(trial);
    });
  for (const kind of KINDS)
    for (const group of groupsOf(kind)) {
      const together = await attempt(kind, group);
      const isAlone = group.rows.length === 1;
      for (const row of group.rows) {
        const verdict =
          together === "yes" || isAlone
            ? together
            : await attempt(kind, { mode: group.mode, rows: [row] });
        verdicts.set(row.property, { ...verdicts.get(row.property), [kind]: verdict });
      }
      const singly = group.rows.map(({ property }) => verdicts.get(property)?.[kind]);
      if (together !== "yes" && singly.every((each) => each === "yes"))
        throw new Error(`All at once do not work though each does: ${together}`);
    }
  const rows = [...verdicts].map(async ([property, byKind]) => {
    const verdict = await ofBoth(async (kind) => byKind[kind] ?? byKind.macvlan ?? "not there");
    return [property, verdict] as const;
  });
  return Object.fromEntries(await Promise.all(rows));
}

async function ways(site: Site): Promise<Section> {
  const verdicts: Record<string, Verdict> = {};
  for (const [title, work] of Object.entries(WAYS))
    verdicts[title] = await ofBoth((kind) => judge(() => work(site, kind)));
  return verdicts;
}

async function lowerDevices(site: Site, ofProperties: Section): Promise<Section> {
  // One that this kernel does not have needs no further proof.
  const has = ({ property }: LiveProperty): boolean => ofProperties[property] === "yes";
  const verdicts: Record<string, Verdict> = {};
  for (const lower of LOWER_DEVICES)
    verdicts[lower.title] = await ofBoth((kind) => judge(() => standsOn(site, lower, kind, has)));
  return verdicts;
}

// A link that is down has no routes, and `ip` does not show the limit.
const APART: readonly string[] = ["adminState", "broadcastLimit"];

/** All that a macvlan in bridge mode can have at once is made, changed and deleted; and a passthru link. */
async function standsOn(
  site: Site,
  lower: LowerDevice,
  kind: Kind,
  has: (row: LiveProperty) => boolean,
): Promise<void> {
  const mode = "bridge";
  const groups = groupsOf(kind).filter((group) => group.mode === mode);
  const rows = groups.flatMap((group) => group.rows).filter(has);
  // Of both kinds on a veth, above.
  const together =
    kind === "macvlan" ? rows.filter(({ property }) => !APART.includes(property)) : [];
  const all = { mode, rows: together } as const;
  const trial = trialOn(site, kind, all);
  lower.make(site, trial.netns);
  try {
    await gone(await live(trial), trial);
    if (lower.isShared === true) return;
    const alone = { ...trial, mode: "passthru", rows: [] } as const;
    await gone(await live(alone), alone);
  } finally {
    lower.release?.(site, trial.netns);
  }
}

async function refusals(site: Site): Promise<Section> {
  const verdicts: Record<string, Verdict> = {};
  for (const row of REFUSED) verdicts[row.title] = await judge(() => isExplained(site, row));
  return verdicts;
}

async function isExplained(site: Site, row: (typeof REFUSED)[number]): Promise<void> {
  const { lab } = site;
  const { netns, where } = place(site);
  veth(site, netns);
  const arranged = row.arrange?.(lab, netns);
  const link = new LinkResource(lab, { ...where, kind: "macvlan", ...arranged, ...row.args });
  const { failures } = await link.check();
  const said = failures.map(({ property, reason }) => `${property}: ${reason}`).join("\n");
  if (row.unseen === true) assert.equal(said, "", `preview says: ${said}`);
  else assert.match(said, row.cause, `preview says: ${said}`);
  await assert.rejects(link.createUnchecked(), (error: Error) => {
    assert(isHostError(error));
    assert.match(error.message, row.cause, `create says: ${error.message}`);
    if (row.errno !== undefined)
      assert.match(error.message, new RegExp(`\\(${row.errno}\\)`), error.message);
    return true;
  });
}
