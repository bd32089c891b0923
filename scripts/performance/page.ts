/** `docs/performance.md`: words, and the numbers that benchmarks found; none is written here. */
import { isDeepStrictEqual } from "node:util";
import { growthOf, holds, type Result, type Results, type Table } from "../../bench/results";
import { cellsOf, significant } from "../../bench/table-cells";
import { SECTIONS } from "./sections";

export function performancePage(results: Results): string {
  const unknown = Object.keys(results).filter((name) => !SECTIONS.some(([each]) => each === name));
  if (unknown.length > 0) throw new Error(`No section of the page is about ${unknown.join(", ")}`);
  const sections = SECTIONS.flatMap(([name, heading, ...words]) => {
    const result = results[name];
    return result === undefined ? [] : [section(name, heading, words, result)];
  });
  return `<!-- Written by scripts/performance/main.ts from docs/performance.json, which \`make bench\` measured. -->

# Performance

Measured with \`make bench\`, ours and the peers in one run, in turn; every number is a median. *Grows as* n^x is the least-squares slope of the
logarithms of time and number, and includes what a run costs whatever the number is, which makes it small where few are asked for. The last column
is how many times as long as ours (the first row) it takes, at the largest number that both were measured with.

${markdown(["the machine", ""], Object.entries(machineOf(results)))}

${sections.join("\n\n")}
`;
}

export const hasPicture = ({ tables }: Result): boolean => tables.some(hasCurve);

export const hasCurve = ({ rows }: Table): boolean =>
  rows.some((row) => growthOf(row) !== undefined);

/** Numbers of two machines are no comparison. */
function machineOf(results: Results): Result["machine"] {
  const [first, ...others] = Object.entries(results);
  for (const [name, { machine }] of others)
    if (!isDeepStrictEqual(machine, first?.[1].machine))
      throw new Error(`${name} and ${first?.[0]} were measured on different machines: make bench`);
  return first?.[1].machine ?? {};
}

function section(name: string, heading: string, words: readonly string[], result: Result): string {
  const { date, tables, verdicts, notes } = result;
  const titles = [...new Set(tables.map(({ title }) => title))];
  return [
    `## ${heading}`,
    `${words.join("\n")}\n\nMeasured by \`bench/${name}.bench.ts\` on ${date}.`,
    ...(hasPicture(result) ? [`![${heading}: time against number](performance/${name}.svg)`] : []),
    ...titles.flatMap((title) => [
      `### ${title}${roundsOf(tables.filter((table) => table.title === title))}`,
      ...tables.filter((table) => table.title === title).map(inMarkdown),
    ]),
    ...(verdicts.length > 0 ? [verdictTable(result)] : []),
    ...(notes.length > 0 ? [notes.map((note) => `- ${note}`).join("\n")] : []),
  ].join("\n\n");
}

function roundsOf(tables: readonly Table[]): string {
  const all = tables.flatMap(({ rows }) => rows.flatMap(({ points }) => points.map((p) => p[2])));
  const [least, most] = [Math.min(...all), Math.max(...all)];
  return ` (${least === most ? least : `${least} to ${most}`} ${most === 1 ? "round" : "rounds"})`;
}

function inMarkdown(table: Table): string {
  const [head, ...rows] = cellsOf(table);
  return markdown(head, rows, "right");
}

function verdictTable({ verdicts }: Result): string {
  const rows = verdicts.map((verdict) => [
    verdict.what,
    significant(verdict.found),
    `${verdict.rule} ${verdict.limit}`,
    holds(verdict) ? "held" : "**not held**",
  ]);
  return markdown(["limit", "found", "wanted", ""], rows);
}

function markdown(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  numbers: "left" | "right" = "left",
): string {
  const rule = head.map((_, column) => (column > 0 && numbers === "right" ? "---:" : "---"));
  return [head, rule, ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}
