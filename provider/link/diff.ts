import { isDeepStrictEqual } from "node:util";
import { hostOf, isSameHost } from "./host";
import { type LinkInputs, type LinkState, type PropertyName, SWITCHES } from "./model";
import { PROPERTIES, PROPERTY_NAMES } from "./properties";
import { isUnreadable } from "./state";
import { complete, declaredIn, holds, sameNetns, type Wanted } from "./wanted";

/** What a changed property means for its resource. */
export type Change = "live" | "replacement" | "record";

export interface Difference {
  readonly property: string;
  readonly change: Change;
}

export interface Diff {
  readonly differences: readonly Difference[];
  /** The old link must be gone before the new one can be made. */
  readonly deleteBeforeReplace: boolean;
}

/** Recognises the marker of a value that is not known yet. */
export type IsUnknown = (value: unknown) => boolean;

/** Compares what was last read from the kernel with what the program wants now. Pure. */
export function diffLink(state: LinkState, inputs: LinkInputs, isUnknown: IsUnknown): Diff {
  const wanted = complete(inputs, state.lowerMtu, state);
  const differences: Difference[] = PROPERTY_NAMES.filter((name) =>
    differs(name, wanted, state, isUnknown),
  ).map((name) => ({
    property: name,
    change: PROPERTIES[name].change,
  }));
  if (state.kind !== inputs.kind) differences.push({ property: "kind", change: "replacement" });
  const sameHost = isSameHost(hostOf(state), hostOf(inputs));
  if (!sameHost) differences.push({ property: "connection", change: "replacement" });
  if (state.markLost === true) differences.push({ property: "alias", change: "live" });
  // Nothing of these stands in the kernel; they are what the next run must know.
  if (
    !isDeepStrictEqual(state.connection, inputs.connection) ||
    // Where the host cannot be asked, what is known of it stays.
    (inputs.machine !== undefined && state.machine !== inputs.machine)
  )
    differences.push({ property: "connection", change: "record" });
  for (const name of SWITCHES)
    if (state[name] !== inputs[name]) differences.push({ property: name, change: "record" });
  for (const name of newlyDeclared(state, inputs))
    differences.push({ property: name, change: "record" });
  return {
    differences,
    deleteBeforeReplace: !sameHost || couldMeet(state, inputs, wanted, isUnknown),
  };
}

function differs(
  name: PropertyName,
  { settings }: Wanted,
  state: LinkState,
  isUnknown: IsUnknown,
): boolean {
  if (isUnknown(settings[name])) return true;
  return (
    !(state[name] === undefined && isUnreadable(name, state)) &&
    !holds(name, settings[name], state[name])
  );
}

function newlyDeclared(state: LinkState, inputs: LinkInputs): string[] {
  const now = declaredIn(inputs);
  const before: readonly string[] = state.declared;
  return [
    ...now.filter((name) => !before.includes(name)),
    ...before.filter((name) => !now.includes(name)),
  ];
}

/** Whether the old and the new link could not both exist, or would be in each other's way. */
function couldMeet(
  state: LinkState,
  inputs: LinkInputs,
  { settings }: Wanted,
  isUnknown: IsUnknown,
): boolean {
  const unsure = [
    inputs.netns,
    inputs.lowerNetns,
    inputs.lowerDevice,
    inputs.name,
    settings.macAddress,
    inputs.mode,
  ].some(isUnknown);
  if (unsure) return true;
  const sameLower =
    inputs.lowerDevice === state.lowerDevice && sameNetns(inputs.lowerNetns, state.lowerNetns);
  return (
    (inputs.name === state.name && sameNetns(inputs.netns ?? inputs.lowerNetns, state.netns)) ||
    (sameLower &&
      (settings.macAddress === state.macAddress ||
        settings.mode === "passthru" ||
        state.mode === "passthru"))
  );
}
