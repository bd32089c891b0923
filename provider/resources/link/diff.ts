import { isDeepStrictEqual } from "node:util";
import { diffLink } from "../../link/diff";
import { inputsOf } from "../../link/state";
import type { DiffAnswer, DiffRequest } from "../../request";

/** Compares the saved link with what is wanted now. Pure: the host is not asked. */
export function diffLinkInputs({ inputs, state, isUnknown }: DiffRequest): DiffAnswer {
  const { differences, deleteBeforeReplace } = diffLink(state, inputs, isUnknown);
  const replaces = differences
    .filter(({ change }) => change === "replacement")
    .map(({ property }) => property);
  // Drift in what the program leaves out shows in no input.
  const inInputs = !isDeepStrictEqual(JSON.parse(JSON.stringify(inputsOf(state))), inputs);
  const changes = differences.length === 0 ? "none" : inInputs ? "in the inputs" : "in the kernel";
  return { changes, differences, replaces: [...new Set(replaces)], deleteBeforeReplace };
}
