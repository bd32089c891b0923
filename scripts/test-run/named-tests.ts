/** Tests that a page rests on: each must have passed in the run that is judged. */
import { EMPTY, type Tally } from "./tally";

export interface NamedTest {
  /** From the repository's root. */
  readonly file: string;
  /** As mocha has it: with the titles of all suites around it. */
  readonly title: string;
}

export const nameOf = ({ file, title }: NamedTest): string => `${file}: ${title}`;

/** A failure for each that failed, was skipped, or is not there, and which those are. */
export function judgeNamed(
  named: readonly NamedTest[],
  { proved }: Tally,
): { readonly tally: Tally; readonly unproved: readonly string[] } {
  const passed = new Set(proved);
  const names = [...new Set(named.map(nameOf))];
  const unproved = names.filter((name) => !passed.has(name));
  const tally = { ...EMPTY, passed: names.length - unproved.length, failed: unproved.length };
  return { tally, unproved };
}
