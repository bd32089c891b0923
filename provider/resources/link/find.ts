import { isHostError } from "../../errors";
import type { LinkHost } from "../../host/link-host";
import type { Handles, Place } from "../../host/namespaces";
import type { Device } from "../../link/causes";
import { called } from "../../link/having";
import type { LinkState, Netns } from "../../link/model";
import { isMarked, isSavedLink } from "../../link/ownership";
import { devicesInSight } from "./cut-off";
import { observe, type Seen } from "./surroundings";

interface Whereabouts extends Pick<LinkState, "lowerDevice" | "name"> {
  readonly lowerNetns?: Netns | undefined;
  readonly netns?: Netns | undefined;
}

interface In {
  readonly place: Place;
}

export type Found = In & Seen;

/** A look into the namespaces of a link, or nothing where one of them is no longer there. */
export function lookFor(host: LinkHost, link: Whereabouts): Promise<Found | undefined> {
  const { lowerDevice, name } = link;
  return lookWhere(host, link, (there) => observe(host, there, lowerDevice, name));
}

async function lookWhere<T extends object>(
  host: LinkHost,
  { lowerNetns, netns }: Whereabouts,
  look: (there: Handles) => Promise<T>,
): Promise<(In & T) | undefined> {
  try {
    const { place, seen } = await host.lookInto(lowerNetns, netns, look);
    return { place, ...seen };
  } catch (error) {
    if (isHostError(error) && error.kind === "missing") return undefined;
    throw error;
  }
}

/**
 * The saved link: under its name, or, where somebody renamed it, by its mark among all of its
 * namespace. A link of that name that is not ours is none.
 */
export async function findLink(host: LinkHost, state: LinkState): Promise<Found | undefined> {
  const found = await lookFor(host, state);
  if (found === undefined) return undefined;
  const { place, lower, link } = found;
  const isOurs = (device: Device): boolean =>
    isSavedLink(device, state, lower?.ifindex, host.bootId);
  if (link !== undefined && isOurs(link)) return found;
  // The new link of a replacement has the mark too.
  const isSame = ({ ifindex, settings }: Device): boolean =>
    settings.macAddress === state.macAddress ||
    (ifindex === state.ifindex && host.bootId === state.bootId);
  const renamed = (await host.devices(place.beside)).find(
    (device) => device.mark === state.identity.mark && isOurs(device) && isSame(device),
  );
  return { place, lower, link: renamed };
}

/**
 * The same for who wants nothing but the link. Where its mark is on it, that is enough, and its lower
 * device is not looked at.
 */
export async function findMarked(
  host: LinkHost,
  state: LinkState,
): Promise<Pick<Found, "place" | "link"> | undefined> {
  const found = await lookWhere(host, state, async ({ beside }) => ({
    link: await host.device(beside, { name: state.name }),
  }));
  if (found === undefined || (found.link !== undefined && isMarked(found.link, state)))
    return found;
  return findLink(host, state);
}

export interface FoundLink extends In {
  readonly link: Device;
  /** Whether it was looked for by whoever asks now, or a while ago. */
  readonly isSeenJustNow: boolean;
}

/**
 * The same in a list that is there anyhow. With it nobody asks for each of a hundred links that are
 * deleted, and each joins the batch that is about to go, which looks at each link itself.
 */
export async function findInSight(
  host: LinkHost,
  state: LinkState,
): Promise<FoundLink | undefined> {
  const began = performance.now();
  // Asked for in any case: what it tells of the connection is needed for a link elsewhere too.
  const looking = devicesInSight(host);
  if (state.lowerNetns !== undefined || state.netns !== undefined) return undefined;
  const list = await looking;
  if (list === undefined) return undefined;
  const link = called(list.devices, state.name);
  if (link === undefined || !isMarked(link, state)) return undefined;
  const isSeenJustNow = list.askedAt >= began;
  return { place: await host.place(undefined, undefined), link, isSeenJustNow };
}
