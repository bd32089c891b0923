import { omitUndefined } from "../omit-undefined";
import { AROUND, saysAround } from "./around";
import {
  type LinkInputs,
  type LinkState,
  type ObservedLink,
  type PropertyName,
  type Settings,
  SWITCHES,
  type Switches,
  type Sysctls,
  type Tap,
} from "./model";
import { PROPERTIES, PROPERTY_NAMES } from "./properties";
import { declaredIn, holds, type Wanted } from "./wanted";

/** What was read of a link's surroundings. */
export interface Surroundings {
  readonly bootId: string;
  /** The lower device's name by its ifindex, or undefined where it is not to be seen. */
  readonly actualLowerDevice: string | undefined;
  /** Whether that is where the name given as `lowerDevice` leads to. */
  readonly lowerAsNamed: boolean;
  readonly lowerMtu: number | undefined;
  readonly tap?: TapDevice | undefined;
}

export interface TapDevice {
  readonly major: number;
  readonly minor: number;
  readonly path: string | undefined;
  readonly settings: Tap;
}

/** What of a resource is not read from the kernel, but handed from run to run. */
export type Kept = Pick<LinkState, "kind" | "identity" | "declared" | "lowerDevice"> &
  Pick<LinkState, "machine" | "connection" | "adoptedMac" | "lowerNetns" | "netns"> &
  Pick<LinkState, "sysctlsBefore"> &
  Switches;

function switchesIn(given: Switches): Switches {
  const switches: Record<string, boolean | undefined> = {};
  for (const name of SWITCHES) switches[name] = given[name];
  return switches;
}

export function keptOf(
  inputs: LinkInputs,
  { adoptedMac, sysctlsBefore }: Pick<LinkState, "adoptedMac" | "sysctlsBefore"> = {},
): Kept {
  const { kind, identity, machine, connection, lowerDevice, lowerNetns } = inputs;
  const netns = inputs.netns ?? lowerNetns;
  return omitUndefined({
    kind,
    identity,
    machine,
    connection,
    ...switchesIn(inputs),
    adoptedMac,
    sysctlsBefore,
    lowerDevice,
    lowerNetns,
    netns,
    declared: declaredIn(inputs),
  });
}

/** The outputs of a resource: everything as the kernel holds it. */
export function stateOf(kept: Kept, link: ObservedLink, around: Surroundings): LinkState {
  const { lowerAsNamed, actualLowerDevice = kept.lowerDevice, lowerMtu, bootId, tap } = around;
  const { kind, identity, machine, declared, connection, adoptedMac, sysctlsBefore } = kept;
  const { lowerNetns, netns } = kept;
  const read = {
    lowerDevice: lowerAsNamed ? kept.lowerDevice : actualLowerDevice,
    markLost: (link.mark ?? "") === identity.mark ? undefined : (true as const),
    ifindex: link.ifindex,
    operState: link.operState,
    actualLowerDevice,
    usedBroadcastQueueLength: link.usedBroadcastQueueLength,
    lowerMtu: lowerMtu ?? link.settings.mtu ?? 0,
    bootId,
    tap: tap?.settings,
    tapDevice: tap?.path,
    tapMajor: tap?.major,
    tapMinor: tap?.minor,
  };
  return omitUndefined(
    { version: 1 as const },
    // One by one: a whole older state may be given, of which nothing else may stay.
    { kind, identity, machine, declared, connection, adoptedMac, sysctlsBefore, lowerNetns, netns },
    switchesIn(kept),
    settingsIn(link, declared),
    read,
  );
}

/**
 * The inputs that a program would have given for the link as it is: a refresh shows drift by them.
 * They equal the real ones where nothing drifted.
 */
export function inputsOf(state: LinkState): LinkInputs {
  const { kind, connection, identity, machine, lowerDevice, name } = state;
  const { macAddress, adoptedMac } = state;
  const declared = Object.fromEntries(
    PROPERTY_NAMES.filter(
      (property) =>
        !IN_PARTS.some((each) => each === property) && state.declared.includes(property),
    ).map((property) => [property, state[property]]),
  );
  const inParts = IN_PARTS.map((property) => [property, declaredPartsOf(state, property)] as const);
  // A generated address is told from an adopted one by neither program nor preview.
  const generated = identity.macAddress !== undefined && {
    macAddress: macAddress === adoptedMac ? identity.macAddress : macAddress,
  };
  return omitUndefined({
    ...declared,
    ...Object.fromEntries(inParts),
    kind,
    connection,
    ...switchesIn(state),
    identity,
    machine,
    lowerDevice,
    name,
    ...generated,
  });
}

/** Properties that are declared part by part. */
const IN_PARTS = ["tap", "sysctls"] as const;

function declaredPartsOf(
  state: LinkState,
  property: (typeof IN_PARTS)[number],
): object | undefined {
  const parts = state.declared.flatMap((path) =>
    path.startsWith(`${property}.`) ? [path.slice(property.length + 1)] : [],
  );
  const seen = state[property] as Readonly<Record<string, unknown>> | undefined;
  return parts.length === 0
    ? undefined
    : Object.fromEntries(parts.map((part) => [part, seen?.[part]]));
}

/** What was put back because it is no longer declared is nobody's business from then on. */
function settingsIn(
  { settings }: ObservedLink,
  declared: readonly string[],
): ObservedLink["settings"] {
  if (!saysAround(settings)) return settings;
  const { sysctls = {}, ...others } = settings;
  const kept: Record<string, unknown> & { name: string } = others;
  for (const name of AROUND) if (!declared.includes(name)) delete kept[name];
  const values = Object.entries(sysctls).filter(([name]) => declared.includes(`sysctls.${name}`));
  if (values.length > 0) kept["sysctls"] = Object.fromEntries(values);
  return kept;
}

/** What of a link is not as wanted, in words; empty when all is. */
export function shortfalls({ settings }: Wanted, state: LinkState): string[] {
  const all: string[] = [];
  for (const name of PROPERTY_NAMES) {
    // One that is put back is not among those that the state has.
    const wanted = name === "sysctls" ? declaredOf(settings, state) : settings[name];
    const found = state[name];
    if (holds(name, wanted, found) || (found === undefined && isUnreadable(name, state))) continue;
    const none = "none; this kernel does not know it";
    all.push(`${name}: wanted ${say(wanted)}, found ${found === undefined ? none : say(found)}`);
  }
  return all;
}

function declaredOf({ sysctls }: Settings, { declared }: LinkState): Sysctls | undefined {
  const entries = Object.entries(sysctls ?? {});
  return Object.fromEntries(entries.filter(([name]) => declared.includes(`sysctls.${name}`)));
}

/** Not shown by this kernel (IPv6 switched off, say), and not asked for either. */
export function isUnreadable(name: PropertyName, state: Pick<LinkState, "declared">): boolean {
  return PROPERTIES[name].omitted.is === "enforced" && !state.declared.includes(name);
}

const say = (value: unknown): string => {
  const text = JSON.stringify(value) ?? "the host's own";
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
};
