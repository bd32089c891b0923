/** Two ends of a way that frames may take, as a program describes them: by arguments, outputs, what a lookup found, or in a word. */
import { isDeepStrictEqual } from "node:util";
import type { AdminState, Mode, Netns } from "./model";
import type { LowerDeviceKind, Receiver, Sender } from "./reach";

/**
 * A link, by its arguments, its outputs, or as a lookup found it; a shim is one. `mode` is "vepa" where it is left out.
 * What one of two leaves out of `connection`, `lowerNetns` and `lowerDevice` counts as the other's.
 */
export interface LinkStation {
  readonly mode?: Mode | undefined;
  readonly name?: string | undefined;
  readonly connection?: string | { readonly host?: string; readonly id?: string } | undefined;
  readonly lowerDevice?: string | undefined;
  readonly actualLowerDevice?: string | undefined;
  readonly lowerNetns?: Netns | undefined;
  readonly macAddress?: string | undefined;
  /** Of a source link; nobody knows whom it hears where they are left out. */
  readonly sourceMacAddresses?: readonly string[] | undefined;
  readonly adminState?: AdminState | undefined;
}

/** A lower device as `getLowerDevice` found it. */
export interface LowerDeviceStation {
  readonly name: string;
  readonly isBridgePort: boolean;
  readonly macAddress?: string | undefined;
  readonly adminState?: AdminState | undefined;
  readonly links: readonly { readonly mode: Mode }[];
}

/** "lower device" is the other's; "outside" is all that is beyond the switch, with a MAC address where that matters. */
export type Station =
  LinkStation | LowerDeviceStation | "lower device" | "outside" | { readonly outside: string };

export interface Place {
  readonly what: "link" | "lower device" | "outside";
  readonly name: string | undefined;
  readonly mode: Mode | undefined;
  readonly mac: string | undefined;
  readonly lists: readonly string[] | undefined;
  readonly isDown: boolean;
  readonly underPassthru: boolean;
  readonly lower: Lower;
}

interface Lower {
  readonly host?: string | undefined;
  readonly netns?: Netns | undefined;
  readonly device?: string | undefined;
  /** Looked up from a namespace where it cannot be seen. */
  readonly isHidden?: boolean;
}

const NOWHERE: Omit<Place, "what"> = {
  ...{ name: undefined, mode: undefined, mac: undefined, lists: undefined, lower: {} },
  ...{ isDown: false, underPassthru: false },
};

export function placeOf(station: Station, other: Station): Place {
  if (station === "outside") return { ...NOWHERE, what: "outside" };
  if (station === "lower device") {
    const { lower } = other === "lower device" ? NOWHERE : placeOf(other, station);
    return { ...NOWHERE, what: "lower device", name: lower.device, lower };
  }
  if ("outside" in station) return { ...NOWHERE, what: "outside", mac: spelled(station.outside) };
  if ("isBridgePort" in station) {
    const { name, macAddress, adminState, links } = station;
    return {
      ...{ ...NOWHERE, what: "lower device", name, lower: { device: name } },
      ...{ mac: spelled(macAddress), isDown: adminState === "down" },
      underPassthru: links.some(({ mode }) => mode === "passthru"),
    };
  }
  const { name, mode = "vepa", macAddress, sourceMacAddresses, adminState } = station;
  return {
    ...{ what: "link", name, mode, mac: spelled(macAddress), isDown: adminState === "down" },
    lists: sourceMacAddresses?.map((each) => spelled(each) ?? each),
    underPassthru: false,
    lower: lowerOf(station),
  };
}

function lowerOf(station: LinkStation): Lower {
  const { connection, lowerNetns, lowerDevice, actualLowerDevice } = station;
  const host = typeof connection === "string" ? connection : (connection?.id ?? connection?.host);
  const device = actualLowerDevice ?? lowerDevice;
  // Only a lookup says whose a link is.
  const isHidden = device === undefined && "isManaged" in station;
  return { host, netns: lowerNetns, device, isHidden };
}

/** In the kernel's spelling. */
function spelled(mac: string | undefined): string | undefined {
  return mac?.toLowerCase().replaceAll("-", ":");
}

/** Whether both are on one lower device; undefined where nobody knows. */
export function areTogether({ lower: a }: Place, { lower: b }: Place): boolean | undefined {
  const differ = (["host", "netns", "device"] as const).some(
    (what) =>
      a[what] !== undefined && b[what] !== undefined && !isDeepStrictEqual(a[what], b[what]),
  );
  if (differ) return false;
  return a.isHidden === true || b.isHidden === true ? undefined : true;
}

const deviceKind = ({ underPassthru }: Place): LowerDeviceKind =>
  underPassthru ? "lower device under passthru" : "lower device";

export const senderAt = (place: Place): Sender =>
  place.what === "lower device" ? deviceKind(place) : (place.mode ?? "outside");

/** Both kinds of source link, where nobody knows whether it lists a sender of that MAC address. */
export function receiversAt(place: Place, sender: string | undefined): Receiver[] {
  const kind = senderAt(place);
  if (kind !== "source") return [kind];
  const isListed = listsIt(place, sender);
  return [
    ...(isListed === false ? [] : ["source, sender listed" as const]),
    ...(isListed === true ? [] : ["source, sender not listed" as const]),
  ];
}

/** Undefined where nobody knows. */
export function listsIt({ lists }: Place, sender: string | undefined): boolean | undefined {
  if (lists?.length === 0) return false;
  return sender === undefined || lists === undefined ? undefined : lists.includes(sender);
}
