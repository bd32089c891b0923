/** Two things measured in turn, so that whatever else the machine does falls on both. */
import { median } from "./measure";
import { table } from "./table";

export interface Contestant {
  readonly name: string;
  /** One round; what it returns is in seconds, by the name of what was measured. */
  readonly round: () => Promise<Readonly<Record<string, number>>>;
}

/** Prints the medians of all rounds and returns, for each thing measured, second ÷ first. */
export async function inTurn(
  first: Contestant,
  second: Contestant,
  rounds: number,
): Promise<Readonly<Record<string, number>>> {
  const taken = [first, second].map(() => new Map<string, number[]>());
  for (let round = 1; round <= rounds; round++) {
    for (const [index, contestant] of [first, second].entries()) {
      for (const [what, seconds] of Object.entries(await contestant.round())) {
        taken[index]?.set(what, [...(taken[index].get(what) ?? []), seconds]);
      }
    }
    console.error(`round ${round} of ${rounds}`);
  }
  const [floor, ours] = taken.map(
    (all) => new Map([...all].map(([what, seconds]) => [what, median(seconds)])),
  );
  const ratios = Object.fromEntries(
    [...(floor ?? [])].map(([what, seconds]) => [what, (ours?.get(what) ?? Number.NaN) / seconds]),
  );
  console.log(
    table(
      ["median of " + String(rounds), first.name, second.name, "ratio"],
      Object.entries(ratios).map(([what, ratio]) => [
        what,
        `${floor?.get(what)?.toFixed(2)} s`,
        `${ours?.get(what)?.toFixed(2)} s`,
        ratio.toFixed(2),
      ]),
    ),
  );
  return ratios;
}
