import type { Address, ObservedLink, PropertyName, Route } from "./model";
import type { Settings, Sysctls, Tap } from "./model";
import {
  type ArpSeen,
  planArpAdditions,
  planArpFirst,
  planArpLast,
  planArpRemovals,
  tableOf,
  tagOf,
} from "./arp";
import {
  afterUp,
  beforeUp,
  planAddressing,
  isPortWhileUp,
  planBridge,
  planDown,
  planSysctls,
  settingAgain,
} from "./plan-around";
import { PROPERTIES, PROPERTY_NAMES } from "./properties";
import { holds, type Wanted } from "./wanted";

/** One change, as the kernel takes it: a message, or a file. */
export type Step =
  | { readonly do: "create"; readonly settings: Settings; readonly group: number }
  /** `unmarked`: the alias is put back as it was, without our mark. */
  | { readonly do: "set"; readonly settings: Settings; readonly unmarked?: true }
  | { readonly do: "add alternative names"; readonly names: readonly string[] }
  | { readonly do: "remove alternative names"; readonly names: readonly string[] }
  | { readonly do: "set sysctls"; readonly values: Sysctls }
  | {
      readonly do: "write sysctl";
      readonly link: string;
      readonly name: string;
      readonly value: number;
    }
  | { readonly do: "set lower sysctls"; readonly values: Sysctls }
  | { readonly do: "add rule"; readonly from: string; readonly table: number }
  | { readonly do: "remove rule"; readonly from: string; readonly table: number }
  | { readonly do: "set bridge"; readonly bridge: string }
  | { readonly do: "add address"; readonly address: Address }
  | { readonly do: "remove address"; readonly address: Address }
  | { readonly do: "set route"; readonly route: Route; readonly replaces?: true }
  | { readonly do: "remove route"; readonly route: Route }
  | { readonly do: "set tap"; readonly tap: Tap }
  | { readonly do: "delete by group"; readonly group: number };

export interface PlannedStep {
  readonly step: Step;
  /** Takes the step back, and does no harm where the step never happened. */
  readonly inverse?: Step;
}

/** `IPV6_MIN_MTU` of linux/ipv6.h: with less a link has no IPv6. */
export const IPV6_MIN_MTU = 1280;

// Not part of the creating message: the kernel ignores or refuses them there, or the group is in use as a mark.
const NOT_AT_CREATION: readonly PropertyName[] = [
  "alias",
  "altNames",
  "addrGenMode",
  "group",
  "addresses",
  "routes",
  "sysctls",
  "bridge",
  "arp",
  "tap",
  "adminState",
];

/**
 * The creation that cannot leak. The new link carries a random group until it carries its alias, so
 * that its undo ("delete that group") can be armed before there is a link, and can hit no other.
 */
export function planCreation(
  { settings, mark }: Wanted,
  group: number,
  temporaryName?: string,
  arp?: ArpSeen,
): [PlannedStep, ...PlannedStep[]] {
  const named = { ...settings, name: temporaryName ?? settings.name };
  const first = pick(named, (name) => !NOT_AT_CREATION.includes(name));
  const up = settings.adminState === "up";
  // An IPv6 address would be made at UP, so how to make it comes before; so does a name, which
  // older kernels do not change on a link that is UP.
  const early = [
    ...beforeUp(settings).map((step) => ({ step })),
    ...planArpFirst(settings, arp, 0),
  ];
  const upAtOnce =
    up &&
    settings.addrGenMode === undefined &&
    temporaryName === undefined &&
    early.length === 0 &&
    !settings.bridge;
  const later: PlannedStep[] = [];
  const then = (step: Step): void => void later.push({ step });
  if (temporaryName !== undefined) then({ do: "set", settings: { name: settings.name } });
  later.push(...early);
  if (settings.addrGenMode !== undefined)
    then({ do: "set", settings: { addrGenMode: settings.addrGenMode } });
  if (settings.altNames?.length) then({ do: "add alternative names", names: settings.altNames });
  const port: Step[] = settings.bridge ? [{ do: "set bridge", bridge: settings.bridge }] : [];
  if (!isPortWhileUp(settings)) port.forEach(then);
  if (up && !upAtOnce) then({ do: "set", settings: { adminState: "up" } });
  if (isPortWhileUp(settings)) port.forEach(then);
  later.push(...afterUp(settings).map((step) => ({ step })));
  later.push(...planArpAdditions(settings, arp, tableOf(mark)));
  const marked = { alias: settings.alias ?? "" };
  // Where nothing comes between mark and group, one message says both: on a link that is UP each such
  // message costs the kernel a walk over all IPv6 routes of the host.
  const atOnce = later.length === 0;
  if (!atOnce) later.unshift({ step: { do: "set", settings: marked } });
  return [
    {
      step: { do: "create", settings: upAtOnce ? { ...first, adminState: "up" } : first, group },
      inverse: { do: "delete by group", group },
    },
    ...later,
    // Last, and taken back first: only while the link has this group does its undo find it.
    {
      step: {
        do: "set",
        settings: { ...(atOnce && marked), group: settings.group ?? 0 },
      },
      inverse: { do: "set", settings: { group } },
    },
    ...(settings.tap === undefined
      ? []
      : [{ step: { do: "set tap", tap: settings.tap } as const }]),
  ];
}

/**
 * What is left of a creation once the kernel has shown the new link: without IPv6 (it has none below
 * its smallest MTU, and some hosts have none at all) there is no address generation to set.
 */
export function asMade(steps: readonly PlannedStep[], { settings }: ObservedLink): PlannedStep[] {
  const refused = ({ step }: PlannedStep): boolean =>
    step.do === "set" && step.settings.addrGenMode !== undefined;
  return steps.filter((step) => settings.addrGenMode !== undefined || !refused(step));
}

