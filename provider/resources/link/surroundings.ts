import { omitUndefined } from "../../omit-undefined";
import type { LinkHost, TapNode } from "../../host/link-host";
import type { Handles, Place } from "../../host/namespaces";
import type { Device } from "../../link/causes";
import type { Tap } from "../../link/model";
import type { Surroundings, TapDevice } from "../../link/state";
import { lowerDeviceOf } from "./lower-device";

export interface Seen {
  /** The device that the name of the lower device leads to, past any macvlan on the way. */
  readonly lower: Device | undefined;
  readonly link: Device | undefined;
}

/** One look at a link and its lower device; a second one only past a macvlan. */
export async function observe(
  host: LinkHost,
  place: Handles,
  lowerDevice: string,
  name: string,
): Promise<Seen> {
  const [lower, link] = await Promise.all([
    lowerDeviceOf(host, place, lowerDevice),
    host.device(place.beside, { name }),
  ]);
  return { lower, link };
}

/** What the state says of a link beside its own settings. */
export async function surroundings(
  host: LinkHost,
  place: Place,
  link: Device,
  lower: Device | undefined,
  tap: TapDevice | undefined,
): Promise<Surroundings> {
  const asNamed = lower !== undefined && lower.ifindex === link.lowerIfindex;
  const actual =
    asNamed || link.lowerIfindex === undefined
      ? lower
      : await host.device(place.below, { ifindex: link.lowerIfindex });
  return {
    bootId: host.bootId,
    actualLowerDevice: actual?.settings.name,
    lowerAsNamed: asNamed,
    lowerMtu: actual?.settings.mtu,
    tap,
  };
}

/** A tap node in the words of the declaration: an account that was given by number stays a number. */
export function tapDevice(node: TapNode, declared: Tap): TapDevice {
  const spell = (
    given: string | undefined,
    id: number | undefined,
    name: string | null | undefined,
  ): string | undefined =>
    given !== undefined && /^\d+$/.test(given) ? id?.toString() : (name ?? id?.toString());
  return {
    major: node.major,
    minor: node.minor,
    path: node.path ?? undefined,
    settings: omitUndefined({
      owner: spell(declared.owner, node.uid, node.owner),
      group: spell(declared.group, node.gid, node.group),
      mode: node.mode,
    }),
  };
}
