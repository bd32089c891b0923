/** Properties in groups that a link can have at once: measured together, and one by one where that fails. */
import assert from "node:assert/strict";
import type { Kind, Mode } from "../../provider/link/model";
import { AROUND, changeByHand, LIVE, type LiveProperty, shown } from "../kernel/live-properties";
import { KernelLab } from "../support/kernel-lab";
import { type Arguments, LinkResource } from "../support/link-resource";
import { place, type Site } from "./site";

/** One takes the other's ground away: an MTU below IPv6's least, a link that is down, one without addresses. */
const GROUP_OF: Readonly<Partial<Record<LiveProperty["property"], string>>> = {
  adminState: "down",
  broadcastLimit: "limit",
  bridge: "bridge",
  addrGenMode: "around",
  addresses: "addresses",
  routes: "around",
  sysctls: "around",
};

export interface Group {
  readonly mode: Mode;
  readonly rows: readonly LiveProperty[];
}

export function groupsOf(kind: Kind): readonly Group[] {
  const groups = new Map<string, { mode: Mode; rows: LiveProperty[] }>();
  for (const row of [...LIVE, ...AROUND]) {
    if ((row.kind ?? kind) !== kind) continue;
    const { mode = "bridge" } = row;
    const key = `${mode} ${GROUP_OF[row.property] ?? "link"}`;
    const group = groups.get(key) ?? { mode, rows: [] };
    groups.set(key, group);
    group.rows.push(row);
  }
  return [...groups.values()];
}

export interface Trial extends Group {
  readonly lab: KernelLab;
  readonly kind: Kind;
  readonly netns: string;
  readonly where: Arguments;
  /** Beside the rows' own. */
  readonly more?: Arguments;
}

/** In a fresh namespace, which has no lower device yet. */
export function trialOn(site: Site, kind: Kind, group: Group, more: Arguments = {}): Trial {
  const { netns, where } = place(site);
  return { lab: site.lab, kind, netns, where, more, ...group };
}

/** Made and changed: each time as `ip` shows it. */
export async function live(trial: Trial): Promise<LinkResource> {
  const link = await made(trial);
  if (trial.rows.length === 0) return link;
  await link.update({ ...link.args, ...values(trial, "second") });
  holds(trial, ({ second }) => second);
  return link;
}

/** The same, with changes by hand that are seen and repaired, and with nothing declared at last. */
export async function throughout(trial: Trial): Promise<void> {
  const { lab, netns, rows, kind } = trial;
  const link = await made(trial);
  for (const row of rows) changeByHand(lab, netns, "link0", row);
  const look = glance(lab);
  const drifted = rows.map(({ property }) => shown(look, netns, "link0", property));
  const seen = await link.refresh();
  assert.deepEqual(
    rows.map(({ property }) => seen[property]),
    drifted,
  );
  await link.update(link.args);
  holds(trial, ({ first }) => first);
  await link.update({ ...link.args, ...values(trial, "second") });
  holds(trial, ({ second }) => second);
  const declared = new Set<string>(rows.map(({ property }) => property));
  const bare = Object.entries(link.args).filter(([name]) => !declared.has(name));
  await link.update(Object.fromEntries(bare));
  holds(trial, ({ omitted }) => omitted(kind));
  await gone(link, trial);
}

export async function gone(link: LinkResource, { lab, netns }: Trial): Promise<void> {
  await link.delete();
  assert.equal(lab.link(netns, "link0"), undefined, "it is still there");
}

async function made(trial: Trial): Promise<LinkResource> {
  const { lab, kind, mode, where, netns, rows, more } = trial;
  for (const row of rows) row.prepare?.(lab, netns);
  const args = { ...where, kind, mode, name: "link0", ...more, ...values(trial, "first") };
  // The second in one namespace is the first one's successor, and no other link of the program.
  const link = new LinkResource(lab, args, netns);
  await link.create();
  holds(trial, ({ first }) => first);
  return link;
}

function values({ rows }: Group, which: "first" | "second"): Arguments {
  return Object.fromEntries(rows.map((row) => [row.property, row[which]]));
}

function holds({ lab, netns, rows, mode }: Trial, value: (row: LiveProperty) => unknown): void {
  const look = glance(lab);
  assert.equal(look.link(netns, "link0")?.linkinfo?.info_data?.mode, mode);
  for (const row of rows) {
    const seen = shown(look, netns, "link0", row.property);
    assert.deepEqual(seen, value(row), `${row.property} is ${JSON.stringify(seen)}`);
  }
}

/** Each row asks the same of `ip` again, which takes its time behind a slow machine's sshd. */
function glance(lab: KernelLab): KernelLab {
  const answers = new Map<string, string>();
  return new KernelLab((file, args) => {
    const key = JSON.stringify([file, args]);
    const answer = answers.get(key) ?? lab.run(file, args);
    answers.set(key, answer);
    return answer;
  });
}
