/** From what each station heard to what its mode makes it hear: one row for all that should behave alike, or else an error. */
import { MODES } from "../../provider/link/model";
import type { Frames, Hearing, ReachTable, Receiver, Sender } from "../../provider/link/reach";
import { HeardFrames } from "./heard-frames";
import type { Heard } from "./measure";
import { type Station, STATIONS } from "./stations";

export interface Measured {
  readonly off: Heard;
  readonly on: Heard;
}

const PLACES = ["lower device", "lower device under passthru", "outside"] as const;
export const SENDERS: readonly Sender[] = [...MODES, ...PLACES];
export const RECEIVERS: readonly Receiver[] = [
  ...(["vepa", "bridge", "private", "passthru"] as const),
  ...(["source, sender listed", "source, sender not listed"] as const),
  ...PLACES,
];

export function senderOf({ what, mode, card }: Station): Sender {
  if (what === "outside") return "outside";
  if (what === "link") return mode ?? "vepa";
  return card === "card1" ? "lower device" : "lower device under passthru";
}

/** A source link here lists all stations, or none. */
export function receiverOf(station: Station): Receiver {
  const sender = senderOf(station);
  if (sender !== "source") return sender;
  return station.lists === "all" ? "source, sender listed" : "source, sender not listed";
}

/** Of one lower device, or one of the two is outside. */
export const areClose = (a: Station, b: Station): boolean =>
  a !== b && (a.card === b.card || a.what === "outside" || b.what === "outside");

export function tableFrom({ off, on }: Measured): ReachTable {
  const [heardOff, heardOn] = [new HeardFrames(off), new HeardFrames(on)];
  const rows = SENDERS.map((sender) => {
    const cells = RECEIVERS.flatMap((receiver) => {
      const pairs = STATIONS.flatMap((a) =>
        STATIONS.filter((b) => areClose(a, b))
          .filter((b) => senderOf(a) === sender && receiverOf(b) === receiver)
          .map((b) => [a, b] as const),
      );
      if (pairs.length === 0) return [];
      return [[receiver, { off: same(pairs, heardOff), on: same(pairs, heardOn) }] as const];
    });
    return [sender, Object.fromEntries(cells)] as const;
  });
  return Object.fromEntries(rows) as ReachTable;
}

/** Macvlan or macvtap, guest's or host's, with a listing sender or another: the mode alone decides. */
function same(pairs: readonly (readonly [a: Station, b: Station])[], heard: HeardFrames): Hearing {
  const found = pairs.map(([a, b]) => [hearingOf(heard.between(a, b)), a.name, b.name] as const);
  const [first] = found;
  const odd = found.find(([hearing]) => hearing !== first?.[0]);
  if (first === undefined) throw new Error("Nobody to compare");
  if (odd === undefined) return first[0];
  const say = ([hearing, a, b]: typeof first): string => `${b} hears ${hearing} of ${a}`;
  throw new Error(`The mode alone does not decide: ${say(first)}, and ${say(odd)}`);
}

const hearingOf = ({ broadcast, unicast }: Frames): Hearing =>
  broadcast ? (unicast ? "everything" : "broadcasts") : unicast ? "unicast" : "nothing";
