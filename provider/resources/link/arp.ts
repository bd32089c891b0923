import { arpBefore } from "../../host/around";
import type { LinkHost } from "../../host/link-host";
import { inodeKey, type Place } from "../../host/namespaces";
import { type Interest, interestIn } from "../../link/around";
import { type ArpSeen, planWithoutRules, tableOf } from "../../link/arp";
import type { Device } from "../../link/causes";
import type { LinkState, Settings } from "../../link/model";
import { planChange } from "../../link/plan";
import type { Wanted } from "../../link/wanted";
import { withItsAround } from "./around";

const turns = new WeakMap<LinkHost, Map<string, Promise<unknown>>>();

/**
 * Work on a link that shares its lower device's ARP settings with others: which of them is the first or
 * the last is a question that each must ask while no other acts on the answer.
 */
export async function inTurn<T>(
  host: LinkHost,
  { below }: Place,
  lowerIfindex: number | undefined,
  { arp }: Settings,
  work: () => Promise<T>,
): Promise<T> {
  if (arp === undefined) return work();
  const all = turns.get(host) ?? new Map<string, Promise<unknown>>();
  turns.set(host, all);
  const key = `${inodeKey(below)} ${lowerIfindex}`;
  const before = all.get(key) ?? Promise.resolve();
  const mine = before.then(work, work);
  all.set(
    key,
    mine.catch(() => undefined),
  );
  return mine;
}

/** What others on the lower device did while this one waited for its turn. */
export async function lookedAtAgain(
  host: LinkHost,
  place: Place,
  link: Device,
  interest: Interest,
): Promise<Device> {
  if (interest.arp === undefined) return link;
  const now = await host.device(place.beside, { ifindex: link.ifindex });
  return withItsAround(host, place, now ?? link, interest);
}

/** What is there before a link is made that wants addresses of its own. */
export function arpAhead(
  host: LinkHost,
  place: Place,
  { settings, mark }: Wanted,
  lowerIfindex: number,
): Promise<ArpSeen | undefined> {
  return settings.arp === "own"
    ? arpBefore(host, place, mark, lowerIfindex)
    : Promise.resolve(undefined);
}

/** What does not go with the link: its rules, and what the lower device had before the first of them. */
export async function releaseArp(
  host: LinkHost,
  place: Place,
  link: Device,
  state: LinkState,
): Promise<void> {
  const { kind, identity } = state;
  const { mark } = identity;
  const whole = await withItsAround(host, place, link, interestIn({ arp: "shared" }, mark));
  const { name, mode = "vepa" } = link.settings;
  const wanted = { kind, mark, settings: { name, mode, arp: "shared" as const } };
  const undo = host.session.newUndoId();
  const { lowerIfindex = 0, ifindex } = link;
  const target = { kind, mark, place, lowerIfindex, ifindex };
  const steps = planChange(wanted, whole).filter(({ step }) => ABOUT_ARP.has(step.do));
  await host.change(undo, steps, target);
  await host.session.disarm(undo);
}

/** What stays when somebody else deletes the link. */
export async function removeRules(
  host: LinkHost,
  place: Place | undefined,
  { kind, identity: { mark }, declared }: LinkState,
): Promise<void> {
  if (place === undefined || !declared.includes("arp")) return;
  const { rules } = await arpBefore(host, place, mark, 0);
  const undo = host.session.newUndoId();
  const target = { kind, mark, place, lowerIfindex: 0 };
  await host.change(undo, planWithoutRules(rules, tableOf(mark)), target);
  await host.session.disarm(undo);
}

const ABOUT_ARP: ReadonlySet<string> = new Set([
  ...["remove rule", "remove route", "set lower sysctls", "set sysctls"],
]);
