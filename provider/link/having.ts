/** Devices by what they have: n links that are checked against n devices cost n looks, not n times n. */
import type { Device } from "./causes";

/** Under which keys a device is found. One function is one way to group: it is known by its identity. */
export type KeysOf = (device: Device) => readonly unknown[];

const known = new WeakMap<readonly Device[], Map<unknown, unknown>>();

/** What `find` answers about a list of devices, found once. `what` tells it from everything else that is asked. */
export function once<T>(devices: readonly Device[], what: unknown, find: () => T): T {
  const found = known.get(devices) ?? new Map<unknown, unknown>();
  known.set(devices, found);
  if (!found.has(what)) found.set(what, find());
  return found.get(what) as T;
}

/** Those with that key, in their order. */
export function having(
  devices: readonly Device[],
  keysOf: KeysOf,
  key: unknown,
): readonly Device[] {
  return once(devices, keysOf, () => grouped(devices, keysOf)).get(key) ?? [];
}

function grouped(
  devices: readonly Device[],
  keysOf: KeysOf,
): ReadonlyMap<unknown, readonly Device[]> {
  const groups = new Map<unknown, Device[]>();
  for (const device of devices)
    for (const key of new Set(keysOf(device))) {
      const group = groups.get(key);
      if (group === undefined) groups.set(key, [device]);
      else group.push(device);
    }
  return groups;
}

/** The kernel keeps names and alternative names in one list. */
export const NAMES: KeysOf = ({ settings }) => [settings.name, ...(settings.altNames ?? [])];
export const IFINDEX: KeysOf = ({ ifindex }) => [ifindex];
export const MARK: KeysOf = ({ mark }) => [mark];

/** The one that goes by a name, be it an alternative one. */
export const called = (devices: readonly Device[], name: string): Device | undefined =>
  having(devices, NAMES, name)[0];

/** The one whose own name it is. */
export const named = (devices: readonly Device[], name: string): Device | undefined =>
  having(devices, NAMES, name).find(({ settings }) => settings.name === name);

export const at = (devices: readonly Device[], ifindex: number | undefined): Device | undefined =>
  having(devices, IFINDEX, ifindex)[0];
