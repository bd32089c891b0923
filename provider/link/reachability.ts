/** Whose frames come to whom, by the measured table; a program's own question, answered without a look at any host. */
import { type Frames, framesBetween } from "./reach";
import { areTogether, type Place, placeOf, receiversAt, senderAt, type Station } from "./station";

export interface ReachOptions {
  /** Whether the switch sends frames back by the port that they came in by (reflective relay). Left out: not known. */
  readonly hairpin?: boolean | undefined;
  /** Whether different lower devices are in one network. Left out: not known. */
  readonly sameNetwork?: boolean | undefined;
  /** MAC address of the router beyond the switch: a source link hears it if it lists it. */
  readonly routerMacAddress?: string | undefined;
}

/** Each true or false, and undefined where that cannot be told from what was given. */
export interface Reach {
  /** Broadcasts come through: ARP requests, DHCP. */
  readonly broadcast: boolean | undefined;
  /** Frames to the receiver's own MAC address do. */
  readonly unicast: boolean | undefined;
  /** Packets do that go by a router beyond the switch, if there is one. */
  readonly routed: boolean | undefined;
}

export interface Reachability {
  /** From `a` to `b`. */
  readonly there: Reach;
  /** From `b` to `a`. */
  readonly back: Reach;
}

/**
 * Who hears whom. ARP, and so ping, needs `broadcast` and `unicast` in one direction and `unicast` in the other; with
 * static neighbours `unicast` in both is enough.
 */
export function reachability(a: Station, b: Station, options: ReachOptions = {}): Reachability {
  return reachOf(placeOf(a, b), placeOf(b, a), options);
}

export function reachOf(a: Place, b: Place, options: ReachOptions): Reachability {
  return { there: reachFrom(a, b, options), back: reachFrom(b, a, options) };
}

export const isWhole = ({ there, back }: Reachability): boolean =>
  [there, back].every(({ broadcast, unicast }) => broadcast === true && unicast === true);

const OUTSIDE = placeOf("outside", "outside");

type Sent = Readonly<Record<keyof Frames, boolean | undefined>>;
const NOTHING: Sent = { broadcast: false, unicast: false };
const UNKNOWN: Sent = { broadcast: undefined, unicast: undefined };

function reachFrom(from: Place, to: Place, options: ReachOptions): Reach {
  const [a, b] = [under(from, to), under(to, from)];
  if (areNoPair(a, b)) return { ...UNKNOWN, routed: undefined };
  const { hairpin, routerMacAddress: mac } = options;
  const settings = hairpin === undefined ? [false, true] : [hairpin];
  const sent = settings.map((on) => framesFrom(a, b, on, options)).reduce(agreed);
  if (a.what === "outside" || b.what === "outside") return { ...sent, routed: sent.unicast };
  if (cannotBe(a, b)) return { ...sent, routed: false };
  const router = mac === undefined ? OUTSIDE : placeOf({ outside: mac }, "outside");
  const routed = both(framesFrom(a, router, false, options), framesFrom(router, b, false, options));
  return { ...sent, routed: routed.unicast };
}

/** Nothing is known of what is outside, nor is there anything between a lower device and itself. */
export const areNoPair = (a: Place, b: Place): boolean =>
  a.what === b.what && a.what !== "link" && areTogether(a, b) !== false;

/** A lower device whose passthru link is the other one. */
const under = (place: Place, other: Place): Place =>
  place.what === "lower device" && other.mode === "passthru" && areTogether(place, other) === true
    ? { ...place, underPassthru: true }
    : place;

function framesFrom(a: Place, b: Place, hairpin: boolean, { sameNetwork }: ReachOptions): Sent {
  if (a.isDown || b.isDown) return NOTHING;
  const together = areTogether(a, b);
  const direct = heard(a, b, hairpin);
  if (a.what === "outside" || b.what === "outside" || together === true) return direct;
  const around = both(heard(a, OUTSIDE, hairpin), heard({ ...OUTSIDE, mac: a.mac }, b, hairpin));
  const apart = both(around, { broadcast: sameNetwork, unicast: sameNetwork });
  return together === false ? apart : agreed(direct, apart);
}

/** Two links that the kernel does not take together hear nothing of each other. */
const heard = (a: Place, b: Place, hairpin: boolean): Sent =>
  receiversAt(b, a.mac)
    .map((receiver): Sent => framesBetween(senderAt(a), receiver, hairpin) ?? NOTHING)
    .reduce(agreed);

/** Another link beside one in passthru mode. */
export const cannotBe = (a: Place, b: Place): boolean =>
  a.what === "link" &&
  b.what === "link" &&
  areTogether(a, b) === true &&
  receiversAt(b, a.mac).every((to) => framesBetween(senderAt(a), to, false) === undefined);

const each = (
  a: Sent,
  b: Sent,
  what: (a: boolean | undefined, b: boolean | undefined) => boolean | undefined,
): Sent => ({
  broadcast: what(a.broadcast, b.broadcast),
  unicast: what(a.unicast, b.unicast),
});

/** What holds whichever of two it is. */
const agreed = (a: Sent, b: Sent): Sent => each(a, b, (x, y) => (x === y ? x : undefined));
/** One after the other. */
const both = (a: Sent, b: Sent): Sent =>
  each(a, b, (x, y) => (x === false || y === false ? false : x && y));