// One message each, so that a refusal names its property and leaves nothing half-done.
const LIVE_ORDER: readonly PropertyName[] = [
  "mtu",
  "txQueueLength",
  "addrGenMode",
  "group",
  "broadcastQueueLength",
  "broadcastLimit",
  "sourceMacAddresses",
];

/** What makes an existing link of ours the wanted one. Pure; empty when nothing differs. */
export function planChange({ settings, mark }: Wanted, link: ObservedLink): PlannedStep[] {
  const seen = link.settings;
  const mtu = settings.mtu ?? seen.mtu ?? IPV6_MIN_MTU;
  // The kernel forgets how addresses were made when the MTU leaves no room for IPv6.
  const losesIpv6 = mtu < IPV6_MIN_MTU && seen.addrGenMode !== undefined;
  const gainsIpv6 = mtu >= IPV6_MIN_MTU && (seen.mtu ?? 0) < IPV6_MIN_MTU;
  const hasIpv6 = gainsIpv6 || (seen.addrGenMode !== undefined && !losesIpv6);
  const differing = (name: PropertyName): boolean =>
    !holds(name, settings[name], seen[name]) && (name !== "addrGenMode" || hasIpv6);
  const steps: PlannedStep[] = [];
  const set = (wanted: Settings): void => {
    const before = pick(seen, (name) => wanted[name] !== undefined);
    steps.push({ step: { do: "set", settings: wanted }, inverse: { do: "set", settings: before } });
  };

  if (differing("alias") || link.mark !== mark)
    steps.push({
      step: { do: "set", settings: { alias: settings.alias ?? seen.alias ?? "" } },
      inverse: {
        do: "set",
        settings: { alias: seen.alias ?? "" },
        ...(link.mark === undefined && { unmarked: true }),
      },
    });
  // Changes nothing; its inverse comes after the MTU's and puts back what went with IPv6.
  if (losesIpv6) set({ addrGenMode: seen.addrGenMode });
  for (const name of LIVE_ORDER) if (differing(name)) set(pick(settings, (each) => each === name));
  steps.push(...planSysctls(settings.sysctls ?? {}, seen.sysctls ?? {}, seen.name));
  steps.push(...planArpFirst(settings, link.arp, tagOf(link) ?? 0));
  steps.push(...planAltNames(settings.altNames, seen.altNames ?? []));

  const flags = differing("noPromisc") || differing("noDst");
  const upNow = seen.adminState === "up";
  const upThen = (settings.adminState ?? seen.adminState) === "up";
  // The kernel counts promiscuity wrongly when the flag of a passthru link changes while it is down.
  const upBetween = differing("noPromisc") && !upNow && !upThen;
  const goesDown = upNow && !upThen;
  const port = planBridge(settings.bridge, seen.bridge);
  if (!isPortWhileUp(settings)) steps.push(...port);
  if ((!upNow && upThen) || upBetween) set({ adminState: "up" });
  if (isPortWhileUp(settings)) steps.push(...port);
  if (flags) {
    set({
      noPromisc: settings.noPromisc ?? seen.noPromisc ?? false,
      noDst: settings.noDst ?? seen.noDst ?? false,
    });
  }
  if (upBetween)
    steps.push({
      step: { do: "set", settings: { adminState: "down" } },
      inverse: { do: "set", settings: { adminState: "up" } },
    });
  else if (goesDown) {
    steps.push(...planDown(seen), ...(link.arp?.routes ?? []).map(settingAgain));
    set({ adminState: "down" });
  }
  const table = tableOf(mark);
  steps.push(
    ...planArpRemovals(settings, link.arp, table, link),
    ...planAddressing(settings, link, goesDown),
    ...planArpAdditions(settings, link.arp, table, link),
    ...planArpLast(settings, link.arp, link),
  );

  if (settings.tap !== undefined && differing("tap")) {
    steps.push({
      step: { do: "set tap", tap: settings.tap },
      ...(seen.tap && { inverse: { do: "set tap", tap: seen.tap } }),
    });
  }
  return steps;
}

function planAltNames(
  wanted: readonly string[] | undefined,
  seen: readonly string[],
): PlannedStep[] {
  if (wanted === undefined) return [];
  const surplus = seen.filter((name) => !wanted.includes(name));
  const missing = wanted.filter((name) => !seen.includes(name));
  // One message each: the kernel takes them one by one, and a refused list leaves its beginning.
  const removal = (name: string): Step => ({ do: "remove alternative names", names: [name] });
  const addition = (name: string): Step => ({ do: "add alternative names", names: [name] });
  return [
    ...surplus.map((name) => ({ step: removal(name), inverse: addition(name) })),
    ...missing.map((name) => ({ step: addition(name), inverse: removal(name) })),
  ];
}

/** Properties that hold something else than wanted, and cannot be changed on a living link. */
export function needsRemaking(
  { settings, kind }: Wanted,
  link: ObservedLink,
  lowerIfindex: number,
): string[] {
  const names: string[] = PROPERTY_NAMES.filter(
    (name) =>
      PROPERTIES[name].change === "replacement" &&
      PROPERTIES[name].read !== undefined &&
      !holds(name, settings[name], link.settings[name]),
  );
  if (link.kind !== kind) names.unshift("kind");
  if (link.lowerIfindex !== lowerIfindex) names.push("lowerDevice");
  return names;
}

function pick(settings: Settings, wanted: (name: PropertyName) => boolean): Settings {
  const picked: Record<string, unknown> = {};
  for (const name of PROPERTY_NAMES) {
    const value = settings[name];
    if (value !== undefined && wanted(name)) picked[name] = value;
  }
  return picked;
}
