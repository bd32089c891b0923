import type { Hearing, ReachTable, Receiver, Sender } from "../../provider/link/reach";

const SENDERS = ["vepa", "bridge", "private", "source", "lower device", "outside"] as const;
const RECEIVERS = [
  ...(["vepa", "bridge", "private", "source, sender listed"] as const),
  ...(["source, sender not listed", "lower device", "outside"] as const),
];
const LABELS: Partial<Record<Receiver, readonly string[]>> = {
  "source, sender listed": ["source", "(listed)"],
  "source, sender not listed": ["source", "(not listed)"],
  "lower device": ["lower", "device"],
};

const CELL = 54;
const LEFT = 100;
const TOP = 96;
const PANEL = LEFT + RECEIVERS.length * CELL + 24;
const HEIGHT = TOP + SENDERS.length * CELL + 62;
const BROADCAST = "#e69f00";
const UNICAST = "#0072b2";
const NOTHING = "#f0f0f0";

/** `docs/modes.svg`: a square for each sender and receiver, its left half broadcasts, its right half unicast frames. */
export function picture(table: ReachTable): string {
  const panels = (["off", "on"] as const).map(
    (hairpin, n) => `<g transform="translate(${n * PANEL} 0)">\n${panel(table, hairpin)}\n</g>`,
  );
  const legend = [
    [BROADCAST, "broadcasts come through"],
    [UNICAST, "unicast frames come through"],
    [NOTHING, "nothing comes through"],
  ].map(
    ([colour, words], n) =>
      `<rect x="${20 + n * 240}" y="${HEIGHT - 30}" width="14" height="14" fill="${colour}"/>${text(40 + n * 240, HEIGHT - 18, words ?? "")}`,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${PANEL * 2}" height="${HEIGHT}" viewBox="0 0 ${PANEL * 2} ${HEIGHT}" font-family="sans-serif" font-size="12">
<title>Who hears whom on one lower device, without and with hairpin</title>
<rect width="100%" height="100%" fill="white"/>
${[...panels, ...legend].join("\n")}
</svg>
`;
}

function panel(table: ReachTable, hairpin: "off" | "on"): string {
  const middle = LEFT + (RECEIVERS.length * CELL) / 2;
  const heads = RECEIVERS.flatMap((receiver, column) =>
    (LABELS[receiver] ?? [receiver]).map((words, line, { length }) =>
      text(LEFT + (column + 0.5) * CELL, TOP - 8 - (length - 1 - line) * 13, words, SMALL),
    ),
  );
  const rows = SENDERS.map((sender, row) =>
    text(LEFT - 8, TOP + (row + 0.6) * CELL, sender, 'text-anchor="end"'),
  );
  const cells = SENDERS.flatMap((sender, row) =>
    RECEIVERS.map((receiver, column) =>
      square(LEFT + column * CELL, TOP + row * CELL, table[sender][receiver]?.[hairpin]),
    ),
  );
  const title = `A switch ${hairpin === "on" ? "that sends frames back (hairpin)" : "without hairpin"}`;
  return [
    text(middle, 24, title, 'text-anchor="middle" font-size="15" font-weight="bold"'),
    text(middle, 48, "who hears", 'text-anchor="middle" fill="#666"'),
    text(LEFT - 8, TOP - 8, "whom", 'text-anchor="end" fill="#666"'),
    ...[...heads, ...rows, ...cells],
  ].join("\n");
}

const SMALL = 'text-anchor="middle" font-size="10"';

function square(x: number, y: number, hearing: Hearing | undefined): string {
  if (hearing === undefined) return "";
  const half = (CELL - 4) / 2;
  const rect = (left: number, colour: string): string =>
    `<rect x="${left}" y="${y + 2}" width="${half}" height="${CELL - 4}" fill="${colour}"/>`;
  const is = (...those: Hearing[]): boolean => those.includes(hearing);
  return [
    rect(x + 2, is("broadcasts", "everything") ? BROADCAST : NOTHING),
    rect(x + 2 + half, is("unicast", "everything") ? UNICAST : NOTHING),
  ].join("");
}

const text = (x: number, y: number, words: string, more = ""): string =>
  `<text x="${x}" y="${y}"${more === "" ? "" : ` ${more}`}>${words}</text>`;

/** For the page's own tables. */
export const DRAWN: {
  readonly senders: readonly Sender[];
  readonly receivers: readonly Receiver[];
} = {
  senders: SENDERS,
  receivers: RECEIVERS,
};
