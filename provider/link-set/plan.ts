/** What becomes of each link of a set. */
import { isDeepStrictEqual } from "node:util";
import { diffLink } from "../link/diff";
import { hostOf, isSameHost } from "../link/host";
import type { LinkInputs } from "../link/model";
import { few } from "./few";
import type { LinkSetInputs, LinkSetState } from "./model";
import { digestOf } from "./saved-form";

/** Keys of links; of those that change, with the properties that do. */
export interface SetPlan {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  /** Deleted and made anew. */
  readonly remade: ReadonlyMap<string, readonly string[]>;
  readonly changed: ReadonlyMap<string, readonly string[]>;
}

export interface SetDiff {
  /** Undefined where it is not known yet which links there will be. */
  readonly plan: SetPlan | undefined;
  /** Properties of the set by which all of it is replaced. */
  readonly replaces: string[];
  readonly changes: "none" | "in the inputs" | "in the kernel";
}

export function planSet(
  state: LinkSetState,
  links: ReadonlyMap<string, LinkInputs>,
  isUnknown: (value: unknown) => boolean,
): SetPlan {
  const remade = new Map<string, readonly string[]>();
  const changed = new Map<string, readonly string[]>();
  for (const [key, inputs] of links) {
    const link = state.links[key];
    if (link === undefined) continue;
    const { differences } = diffLink(link, inputs, isUnknown);
    // How the host is reached is the set's.
    const own = differences.filter(({ property }) => property !== "connection");
    if (own.length === 0) continue;
    const properties = [...new Set(own.map(({ property }) => property))];
    const isRemade = own.some(({ change }) => change === "replacement");
    (isRemade ? remade : changed).set(key, properties);
  }
  return {
    added: [...links.keys()].filter((key) => !Object.hasOwn(state.links, key)),
    removed: Object.keys(state.links).filter((key) => !links.has(key)),
    remade,
    changed,
  };
}

export function diffSet(
  state: LinkSetState,
  inputs: LinkSetInputs,
  links: ReadonlyMap<string, LinkInputs> | undefined,
  isUnknown: (value: unknown) => boolean,
): SetDiff {
  const replaces = [
    ...(state.kind === inputs.kind ? [] : ["kind"]),
    ...(isSameHost(hostOf(state), hostOf(inputs)) ? [] : ["connection"]),
  ];
  const plan = links && planSet(state, links, isUnknown);
  const isTouched = plan === undefined || replaces.length > 0 || !isIdle(plan);
  const isAsGiven =
    state.given === digestOf(inputs) && isDeepStrictEqual(state.connection, inputs.connection);
  if (!isAsGiven) return { plan, replaces, changes: "in the inputs" };
  return { plan, replaces, changes: isTouched ? "in the kernel" : "none" };
}

export const isIdle = ({ added, removed, remade, changed }: SetPlan): boolean =>
  added.length + removed.length + remade.size + changed.size === 0;

/** "remakes vm1 (mode), vm2 (mode); makes vm3"; empty where nothing is done. */
export function inWords({ added, removed, remade, changed }: SetPlan): string {
  const withProperties = (links: ReadonlyMap<string, readonly string[]>): string[] =>
    [...links].map(([key, properties]) => `${key} (${properties.join(", ")})`);
  const parts: readonly (readonly [verb: string, what: readonly string[], most: number])[] = [
    // A link that is remade is gone for a moment: of these nobody should have to guess.
    ["remakes", withProperties(remade), 100],
    ["changes", withProperties(changed), 10],
    ["makes", added, 10],
    ["deletes", removed, 10],
  ];
  return parts
    .filter(([, what]) => what.length > 0)
    .map(([verb, what, most]) => `${verb} ${few(what, most)}`)
    .join("; ");
}
