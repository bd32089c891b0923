import { linksOf } from "../../link-set/members";
import type { LinkSetInputs, LinkSetState } from "../../link-set/model";
import { few } from "../../link-set/few";
import { diffSet, inWords, type SetPlan } from "../../link-set/plan";
import type { DiffAnswer, DiffRequest } from "../../request";
import { sayKept } from "./notes";
import { refusal } from "./together";

/** Compares the saved links with what is wanted now, and says what becomes of them. Pure, but for that. */
export function diffSetInputs({
  inputs,
  state,
  isUnknown,
}: DiffRequest<LinkSetInputs, LinkSetState>): Omit<DiffAnswer, "differences"> {
  // In what is not known yet there are no links to compare.
  const { links = {} } = inputs;
  const isKnown =
    typeof links === "object" && !Object.values(links).some((own) => typeof own !== "object");
  const isOpen = !isKnown || [inputs.count, inputs.namePattern, inputs.identity].some(isUnknown);
  const wanted = isOpen ? undefined : linksOf(inputs, isUnknown);
  const { plan, replaces, changes } = diffSet(state, inputs, wanted, isUnknown);
  if (inputs.allowRemake === false) refuseToRemake(state, plan, replaces);
  sayKept(state.identity, state.links);
  const words = replaces.length > 0 ? replacedInWords(replaces) : plan && inWords(plan);
  if (words) console.log(`pulumi-macvlan: ${state.identity.name}: ${words}`);
  return { changes, replaces, deleteBeforeReplace: true };
}

const replacedInWords = (properties: readonly string[]): string =>
  `remakes all of its links (${properties.join(", ")})`;

/** Throws, in preview already. */
export function refuseToRemake(
  state: LinkSetState,
  plan: SetPlan | undefined,
  replaces: readonly string[] = [],
): void {
  const remade = [...(plan?.remade ?? [])].map(([key, names]) => `${key} (${names.join(", ")})`);
  if (replaces.length === 0 && remade.length === 0) return;
  const what = replaces.length > 0 ? replacedInWords(replaces) : `remakes ${few(remade, 20)}`;
  throw refusal(
    "change",
    state,
    `allowRemake: it is false, and this ${what}: they would be gone for a moment`,
    "Set allowRemake: true for this change, or leave these properties as they are",
  );
}
