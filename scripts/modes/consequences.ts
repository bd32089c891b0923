/** What the table makes of IP between two on one lower device; `disagreements.ts` holds it against real packets. */
import {
  type Frames,
  framesIn,
  type ReachTable,
  type Receiver,
  type Sender,
} from "../../provider/link/reach";

const KINDS = ["vepa", "bridge", "private", "source", "lower device"] as const;
const NONE: Frames = { broadcast: false, unicast: false };

export function consequences(table: ReachTable): string[][] {
  const between = (a: Sender, b: Sender, hairpin: "off" | "on"): Frames => {
    const receiver: Receiver = b === "source" ? "source, sender listed" : b;
    const row = table[a][receiver];
    return row === undefined ? NONE : framesIn(row[hairpin]);
  };
  const pairs = KINDS.flatMap((a, at) => KINDS.slice(at).map((b) => [a, b] as const));
  return pairs
    .filter(([a, b]) => a !== "lower device" || b !== "lower device")
    .map(([a, b]) => {
      const cells = (["off", "on"] as const).flatMap((hairpin) => {
        const [there, back] = [between(a, b, hairpin), between(b, a, hairpin)];
        return [byArp(a, b, there, back), there.unicast && back.unicast ? "yes" : "no"];
      });
      const routed = [between(a, "outside", "off"), between("outside", b, "off")];
      return [`${a} – ${b}`, ...cells, routed.every(({ unicast }) => unicast) ? "yes" : "no"];
    });
}

/** Who has asked is known to whom it asked: one direction is enough for both to talk. */
function byArp(a: string, b: string, there: Frames, back: Frames): string {
  if (!there.unicast || !back.unicast) return "no";
  if (there.broadcast && back.broadcast) return "yes";
  if (there.broadcast) return `once ${a} asks`;
  return back.broadcast ? `once ${b} asks` : "no";
}
