import { randomBytes, randomInt } from "node:crypto";
import { HostError } from "../../errors";
import { withAroundOf } from "../../host/around";
import { StepRefused, type LinkHost } from "../../host/link-host";
import { sameNamespace, type Target } from "../../host/step-messages";
import type { Device } from "../../link/causes";
import { type Interest, interestIn } from "../../link/around";
import { transitionalGroup } from "../../link/identity";
import { asMade, planChange, planCreation, type PlannedStep } from "../../link/plan";
import type { Tap } from "../../link/model";
import type { TapDevice } from "../../link/state";
import type { Wanted } from "../../link/wanted";
import { Errno } from "../../netlink/errno";
import { arpAhead } from "./arp";
import type { Spot } from "./lower-device";
import { awaitTap, TapTaken } from "./tap";

/** A link of ours after it was made or changed. */
export interface Applied {
  readonly link: Device;
  readonly tap: TapDevice | undefined;
  /** What it was before: just made, or as it was found. */
  readonly before: Device;
}

export interface Site extends Pick<Target, "place" | "lowerIfindex" | "bridges"> {
  /** Looks whether the lower device is that still; a link is made meanwhile, and gone again where not. */
  readonly confirm?: Spot["confirm"];
}

// Automatic ifindexes rise from 1 and none was seen near these; the kernel goes on after its own last one.
const IFINDEX = { min: 1_000_000_000, max: 2_000_000_000 };
const MOST_TRIES = 5;

/** What the kernel would choose by itself, or the program's own, when absent. */
interface Making {
  readonly ifindex?: number;
  /** A name that the link has until it is where it belongs. */
  readonly name?: string;
}

/**
 * Makes the link so that nothing leaks whatever is killed meanwhile: its undo is armed before it
 * exists, and disarmed once all of it stands.
 */
export async function make(host: LinkHost, site: Site, wanted: Wanted): Promise<Applied> {
  let how: Making = {};
  for (let tries = 1; ; tries++) {
    try {
      return await makeOnce(host, site, wanted, how);
    } catch (error) {
      if (tries === MOST_TRIES) throw error;
      // The ifindexes of two namespaces met: /dev/tap<N> is another link's. Ask for a number that is free.
      if (error instanceof TapTaken) how = { ...how, ifindex: randomInt(IFINDEX.min, IFINDEX.max) };
      else if (await isTakenBelow(error, host, site, wanted)) how = { ...how, name: freeName() };
      else throw error;
    }
  }
}

/** Older kernels (6.18 does not) also want the name to be free in the namespace of the lower device. */
async function isTakenBelow(
  error: unknown,
  host: LinkHost,
  { place }: Site,
  { settings: { name } }: Wanted,
): Promise<boolean> {
  if (!(error instanceof StepRefused && error.errno === Errno.EEXIST)) return false;
  if (sameNamespace(place.below, place.beside)) return false;
  const [below, beside] = await Promise.all([
    host.device(place.below, { name }),
    host.device(place.beside, { name }),
  ]);
  return below !== undefined && beside === undefined;
}

const freeName = (): string => `mv-${randomBytes(5).toString("hex")}`;

async function makeOnce(host: LinkHost, site: Site, wanted: Wanted, how: Making): Promise<Applied> {
  const target = { ...site, kind: wanted.kind, mark: wanted.mark, ifindex: how.ifindex };
  const group = transitionalGroup(wanted.mark, randomInt(0x1000));
  const arp = await arpAhead(host, site.place, wanted, site.lowerIfindex);
  const [first, ...rest] = planCreation(wanted, group, how.name, arp);
  return undoable(host, async (undo) => {
    // The look is asked for first: where it fails, what became of the creation says nothing.
    const confirming = site.confirm?.();
    const creating = host.change(undo, [first], target);
    creating.catch(() => undefined);
    await confirming;
    const echoed = await creating;
    // No echo comes from another namespace, nor from Linux before 6.2. Whatever link is found there,
    // only ours has the group.
    const name = how.name ?? wanted.settings.name;
    const made = echoed[0] ?? (await host.device(target.place.beside, { name }));
    if (made?.settings.group !== group) throw vanished(host, wanted);
    const there = { ...target, ifindex: made.ifindex, isNew: true };
    const interest = interestIn(wanted.settings, wanted.mark);
    const applied = await finish(host, undo, asMade(rest, made), there, wanted, interest);
    return { ...applied, before: made };
  });
}

