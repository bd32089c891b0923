/** Who hears whose frames: questions to the table that `scripts/modes` measured. */
import type { Mode } from "./model";
import { REACH_TABLE } from "./reach-table";

/** A link in passthru mode leaves its lower device no unicast frames, which makes that another one. */
export type LowerDeviceKind = "lower device" | "lower device under passthru";
export type Sender = Mode | LowerDeviceKind | "outside";
/** A link in source mode hears those that it lists. */
export type Receiver =
  | Exclude<Mode, "source">
  | "source, sender listed"
  | "source, sender not listed"
  | LowerDeviceKind
  | "outside";
export type Hearing = "nothing" | "broadcasts" | "unicast" | "everything";

/** Of two on one lower device, or of one there and one outside; `off` and `on` is the switch's hairpin. A pair that cannot be is not there. */
export type ReachTable = Readonly<
  Record<
    Sender,
    Readonly<Partial<Record<Receiver, { readonly off: Hearing; readonly on: Hearing }>>>
  >
>;

export interface Frames {
  readonly broadcast: boolean;
  readonly unicast: boolean;
}

/** What of `sender` comes to `receiver`; undefined for two that cannot be on one lower device. */
export function framesBetween(
  sender: Sender,
  receiver: Receiver,
  hairpin: boolean,
): Frames | undefined {
  const row = REACH_TABLE[sender][receiver];
  if (row === undefined) return undefined;
  return framesIn(hairpin ? row.on : row.off);
}

export const framesIn = (hearing: Hearing): Frames => ({
  broadcast: hearing === "broadcasts" || hearing === "everything",
  unicast: hearing === "unicast" || hearing === "everything",
});

const asReceiver = (mode: Mode): Receiver => (mode === "source" ? "source, sender listed" : mode);

/** Whether two links on one lower device hear all of each other; a source link those that it lists. */
export function hearEachOther(a: Mode, b: Mode, hairpin: boolean): boolean {
  const both = [framesBetween(a, asReceiver(b), hairpin), framesBetween(b, asReceiver(a), hairpin)];
  return both.every((frames) => frames !== undefined && frames.broadcast && frames.unicast);
}

/** What they hear of each other goes by the switch, which must send it back. */
export const needHairpin = (a: Mode, b: Mode): boolean =>
  !hearEachOther(a, b, false) && hearEachOther(a, b, true);

/** Why two that do not hear each other without hairpin do not, as the end of a sentence that says so. */
export const whatParts = (a: Mode, b: Mode): string =>
  needHairpin(a, b)
    ? " without a switch that sends frames back (hairpin)"
    : ": broadcasts do not pass between these modes, whatever the switch does";
