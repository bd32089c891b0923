import type { ObservedLink, PropertyName, Settings, Tap } from "./model";
import { PROPERTIES, PROPERTY_NAMES } from "./properties";
import { holds, type Wanted } from "./wanted";

/** One change, as the kernel takes it: a message, or a file. */
export type Step =
  | { readonly do: "create"; readonly settings: Settings; readonly group: number }
  | { readonly do: "set"; readonly settings: Settings }
  | { readonly do: "add alternative names"; readonly names: readonly string[] }
  | { readonly do: "remove alternative names"; readonly names: readonly string[] }
  | { readonly do: "set tap"; readonly tap: Tap }
  | { readonly do: "delete by group"; readonly group: number };

export interface PlannedStep {
  readonly step: Step;
  /** Takes the step back, and does no harm where the step never happened. */
  readonly inverse?: Step;
}

// Not part of the creating message: the kernel ignores or refuses them there, or the group is in use as a mark.
const NOT_AT_CREATION: readonly PropertyName[] = [
  "alias",
  "altNames",
  "addrGenMode",
  "group",
  "tap",
  "adminState",
];

/**
 * The creation that cannot leak. The new link carries a random group until it carries its alias, so
 * that its undo ("delete that group") can be armed before there is a link, and can hit no other.
 */
export function planCreation({ settings }: Wanted, group: number): PlannedStep[] {
  const first = pick(settings, (name) => !NOT_AT_CREATION.includes(name));
  const up = settings.adminState === "up";
  // An IPv6 address would be made at UP, so how to make it comes before.
  const upAtOnce = up && settings.addrGenMode === undefined;
  const later: Step[] = [{ do: "set", settings: { alias: settings.alias ?? "" } }];
  if (settings.addrGenMode !== undefined)
    later.push({ do: "set", settings: { addrGenMode: settings.addrGenMode } });
  if (settings.altNames?.length)
    later.push({ do: "add alternative names", names: settings.altNames });
  if (up && !upAtOnce) later.push({ do: "set", settings: { adminState: "up" } });
  return [
    {
      step: { do: "create", settings: upAtOnce ? { ...first, adminState: "up" } : first, group },
      inverse: { do: "delete by group", group },
    },
    ...later.map((step) => ({ step })),
    // Last, and taken back first: only while the link has this group does its undo find it.
    {
      step: { do: "set", settings: { group: settings.group ?? 0 } },
      inverse: { do: "set", settings: { group } },
    },
    ...(settings.tap === undefined
      ? []
      : [{ step: { do: "set tap", tap: settings.tap } as const }]),
  ];
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
  const differing = (name: PropertyName): boolean => !holds(name, settings[name], seen[name]);
  const steps: PlannedStep[] = [];
  const set = (wanted: Settings): void => {
    const before = pick(seen, (name) => wanted[name] !== undefined);
    steps.push({ step: { do: "set", settings: wanted }, inverse: { do: "set", settings: before } });
  };

  if (differing("alias") || link.mark !== mark) set({ alias: settings.alias ?? seen.alias ?? "" });
  for (const name of LIVE_ORDER) if (differing(name)) set(pick(settings, (each) => each === name));
  steps.push(...planAltNames(settings.altNames, seen.altNames ?? []));

  const flags = differing("noPromisc") || differing("noDst");
  const upNow = seen.adminState === "up";
  const upThen = (settings.adminState ?? seen.adminState) === "up";
  // The kernel counts promiscuity wrongly when the flag of a passthru link changes while it is down.
  const upBetween = differing("noPromisc") && !upNow && !upThen;
  if ((!upNow && upThen) || upBetween) set({ adminState: "up" });
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
  else if (upNow && !upThen) set({ adminState: "down" });

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
  const removal: Step = { do: "remove alternative names", names: surplus };
  const addition: Step = { do: "add alternative names", names: missing };
  return [
    ...(surplus.length > 0 ? [{ step: removal, inverse: { ...addition, names: surplus } }] : []),
    ...(missing.length > 0 ? [{ step: addition, inverse: { ...removal, names: missing } }] : []),
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
  return Object.fromEntries(
    PROPERTY_NAMES.filter((name) => settings[name] !== undefined && wanted(name)).map((name) => [
      name,
      settings[name],
    ]),
  );
}
