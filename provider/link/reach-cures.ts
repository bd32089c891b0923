/** What would let two hear each other: sets of changes, found by asking the table of each. */
import { isWhole, reachOf, type ReachOptions } from "./reachability";
import { areTogether, listsIt, type Place } from "./station";

/** Two places and what is between them. */
export interface Way {
  readonly a: Place;
  readonly b: Place;
  readonly options: ReachOptions;
}

export interface Change {
  readonly words: string;
  readonly made: (way: Way) => Way;
}

const SIDES = ["a", "b"] as const;
type Side = (typeof SIDES)[number];
const otherOf = (side: Side): Side => (side === "a" ? "b" : "a");

export function named(way: Way, side: Side): string {
  const { what, name } = way[side];
  if (what === "outside") return "what is outside";
  if (what === "lower device") return name ?? "the lower device";
  return name ?? (side === "a" ? "the first link" : "the second link");
}

/** Enough for one address to stand for another's. */
const ANY_MAC = "the sender's";

/** A change on one side, or undefined where there is nothing to change. */
type Possible = (way: Way, side: Side) => Change | undefined;

const turned =
  (side: Side, more: Partial<Place>): Change["made"] =>
  (way) => ({ ...way, [side]: { ...way[side], ...more } });

const ON_A_SIDE: readonly Possible[] = [
  (way, side) =>
    way[side].isDown
      ? { words: `adminState: "up" on ${named(way, side)}`, made: turned(side, { isDown: false }) }
      : undefined,
  (way, side) => {
    const other = otherOf(side);
    const { mac = ANY_MAC } = way[other];
    if (way[side].mode !== "source" || listsIt(way[side], way[other].mac) === true)
      return undefined;
    const whose = mac === ANY_MAC ? `the MAC address of ${named(way, other)}` : mac;
    return {
      words: `${whose} in sourceMacAddresses of ${named(way, side)}`,
      made: (from) => {
        const lists = [...(from[side].lists ?? []), mac];
        return { ...from, [side]: { ...from[side], lists }, [other]: { ...from[other], mac } };
      },
    };
  },
  (way, side) =>
    way[side].what === "link" && way[side].mode !== "bridge"
      ? { words: `mode: "bridge" on ${named(way, side)}`, made: turned(side, { mode: "bridge" }) }
      : undefined,
  (way, side) =>
    way[side].what === "lower device" && way[otherOf(side)].what === "link"
      ? {
          words: `a HostShim on ${named(way, side)}, as the host's own end`,
          made: turned(side, { what: "link", mode: "bridge" }),
        }
      : undefined,
  (way, side) =>
    way[side].mode === "passthru" && way[otherOf(side)].what === "link"
      ? {
          words: `another lower device for ${named(way, side)}, in the same network`,
          made: (from) => ({
            ...turned(side, { lower: { device: "" } })(from),
            options: { ...from.options, sameNetwork: true },
          }),
        }
      : undefined,
];

const BETWEEN: readonly ((way: Way) => Change | undefined)[] = [
  ({ options }) =>
    options.hairpin === true
      ? undefined
      : {
          words: "hairpin: true on the switch's port (BridgePort)",
          made: (from) => ({ ...from, options: { ...from.options, hairpin: true } }),
        },
  ({ a, b, options }) =>
    options.sameNetwork === true || areTogether(a, b) === true
      ? undefined
      : {
          words: "both lower devices in one network (sameNetwork: true says so)",
          made: (from) => ({ ...from, options: { ...from.options, sameNetwork: true } }),
        },
  ({ a, b }) =>
    areTogether(a, b) === true || a.what !== "link" || b.what !== "link"
      ? undefined
      : {
          words: "one lower device for both",
          made: (from) => ({ ...from, b: { ...from.b, lower: from.a.lower } }),
        },
];

/** Sets of changes after which all comes through, the smallest first, and none that has another one in it. */
export function curesFor(way: Way): Change[][] {
  if (helps(way, [])) return [];
  const changes = [
    ...BETWEEN.flatMap((between) => between(way) ?? []),
    ...ON_A_SIDE.flatMap((possible) => SIDES.flatMap((side) => possible(way, side) ?? [])),
  ];
  const cures: Change[][] = [];
  for (let size = 1; size <= changes.length; size++)
    for (const some of subsets(changes, size)) {
      const isMore = cures.some((cure) => cure.every((change) => some.includes(change)));
      if (!isMore && helps(way, some)) cures.push(some);
    }
  return cures;
}

function helps(way: Way, changes: readonly Change[]): boolean {
  const { a, b, options } = changes.reduce((from, { made }) => made(from), way);
  return isWhole(reachOf(a, b, options));
}

function subsets<T>(all: readonly T[], size: number): T[][] {
  if (size === 0) return [[]];
  return all.flatMap((first, at) =>
    subsets(all.slice(at + 1), size - 1).map((rest) => [first, ...rest]),
  );
}
