import { growthOf, type Row, type Table } from "./results";

/** Three digits that mean something. */
export function significant(value: number): string {
  if (!Number.isFinite(value)) return "–";
  if (value >= 100) return value.toFixed(0);
  return value.toFixed(value >= 10 ? 1 : value >= 1 ? 2 : 3);
}

export const grouped = (size: number): string => size.toLocaleString("en-US");

/** The head and the rows, the first of which the others are compared with. */
export function cellsOf(table: Table): [string[], ...string[][]] {
  const { what, of, unit, rows } = table;
  const sizes = [...new Set(rows.flatMap(({ points }) => points.map(([size]) => size)))].sort(
    (a, b) => a - b,
  );
  const growths = rows.map(growthOf);
  const grows = growths.some((growth) => growth !== undefined);
  const [first] = rows;
  const head = [
    `${what}, ${unit}`,
    ...sizes.map((size) => `${grouped(size)} ${size === 1 ? of.replace(/s$/, "") : of}`),
    ...(grows ? ["grows as"] : []),
    ...(rows.length > 1 ? [`× ${first?.name}`] : []),
  ];
  const cells = rows.map((row, n) => [
    row.name,
    ...sizes.map((size) => {
      const point = row.points.find(([at]) => at === size);
      return point === undefined ? "" : significant(point[1]);
    }),
    ...(grows ? [growths[n] === undefined ? "" : `n^${growths[n].toFixed(2)}`] : []),
    ...(rows.length > 1 ? [row === first ? "" : besides(row, first)] : []),
  ]);
  return [head, ...cells];
}

/** At the largest size that both have. */
function besides({ points }: Row, first: Row | undefined): string {
  const shared = points.filter(([size]) => first?.points.some(([at]) => at === size));
  const [size, value] = shared.at(-1) ?? [];
  const base = first?.points.find(([at]) => at === size)?.[1];
  return value === undefined || base === undefined ? "" : significant(value / base);
}
