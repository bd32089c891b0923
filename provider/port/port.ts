/** A bridge port between its declaration and the kernel. Pure. */
import { isDeepStrictEqual } from "node:util";
import { omitUndefined } from "../omit-undefined";
import { hostOf, isSameHost } from "../link/host";
import { spellNetns } from "../link/link-id";
import { sameNetns } from "../link/wanted";
import { declaredIn } from "./check";
import type { ObservedPort, PortInputs, PortState, SettingName, Settings } from "./model";
import { SETTING_NAMES } from "./properties";

type Boot = Pick<PortState, "bootId">;

/**
 * Whether it is a port since we set it. Out of its bridge and in again, or in another one, it has the
 * kernel's own settings: nothing of ours is left to be put back.
 */
export function isSamePort(
  state: Pick<PortState, "ifindex" | "bridgeIfindex" | "bootId">,
  seen: ObservedPort,
  { bootId }: Boot,
): boolean {
  return (
    state.ifindex === seen.ifindex &&
    state.bridgeIfindex === seen.bridgeIfindex &&
    state.bootId === bootId
  );
}

/** What shall hold: what is declared, and of what no longer is what was there before. */
export function wantedOf(inputs: PortInputs, former: Settings): Settings {
  const declared = declaredIn(inputs).map((name) => [name, inputs[name]] as const);
  return { ...former, ...Object.fromEntries(declared) };
}

export interface SettingStep {
  readonly name: SettingName;
  readonly value: boolean | number | string;
  /** What takes it back; undefined where this kernel does not have it. */
  readonly was: boolean | number | string | undefined;
}

/**
 * What needs another setting stands below it in the table, so it is switched on after it and off
 * before it.
 */
export function planPort(wanted: Settings, { settings }: ObservedPort): SettingStep[] {
  const steps = SETTING_NAMES.flatMap((name) => {
    const [value, was] = [wanted[name], settings[name]];
    return value === undefined || value === was ? [] : [{ name, value, was }];
  });
  const isOff = ({ value }: SettingStep): boolean => value === false;
  return [...steps.filter(isOff).reverse(), ...steps.filter((step) => !isOff(step))];
}

/** Of a setting that was declared before, what it was then stays. */
export function beforeOf(
  inputs: PortInputs,
  former: Settings,
  { settings }: ObservedPort,
): Settings {
  return omitUndefined(
    Object.fromEntries(
      declaredIn(inputs).map((name) => [name, former[name] ?? settings[name]] as const),
    ),
  );
}

export function portStateOf(
  inputs: Pick<PortInputs, "device" | "netns" | "connection" | "identity" | "machine">,
  declared: readonly SettingName[],
  before: Settings,
  seen: ObservedPort,
  { bootId }: Boot,
): PortState {
  const { device, netns, connection, identity, machine } = inputs;
  const { ifindex, bridge, bridgeIfindex, settings } = seen;
  return omitUndefined({
    version: 1 as const,
    ...{ device, netns, connection, identity, machine, declared, before },
    ...Object.fromEntries(declared.map((name) => [name, settings[name]])),
    ...{ ifindex, bridge, bridgeIfindex, bootId },
  });
}

/** The inputs that a program would have given for the port as it is. */
export function portInputsOf(state: PortState): PortInputs {
  const { device, netns, connection, identity, machine, declared } = state;
  const settings = Object.fromEntries(declared.map((name) => [name, state[name]]));
  return omitUndefined({ ...settings, device, netns, connection, identity, machine });
}

/** Declared settings that are not as wanted, in words. */
export function shortfalls(inputs: PortInputs, { settings }: ObservedPort): string[] {
  return declaredIn(inputs).flatMap((name) => {
    const [wanted, found] = [inputs[name], settings[name]];
    const said = found === undefined ? "none; this kernel does not know it" : String(found);
    return wanted === found ? [] : [`${name}: wanted ${String(wanted)}, found ${said}`];
  });
}

export interface PortDiff {
  readonly replaces: string[];
  readonly changes: boolean;
}

export function diffPort(
  state: PortState,
  inputs: PortInputs,
  isUnknown: (value: unknown) => boolean,
): PortDiff {
  const replaces = [
    ...(state.device !== inputs.device ? ["device"] : []),
    ...(isUnknown(inputs.netns) || !sameNetns(state.netns, inputs.netns) ? ["netns"] : []),
    ...(isSameHost(hostOf(state), hostOf(inputs)) ? [] : ["connection"]),
  ];
  const declared = declaredIn(inputs);
  const differs =
    !isDeepStrictEqual([...declared].sort(), [...state.declared].sort()) ||
    declared.some((name) => state[name] !== inputs[name]) ||
    !isDeepStrictEqual(state.connection, inputs.connection);
  return { replaces, changes: replaces.length > 0 || differs };
}

export const portId = ({ identity, netns, device }: PortInputs): string =>
  [identity.host, spellNetns(netns), device].join("/");

const RECORDED = ["version", "identity", "machine", "declared", "before"] as const;
const MORE_RECORDED = ["bridgeIfindex", "bootId"] as const;
type Saved = Readonly<Record<string, unknown>>;

/** As for links: what only we read is one text. */
export function savePort(state: PortState): Saved {
  const outputs: Record<string, unknown> = { ...state };
  const names = [...RECORDED, ...MORE_RECORDED];
  for (const name of names) delete outputs[name];
  const record = Object.fromEntries(names.map((name) => [name, state[name]]));
  return { ...outputs, record: JSON.stringify(record) };
}

export function loadPort({ record, ...outputs }: Saved): PortState {
  const recorded = typeof record === "string" ? (JSON.parse(record) as object) : {};
  return { ...outputs, ...recorded } as unknown as PortState;
}
