/** Contestants measured in turn, to and fro, so that whatever else the machine does falls on all of them. */
import { median } from "./measure";
import type { Point, Table } from "./results";

/** What was measured, by its name. */
export type Taken = Readonly<Record<string, number>>;

export interface Contestant {
  readonly name: string;
  readonly round: (size: number) => Promise<Taken>;
  /** Beyond that it would take too long; without end by default. */
  readonly most?: number;
  /** Of one that takes long and is not compared closely; as many as there are by default. */
  readonly mostRounds?: number;
}

export interface Contest {
  /** Under which its tables stand. */
  readonly title: string;
  /** What the sizes count. */
  readonly of: string;
  /** Of what was measured; seconds by default. */
  readonly unit?: (what: string) => Table["unit"];
  readonly sizes: readonly number[];
  readonly rounds: number | ((size: number) => number);
  /** The size of a round that comes before all others and does not count: programs have warmed up then. */
  readonly warmUp?: number;
  /** The others are compared with the first. */
  readonly contestants: readonly Contestant[];
}

/** A table for each thing that was measured. */
export async function hold(contest: Contest): Promise<Table[]> {
  const { title, of, unit = () => "s" as const, sizes, rounds, warmUp, contestants } = contest;
  if (warmUp !== undefined) await takenInTurn(contestants, warmUp, 1);
  const points = new Map<string, Map<string, Point[]>>();
  for (const size of sizes) {
    const there = contestants.filter(({ most = Number.POSITIVE_INFINITY }) => size <= most);
    const count = typeof rounds === "number" ? rounds : rounds(size);
    for (const { what, name, all } of await takenInTurn(there, size, count)) {
      const rows = points.get(what) ?? new Map<string, Point[]>();
      points.set(what, rows);
      rows.set(name, [...(rows.get(name) ?? []), [size, rounded(median(all)), all.length]]);
    }
  }
  return [...points].map(([what, rows]) => ({
    ...{ title, what, of, unit: unit(what) },
    rows: [...rows].map(([name, each]) => ({ name, points: each })),
  }));
}

interface Series {
  readonly what: string;
  readonly name: string;
  readonly all: number[];
}

async function takenInTurn(
  contestants: readonly Contestant[],
  size: number,
  rounds: number,
): Promise<Series[]> {
  const series: Series[] = [];
  for (let round = 1; round <= rounds; round++) {
    const there = contestants.filter(({ mostRounds = rounds }) => round <= mostRounds);
    if (round % 2 === 0) there.reverse();
    for (const { name, round: once } of there) {
      for (const [what, value] of Object.entries(await once(size))) {
        const its = series.find((each) => each.what === what && each.name === name);
        if (its === undefined) series.push({ what, name, all: [value] });
        else its.all.push(value);
      }
    }
    console.error(`${size}: round ${round} of ${rounds}`);
  }
  return series;
}

/** What is printed is what is kept. */
const rounded = (value: number): number => Number(value.toPrecision(4));

/** How many rounds, and of what sizes, where the environment does not say. */
export const roundsOr = (usual: number): number => Number(process.env["BENCH_ROUNDS"] ?? usual);

export function sizesOr(...usual: number[]): number[] {
  return process.env["BENCH_SIZES"]?.split(",").map(Number) ?? usual;
}
