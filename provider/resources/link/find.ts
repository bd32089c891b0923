import { isHostError } from "../../errors";
import type { LinkHost } from "../../host/link-host";
import type { Place } from "../../host/namespaces";
import type { Device } from "../../link/causes";
import type { LinkState, Netns } from "../../link/model";
import { isSavedLink } from "../../link/ownership";
import { observe, type Seen } from "./surroundings";

interface Whereabouts extends Pick<LinkState, "lowerDevice" | "name"> {
  readonly lowerNetns?: Netns | undefined;
  readonly netns?: Netns | undefined;
}

export interface Found extends Seen {
  readonly place: Place;
}

/** A look into the namespaces of a link, or nothing where one of them is no longer there. */
export async function lookFor(
  host: LinkHost,
  { lowerNetns, netns, lowerDevice, name }: Whereabouts,
): Promise<Found | undefined> {
  try {
    const { place, seen } = await host.lookInto(lowerNetns, netns, (there) =>
      observe(host, there, lowerDevice, name),
    );
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
