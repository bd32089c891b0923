import { isDeepStrictEqual } from "node:util";
import { omitUndefined } from "../omit-undefined";
import type {
  Identity,
  Kind,
  LinkInputs,
  LinkState,
  Mode,
  Netns,
  PropertyName,
  Settings,
  Sysctls,
  Tap,
} from "./model";
import { applies, forKind, PROPERTIES, PROPERTY_NAMES } from "./properties";

/** A link as it shall be. What is absent from `settings` is nobody's business. */
export interface Wanted {
  readonly kind: Kind;
  readonly mark: string;
  readonly settings: Settings & { readonly name: string; readonly mode: Mode };
}

/** What an earlier run left behind that decides what is wanted now. */
export type Memory = Pick<LinkState, "declared" | "adoptedMac" | "sysctlsBefore">;

/** The properties that the program gave; a tap device's and sysctls each by its own path. */
export function declaredIn(inputs: LinkInputs): string[] {
  const all: string[] = [];
  for (const name of PROPERTY_NAMES) {
    const value = inputs[name];
    if (value === undefined || isGenerated(inputs.identity, name)) continue;
    // Not an object while it is not known yet.
    if ((name === "tap" || name === "sysctls") && typeof value === "object")
      all.push(...Object.keys(value).map((field) => `${name}.${field}`));
    else all.push(name);
  }
  return all;
}

export function isGenerated(identity: Identity, name: PropertyName): boolean {
  return (name === "name" || name === "macAddress") && identity[name] !== undefined;
}

/** Fills in, property by property, what holds when the program says nothing. */
export function complete(
  inputs: LinkInputs,
  lowerMtu: number | undefined,
  memory?: Memory,
): Wanted {
  const inherited: Settings = omitUndefined({ mtu: lowerMtu, netns: inputs.lowerNetns });
  const { kind, identity } = inputs;
  const mode = inputs.mode ?? (PROPERTIES.mode.omitted as { value: Mode }).value;
  const settings: Record<string, unknown> = { name: inputs.name, mode };
  for (const name of PROPERTY_NAMES) {
    if (!applies(name, kind, mode)) continue;
    const value =
      name === "tap"
        ? wantedTap(inputs.tap, memory)
        : name === "sysctls"
          ? wantedSysctls(inputs.sysctls, memory)
          : (inputs[name] ?? valueWhenOmitted(name, kind, inherited, memory));
    if (value !== undefined) settings[name] = value;
  }
  if (memory?.adoptedMac !== undefined && isGenerated(identity, "macAddress"))
    settings["macAddress"] = memory.adoptedMac;
  return { kind, mark: identity.mark, settings: settings as Wanted["settings"] };
}

function valueWhenOmitted(
  name: PropertyName,
  kind: Kind,
  inherited: Settings,
  memory: Memory | undefined,
): unknown {
  const { omitted } = PROPERTIES[name];
  switch (omitted.is) {
    case "required":
    case "generated":
    case "host's own":
      return undefined;
    case "inherited":
      return inherited[name];
    case "enforced":
      return (
        forKind(omitted.value, kind) ??
        (memory?.declared.includes(name) ? omitted.reset : undefined)
      );
    case "left alone":
      return memory?.declared.includes(name) ? forKind(omitted.reset, kind) : undefined;
  }
}

function wantedTap(declared: Tap | undefined, memory: Memory | undefined): Tap | undefined {
  // Not an object while it is not known yet.
  if (declared !== undefined && typeof declared !== "object") return declared;
  const reset = (PROPERTIES.tap.omitted as { reset: Required<Tap> }).reset;
  const fields = (["owner", "group", "mode"] as const).flatMap((field) => {
    const value =
      declared?.[field] ?? (memory?.declared.includes(`tap.${field}`) ? reset[field] : undefined);
    return value === undefined ? [] : [[field, value] as const];
  });
  return fields.length === 0 ? undefined : Object.fromEntries(fields);
}

/** One that is no longer declared gets its former value back. */
function wantedSysctls(
  declared: Sysctls | undefined,
  memory: Memory | undefined,
): Sysctls | undefined {
  if (declared !== undefined && typeof declared !== "object") return declared;
  const former = Object.entries(memory?.sysctlsBefore ?? {});
  const wanted = Object.fromEntries([...former, ...Object.entries(declared ?? {})]);
  return Object.keys(wanted).length === 0 ? undefined : wanted;
}

/** Whether a property already holds as it is wanted. */
export function holds(name: PropertyName, wanted: unknown, observed: unknown): boolean {
  if (name === "netns" || name === "lowerNetns") {
    // Absent says something here: the host's own namespace.
    return sameNetns(wanted as Netns | undefined, observed as Netns | undefined);
  }
  if (wanted === undefined || wanted === observed) return true;
  switch (name) {
    case "tap":
    case "sysctls": {
      const seen = (observed ?? {}) as Readonly<Record<string, unknown>>;
      return Object.entries(wanted as object).every(([field, value]) => seen[field] === value);
    }
    case "bridge":
      return wanted === (observed ?? "");
    case "arp":
      return wanted === (observed ?? "shared");
    case "addresses":
    case "routes":
      return isSameSet(wanted, observed);
    default:
      return isDeepStrictEqual(wanted, observed);
  }
}

/** Their order says which comes first, and is no difference. */
function isSameSet(wanted: unknown, observed: unknown): boolean {
  const [a, b] = [wanted, observed].map(
    (list) => new Set((Array.isArray(list) ? list : []).map((each) => inOneOrder(each))),
  ) as [Set<string>, Set<string>];
  return a.size === b.size && [...a].every((each) => b.has(each));
}

const inOneOrder = (each: unknown): string =>
  typeof each === "object" && each !== null
    ? JSON.stringify(Object.entries(each).sort())
    : JSON.stringify(each);

/** A namespace given by pid is that of its inode: containers come back with another pid, and pids come back. */
export function sameNetns(a: Netns | undefined, b: Netns | undefined): boolean {
  if (typeof a === "object" && typeof b === "object" && "pid" in a && "pid" in b) {
    return a.inode !== undefined && b.inode !== undefined ? a.inode === b.inode : a.pid === b.pid;
  }
  if (typeof a === "object" && typeof b === "object" && "path" in a && "path" in b)
    return a.path === b.path;
  return a === b;
}
