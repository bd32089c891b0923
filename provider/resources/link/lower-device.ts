/** Where the name of a link's lower device leads: by a look, or by an earlier one that is confirmed later. */
import type { LinkHost } from "../../host/link-host";
import type { Handles, Place } from "../../host/namespaces";
import type { Device } from "../../link/causes";
import type { LinkInputs } from "../../link/model";

/** The kernel attaches a macvlan that is put on a macvlan to the real device below. */
export async function lowerDeviceOf(
  host: LinkHost,
  place: Handles,
  name: string,
): Promise<Device | undefined> {
  const named = await host.device(place.below, { name });
  const isMacvlan = named?.kind === "macvlan" || named?.kind === "macvtap";
  if (!isMacvlan || named.lowerIfindex === undefined) return named;
  return host.device(place.below, { ifindex: named.lowerIfindex });
}

/** Where a link is about to be made. */
export interface Spot {
  readonly place: Place;
  readonly lower: Device | undefined;
  /** Of a lower device that was seen earlier: rejects with `LedElsewhere` where it is not that any more. */
  readonly confirm?: () => Promise<void>;
}

/** A name does not lead where it did. */
export class LedElsewhere extends Error {}

type Sought = Pick<LinkInputs, "lowerDevice" | "lowerNetns" | "netns" | "mode" | "arp">;

interface Seen {
  readonly lower: Device;
  /** Under way for all who asked in this turn of the loop. */
  confirming?: Promise<void>;
}

// In the namespace of the agent's own, which stays the same; others are opened anew for each link.
const seen = new WeakMap<LinkHost, Map<string, Seen>>();

const isFar = ({ lowerNetns, netns }: Sought): boolean =>
  lowerNetns !== undefined || netns !== undefined;

/** Keeps what was seen of a lower device for the links that are made next. */
export function noteLower(host: LinkHost, link: Sought, lower: Device | undefined): void {
  if (isFar(link)) return;
  const devices = seen.get(host) ?? new Map<string, Seen>();
  seen.set(host, devices);
  if (lower === undefined) devices.delete(link.lowerDevice);
  else devices.set(link.lowerDevice, { lower });
}

/**
 * The spot as it was seen, so that the look which confirms it and the creation go out together. Not where
 * the lower device itself would be changed: a wrong one must not be, even for a moment.
 */
export async function seenSpot(host: LinkHost, link: Sought): Promise<Spot | undefined> {
  if (isFar(link) || link.mode === "passthru" || link.arp === "own") return undefined;
  const it = seen.get(host)?.get(link.lowerDevice);
  if (it === undefined) return undefined;
  const place = await host.place(undefined, undefined);
  return {
    place,
    lower: it.lower,
    confirm: () => (it.confirming ??= confirming(host, place, link, it)),
  };
}

async function confirming(host: LinkHost, place: Place, link: Sought, it: Seen): Promise<void> {
  setImmediate(() => delete it.confirming);
  const now = await lowerDeviceOf(host, place, link.lowerDevice);
  noteLower(host, link, now);
  const { lower } = it;
  const isSame =
    now?.ifindex === lower.ifindex &&
    now.settings.name === lower.settings.name &&
    now.settings.mtu === lower.settings.mtu;
  if (!isSame) throw new LedElsewhere();
}

export async function lookedAtSpot(host: LinkHost, link: Sought): Promise<Spot> {
  const { place, seen: lower } = await host.lookInto(link.lowerNetns, link.netns, (there) =>
    lowerDeviceOf(host, there, link.lowerDevice),
  );
  noteLower(host, link, lower);
  return { place, lower };
}
