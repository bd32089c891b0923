import { isTransitionalGroupOf } from "./identity";
import type { LinkState, ObservedLink } from "./model";
import type { Wanted } from "./wanted";

/**
 * Whose a link is that stands where ours should be:
 * - `ours`: it carries our mark, or is the half-made link of a run that was killed;
 * - `another`: it carries the mark of another resource of this package;
 * - `foreign`: something else made it.
 */
export type Owner = "ours" | "another" | "foreign";

export function ownerOf(link: ObservedLink, mark: string): Owner {
  if (link.mark === mark) return "ours";
  if (link.mark !== undefined) return "another";
  return isTransitionalGroupOf(mark, link.settings.group ?? 0) ? "ours" : "foreign";
}

/** Whether what a link itself bears says that it is the saved one. */
export function isMarked(link: ObservedLink, { kind, identity }: LinkState): boolean {
  return link.kind === kind && ownerOf(link, identity.mark) === "ours";
}

/**
 * Whether a link is the one that was saved. Its alias may have been lost: then kind, lower device,
 * MAC, ifindex and boot must all be as saved. A changed MAC under our mark is drift, since a guest
 * or libvirt may set it.
 */
export function isSavedLink(
  link: ObservedLink,
  state: LinkState,
  lowerIfindex: number | undefined,
  bootId: string,
): boolean {
  if (isMarked(link, state)) return true;
  return (
    link.kind === state.kind &&
    ownerOf(link, state.identity.mark) === "foreign" &&
    bootId === state.bootId &&
    link.ifindex === state.ifindex &&
    (lowerIfindex === undefined || link.lowerIfindex === lowerIfindex) &&
    link.settings.macAddress === state.macAddress
  );
}

/**
 * Whether two looks show one link: its ifindex may have gone to another meanwhile. Mark and MAC address
 * can change, though not both in a moment.
 */
export function isSameLink(now: ObservedLink, before: ObservedLink): boolean {
  if (now.ifindex !== before.ifindex || now.kind !== before.kind) return false;
  return now.mark !== undefined && before.mark !== undefined
    ? now.mark === before.mark
    : now.lowerIfindex === before.lowerIfindex &&
        now.settings.macAddress === before.settings.macAddress;
}

/** Why an existing link cannot be adopted: what differs from the declaration. Empty when nothing does. */
export function adoptionMismatch(
  link: ObservedLink,
  { kind, settings }: Wanted,
  lowerIfindex: number | undefined,
  macDeclared: boolean,
): string[] {
  const differ = (what: string, found: unknown, wanted: unknown): string[] =>
    found === wanted ? [] : [`its ${what} is ${String(found)}, not ${String(wanted)}`];
  return [
    ...differ("kind", link.kind ?? "that of a device of its own", kind),
    ...differ("lower device's ifindex", link.lowerIfindex, lowerIfindex),
    ...differ("mode", link.settings.mode, settings.mode),
    ...(macDeclared ? differ("MAC address", link.settings.macAddress, settings.macAddress) : []),
  ];
}
