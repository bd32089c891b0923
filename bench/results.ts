/** What benchmarks find, as it is kept in `build/bench/` and in `docs/performance.json`. */

/** How many were asked for, the median of what that took, and of how many rounds it is the median. */
export type Point = readonly [size: number, median: number, rounds: number];

export interface Row {
  readonly name: string;
  readonly points: readonly Point[];
}

/** One thing that was measured of all contestants; ours is the first row. */
export interface Table {
  /** What they were asked for; tables of one title were measured together. */
  readonly title: string;
  readonly what: string;
  /** What the sizes count: "links". */
  readonly of: string;
  readonly unit: "s" | "MiB" | "logins";
  readonly rows: readonly Row[];
}

export interface Verdict {
  readonly what: string;
  readonly found: number;
  readonly rule: "at most" | "at least";
  readonly limit: number;
}

/** The machine and its programs: "kernel" → "6.18.44". */
export type Machine = Readonly<Record<string, string>>;

export interface Result {
  /** Of the day alone: "2026-11-28". */
  readonly date: string;
  readonly machine: Machine;
  readonly tables: readonly Table[];
  readonly verdicts: readonly Verdict[];
  /** What could not be measured there, and why. */
  readonly notes: readonly string[];
}

/** By the name of the benchmark, which is its file's. */
export type Results = Readonly<Record<string, Result>>;

export function holds({ found, rule, limit }: Verdict): boolean {
  return rule === "at most" ? found <= limit : found >= limit;
}

/** NaN where it was not measured, of which no verdict holds. */
export function medianOf({ rows }: Table, name: string, size: number): number {
  const row = rows.find((each) => each.name === name);
  return row?.points.find(([at]) => at === size)?.[1] ?? Number.NaN;
}

/** How many times as long `name` took as `base`. */
export function ratioOf(table: Table, name: string, base: string, size: number): number {
  return medianOf(table, name, size) / medianOf(table, base, size);
}

/** x, where the time grows as the size to the power of x: by least squares over the logarithms. */
export function growthOf({ points }: Row): number | undefined {
  // What does not begin at nothing has a curve.
  if (points.length < 3 || points.some(([size, value]) => size <= 0 || value <= 0))
    return undefined;
  const logs = points.map(([size, value]) => [Math.log(size), Math.log(value)] as const);
  const [meanX, meanY] = ([0, 1] as const).map(
    (axis) => logs.reduce((sum, log) => sum + log[axis], 0) / logs.length,
  ) as [number, number];
  const [above, below] = logs.reduce(
    ([xy, xx], [x, y]) => [xy + (x - meanX) * (y - meanY), xx + (x - meanX) ** 2],
    [0, 0],
  );
  return above / below;
}
