import { closest, distance } from "fastest-levenshtein";

/** The reason for a name that is none of those known, with the one that may be meant. */
export function unknownProperty(name: string, known: readonly string[]): string {
  const spelled = (each: string): string => each.toLowerCase();
  const near =
    known.find((each) => spelled(each).startsWith(spelled(name))) ??
    known.find((each) => spelled(each) === closest(spelled(name), known.map(spelled)));
  const isNear =
    near !== undefined &&
    (spelled(near).startsWith(spelled(name)) ||
      distance(spelled(name), spelled(near)) <= Math.max(2, name.length / 3));
  return `There is no such property${isNear ? `; did you mean ${near}?` : ""}`;
}
