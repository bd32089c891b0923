/**
 * Who takes part when modes are measured. On a host's first card stand links of all modes but passthru, as guests (two of
 * each) and as the host's own (shims); on its second a passthru macvlan, alone; on its third a passthru macvtap.
 */
import { KINDS, type Kind, type Mode } from "../../provider/link/model";

export interface Station {
  readonly name: string;
  readonly what: "link" | "lower device" | "outside";
  /** Whose the link is. */
  readonly at: "host" | "guest" | "outside";
  readonly card?: string;
  readonly kind?: Kind;
  readonly mode?: Mode;
  /** Of a source link: whether it lists the MAC addresses of all others, or of nobody here. */
  readonly lists?: "all" | "none";
  readonly mac: string;
  /** An address in the network that all share, and one in a network of its own behind the router. */
  readonly flat?: string;
  readonly routed?: string;
  /** What it hears from outside, where that is sure: by it the end of a measurement is known. */
  readonly marker?: "broadcasts" | "everything";
}

export const CARDS = ["card1", "card2", "card3"] as const;

const VARIANTS = [
  { mode: "vepa" },
  { mode: "bridge" },
  { mode: "private" },
  { mode: "source", lists: "none" },
  { mode: "source", lists: "all" },
] as const;

const OUTSIDE = { name: "outside", what: "outside", at: "outside" } as const;

const marker = "everything" as const;

const cards = CARDS.map((card, n) => {
  const station = { name: card, what: "lower device", card, at: "host" } as const;
  return n === 0 ? { ...station, marker } : station;
});

const onFirstCard = (kind: Kind, at: "host" | "guest", nth: string) =>
  VARIANTS.map((variant) => {
    const lists = "lists" in variant ? ` that lists ${variant.lists}` : "";
    const name = `${kind}, ${variant.mode}${lists}, ${nth}`;
    const link = { ...variant, kind, what: "link", card: "card1", at, name } as const;
    return variant.mode === "vepa" && nth === "first guest" ? { ...link, marker } : link;
  });

const alone = KINDS.map((kind, n) => {
  const passthru = { what: "link", mode: "passthru", at: "guest", marker } as const;
  return { ...passthru, name: `${kind}, passthru`, kind, card: CARDS[n + 1] } as const;
});

/** A passthru link has its card's MAC address. */
const macOf = (n: number, card: string | undefined): string => {
  const number = card === undefined ? n : cards.findIndex(({ name }) => name === card);
  return `02:00:5e:10:${card === undefined ? "00" : "01"}:${number.toString(16).padStart(2, "0")}`;
};

export const STATIONS: readonly Station[] = [
  OUTSIDE,
  ...cards,
  ...KINDS.flatMap((kind) => onFirstCard(kind, "guest", "first guest")),
  ...KINDS.flatMap((kind) => onFirstCard(kind, "guest", "second guest")),
  ...onFirstCard("macvlan", "host", "shim"),
  ...alone,
].map((station, n) => {
  const isLower =
    station.what === "lower device" || ("mode" in station && station.mode === "passthru");
  // The guest behind a tap device is the measuring process, and that has no IP.
  const isTap = "kind" in station && station.kind === "macvtap";
  const addresses = { flat: `192.0.2.${n + 1}`, routed: `198.18.${n + 1}.2` };
  const mac = macOf(n, isLower ? station.card : undefined);
  return { ...station, mac, ...(!isTap && addresses) } as Station;
});

/** Where a station behind the router finds that. */
export const gatewayOf = ({ routed }: Station): string => (routed ?? "").replace(/2$/, "1");
