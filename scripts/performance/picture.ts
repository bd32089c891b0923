import type { Row, Table } from "../../bench/results";
import { grouped } from "../../bench/table-cells";
import { hasCurve } from "./page";

/** Of Okabe and Ito, told apart by the colour-blind too. */
const COLOURS = ["#d55e00", "#0072b2", "#009e73", "#cc79a7", "#56b4e9", "#e69f00", "#666666"];
const COLUMNS = 3;
const PANEL = { width: 300, height: 230 };
const FRAME = { left: 48, right: 16, top: 40, bottom: 34 };
const LEGEND_LINE = 20;

/** A panel for each table, both axes logarithmic: a straight line is a power, and its slope the exponent. */
export function picture(all: readonly Table[]): string {
  const tables = all.filter(hasCurve);
  const names = [...new Set(tables.flatMap(({ rows }) => rows.map(({ name }) => name)))];
  const colourOf = (name: string): string => COLOURS[names.indexOf(name) % COLOURS.length] ?? "";
  const lines = Math.ceil(tables.length / COLUMNS);
  const [width, top] = [Math.min(COLUMNS, tables.length) * PANEL.width, lines * PANEL.height];
  const height = top + names.length * LEGEND_LINE + 12;
  const panels = tables.map((table, n) => {
    const [x, y] = [(n % COLUMNS) * PANEL.width, Math.floor(n / COLUMNS) * PANEL.height];
    return `<g transform="translate(${x} ${y})">\n${panel(table, colourOf)}\n</g>`;
  });
  const legend = names.map((name, n) => {
    const y = top + n * LEGEND_LINE;
    return `<rect x="${FRAME.left}" y="${y}" width="14" height="14" fill="${colourOf(name)}"/>${text(FRAME.left + 22, y + 12, name)}`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12">
<title>Time against number, both logarithmic</title>
<rect width="100%" height="100%" fill="white"/>
${[...panels, ...legend].join("\n")}
</svg>
`;
}

function panel({ title, what, of, unit, rows }: Table, colourOf: (name: string) => string): string {
  const points = rows.flatMap((row) => row.points);
  const sizes = [...new Set(points.map(([size]) => size))].sort((a, b) => a - b);
  const values = points.map(([, value]) => value);
  const decades = decadesOf(Math.min(...values), Math.max(...values));
  const [right, bottom] = [PANEL.width - FRAME.right, PANEL.height - FRAME.bottom];
  const x = scale([sizes[0] ?? 1, sizes.at(-1) ?? 1], [FRAME.left, right]);
  const y = scale([decades[0] ?? 1, decades.at(-1) ?? 1], [bottom, FRAME.top]);
  const grid = [
    ...decades.map(
      (value) =>
        line(FRAME.left, y(value), right, y(value)) +
        text(FRAME.left - 6, y(value) + 4, `${value} ${unit}`, 'text-anchor="end" font-size="10"'),
    ),
    ...sizes.map(
      (size) =>
        line(x(size), FRAME.top, x(size), bottom) +
        text(x(size), bottom + 14, grouped(size), 'text-anchor="middle" font-size="10"'),
    ),
  ];
  const middle = (FRAME.left + right) / 2;
  return [
    text(middle, 16, title, 'text-anchor="middle" font-size="11" fill="#555"'),
    text(middle, 31, what, 'text-anchor="middle" font-weight="bold"'),
    text(right, bottom + 28, of, 'text-anchor="end" font-size="10" fill="#555"'),
    ...grid,
    ...rows.map((row) => curve(row, x, y, colourOf(row.name))),
  ].join("\n");
}

type Scale = (value: number) => number;

function curve({ points }: Row, x: Scale, y: Scale, colour: string): string {
  const places = points.map(([size, value]) => `${x(size)},${y(value)}`);
  const dots = places.map((place) => {
    const [cx, cy] = place.split(",");
    return `<circle cx="${cx}" cy="${cy}" r="3" fill="${colour}"/>`;
  });
  return `<polyline points="${places.join(" ")}" fill="none" stroke="${colour}" stroke-width="2"/>${dots.join("")}`;
}

/** From a range of values to one of places, by their logarithms; to tenths of a pixel. */
function scale(
  [low, high]: readonly [number, number],
  [from, to]: readonly [number, number],
): Scale {
  const whole = Math.log(high / low);
  return (value) =>
    Math.round(10 * (from + (whole === 0 ? 0.5 : Math.log(value / low) / whole) * (to - from))) /
    10;
}

/** Powers of ten that hold all between them. */
function decadesOf(least: number, most: number): number[] {
  const [low, high] = [Math.floor(Math.log10(least)), Math.ceil(Math.log10(most))];
  const count = Math.max(high - low, 1) + 1;
  return Array.from({ length: count }, (_, n) => Number((10 ** (low + n)).toPrecision(1)));
}

const line = (x1: number, y1: number, x2: number, y2: number): string =>
  `<line x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}" stroke="#ddd"/>`;

const text = (x: number, y: number, words: string, more = ""): string =>
  `<text x="${x}" y="${y}"${more === "" ? "" : ` ${more}`}>${escaped(words)}</text>`;

const escaped = (words: string): string =>
  words.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
