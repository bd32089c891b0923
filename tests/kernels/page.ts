/** `docs/kernels.md`, from what was measured. */
import type { Column, Section } from "./measure";
import type { Verdict } from "./site";

/** By kernel, as `measured.json` has it. */
export type Measured = Readonly<Record<string, Column>>;

const TABLES: readonly {
  readonly section: keyof Column;
  readonly title: string;
  readonly about: string;
}[] = [
  {
    section: "properties",
    title: "Properties",
    about:
      "Made, changed by hand, seen and repaired, changed by the program, and left out again, on a veth: each time as `ip` shows it.",
  },
  {
    section: "ways",
    title: "Modes, and what else is asked of a kernel",
    about: "Each for a macvlan and a macvtap.",
  },
  {
    section: "lowerDevices",
    title: "Lower devices",
    about:
      "A macvlan in bridge mode with all properties that the kernel has is made on it, changed and deleted, and a macvtap made and deleted; then one of each in passthru mode. What is refused is refused at preview already.",
  },
  {
    section: "ports",
    title: "Settings of a bridge port",
    about: "Set, changed, and put back as they were.",
  },
  {
    section: "refusals",
    title: "Refusals that are explained",
    about:
      "A link that the kernel does not take: preview and creation name the cause, and the kernel's errno is the expected one.",
  },
  {
    section: "wireless",
    title: "On a wireless card",
    about:
      "The card is one of `mac80211_hwsim`'s, connected to an access point (hostapd, on another simulated radio) without encryption. Frames are sent both ways between it and a link of ours on the card. A link is made on any card; what becomes of its frames is the question.",
  },
];

const OWN_MACHINE = "the machine on which the tests were written";
const SHOWN = { yes: "✓", "not there": "–" } as const;

export function page(measured: Measured, names: Readonly<Record<string, string>>): string {
  const kernels = Object.keys(measured);
  const origins = kernels.map((kernel) => {
    const packageName = names[kernel];
    const origin = packageName === undefined ? OWN_MACHINE : `Debian's ${packageName}`;
    return `| ${kernel} | ${origin} |`;
  });
  return `${[
    "# Kernels",
    "Which kernel does what, measured by `scripts/kernels`, which writes this page. `make test` measures again, and fails where it differs.",
    ["| kernel | where it is from |", "|---|---|", ...origins].join("\n"),
    "✓ it works · – the kernel or its modules have no such thing · a number: what is said instead, below the table.",
    ...TABLES.flatMap(({ section, title, about }) => [
      `## ${title}`,
      about,
      ...table(kernels.map((kernel) => [kernel, measured[kernel]?.[section] ?? {}])),
    ]),
  ].join("\n\n")}\n`;
}

function table(columns: readonly (readonly [kernel: string, section: Section])[]): string[] {
  const notes: string[] = [];
  const cell = (verdict: Verdict | undefined): string => {
    if (verdict === undefined) return "?";
    if (verdict === "yes" || verdict === "not there") return SHOWN[verdict];
    const said = verdict.replace(/^no: /, "");
    const known = notes.indexOf(said);
    return String(known < 0 ? notes.push(said) : known + 1);
  };
  const titles = [...new Set(columns.flatMap(([, section]) => Object.keys(section)))];
  const lines = titles.map(
    (title) => `| ${title} | ${columns.map(([, section]) => cell(section[title])).join(" | ")} |`,
  );
  const head = [
    `| | ${columns.map(([kernel]) => kernel).join(" | ")} |`,
    `|---|${columns.map(() => "---|").join("")}`,
  ];
  const below = notes.map((said, at) => `${at + 1}. ${said.replace(/[<>|]/g, "\\$&")}`);
  return [[...head, ...lines].join("\n"), ...(below.length === 0 ? [] : [below.join("\n")])];
}
