import { isHostError } from "../../errors";
import type { LinkHost } from "../../host/link-host";
import type { Place } from "../../host/namespaces";
import type { Device } from "../../link/causes";
import type { LinkState } from "../../link/model";
import { isSavedLink } from "../../link/ownership";
import { observe, type Seen } from "./surroundings";

/** The namespaces of a link, or nothing where one of them is no longer there. */
export async function placeOf(
  host: LinkHost,
  { lowerNetns, netns }: Pick<LinkState, "lowerNetns" | "netns">,
): Promise<Place | undefined> {
  try {
    return await host.place(lowerNetns, netns);
  } catch (error) {
    if (isHostError(error) && error.kind === "missing") return undefined;
    throw error;
  }
}

/**
 * The saved link: under its name, or, where somebody renamed it, by its mark among all of its
 * namespace. A link of that name that is not ours is none.
 */
export async function findLink(host: LinkHost, place: Place, state: LinkState): Promise<Seen> {
  const { lower, link } = await observe(host, place, state.lowerDevice, state.name);
  const isOurs = (device: Device): boolean =>
    isSavedLink(device, state, lower?.ifindex, host.bootId);
  if (link !== undefined && isOurs(link)) return { lower, link };
  const renamed = (await host.devices(place.beside)).find(
    (device) => device.mark === state.identity.mark && isOurs(device),
  );
  return { lower, link: renamed };
}