/** Brings a link of ours to what is wanted; what it did is taken back when a step is refused. */
export async function change(
  host: LinkHost,
  site: Site,
  wanted: Wanted,
  link: Device,
  seenTap: TapDevice | undefined,
  interest: Interest,
): Promise<Applied> {
  const seen =
    seenTap === undefined
      ? link
      : { ...link, settings: { ...link.settings, tap: seenTap.settings } };
  const { kind, mark } = wanted;
  const target = { ...site, kind, mark, ifindex: link.ifindex, isNew: false };
  const steps = planChange(wanted, seen);
  const applied = await undoable(host, (undo) =>
    finish(host, undo, steps, target, wanted, interest),
  );
  return { ...applied, before: link };
}

/** Work under one undo id: what of it is armed on the host runs at once when the work fails. */
async function undoable<T>(host: LinkHost, work: (undo: number) => Promise<T>): Promise<T> {
  const undo = host.session.newUndoId();
  try {
    return await work(undo);
  } catch (error) {
    // Where the host cannot be told any more, its watchdog does it unasked.
    await host.session.undo(undo).catch(() => undefined);
    throw error;
  }
}

/**
 * The rest of a plan by ifindex, the read-back and the end of the undo. For a macvlan they are one
 * burst of frames: a step that is refused makes the agent undo, and then there is nothing to disarm.
 */
async function finish(
  host: LinkHost,
  undo: number,
  steps: readonly PlannedStep[],
  target: Target & { readonly ifindex: number; readonly isNew: boolean },
  wanted: Wanted,
  interest: Interest,
): Promise<Pick<Applied, "link" | "tap">> {
  const { ifindex, isNew } = target;
  const { beside } = target.place;
  const stepping = host.change(undo, steps, target);
  const looking = host.device(beside, { ifindex });
  const reading = withAroundOf(host, beside, ifindex, looking, interest);
  if (target.kind === "macvlan") {
    const [, link, end] = await Promise.all([stepping, reading, host.session.disarm(undo)]);
    return standing(host, { link, tap: undefined }, end, steps, wanted);
  }
  // A new one is gone with its tap device when a step is refused; an old one's must be left alone then.
  const { settings } = wanted;
  const [, before] = isNew ? [] : await Promise.all([stepping, reading]);
  const change = steps.map(({ step }) => (step.do === "set tap" ? step.tap : {}));
  const opening = awaitTap(
    host,
    beside,
    { name: before?.settings.name ?? settings.name, ifindex },
    { change: Object.assign({}, ...change) as Tap, declared: settings.tap ?? {}, isNew },
  );
  // A refused step is why there is no tap device, and may be answered later.
  opening.catch(() => undefined);
  await stepping;
  const [link, tap] = await Promise.all([reading, opening]);
  return standing(host, { link, tap }, await host.session.disarm(undo), steps, wanted);
}

function standing(
  host: LinkHost,
  { link, tap }: { readonly link: Device | undefined; readonly tap: TapDevice | undefined },
  end: string,
  steps: readonly PlannedStep[],
  wanted: Wanted,
): Pick<Applied, "link" | "tap"> {
  // With nothing armed there was nothing to disarm.
  const armed = steps.some(({ step, inverse }) => inverse !== undefined && step.do !== "set tap");
  if (link === undefined || (armed && end !== "disarmed")) throw vanished(host, wanted);
  return { link, tap };
}

function vanished(host: LinkHost, { kind, settings: { name } }: Wanted): HostError {
  return new HostError({
    kind: "unknown",
    operation: `finish ${kind} ${name}`,
    host: host.label,
    cause:
      "the link went away, or the host took the change back because this side was silent for too long",
    cure: "Run pulumi up again: what is there is looked at first, and nothing is made twice",
  });
}
