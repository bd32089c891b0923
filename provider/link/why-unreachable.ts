/** What stands between two links, in sentences, and what would help. */
import { curesFor, named, type Way } from "./reach-cures";
import {
  areNoPair,
  cannotBe,
  isWhole,
  type Reachability,
  reachOf,
  type ReachOptions,
} from "./reachability";
import { areTogether, listsIt, type Place, placeOf, type Station } from "./station";

/** At most so many ways out are worth reading. */
const CURES = 3;

/**
 * What stands between `a` and `b`, one sentence each, and then what would help; empty where nothing does, and broadcasts
 * and unicast frames come through in both directions. What cannot be told from what was given is named too.
 */
export function whyUnreachable(a: Station, b: Station, options: ReachOptions = {}): string[] {
  const way = { a: placeOf(a, b), b: placeOf(b, a), options };
  const reach = reachOf(way.a, way.b, options);
  if (isWhole(reach)) return [];
  const cures = curesFor(way)
    .slice(0, CURES)
    .map((cure) => cure.map(({ words }) => words).join(" and "));
  return [
    ...OBSTACLES.flatMap((obstacle) => obstacle(way, reach)),
    ...(cures.length === 0 ? [] : [`What helps: ${cures.join("; or ")}`]),
    ...(isRoutedOnly(reach)
      ? ["Packets that go by a router beyond the switch come through all the same"]
      : []),
  ];
}

const isRoutedOnly = ({ there, back }: Reachability): boolean =>
  there.routed === true &&
  back.routed === true &&
  !(there.unicast === true && back.unicast === true);

const SIDES = [
  ["a", "b"],
  ["b", "a"],
] as const;

const withMode = (way: Way, side: "a" | "b"): string => {
  const { mode } = way[side];
  return mode === undefined ? named(way, side) : `${named(way, side)} (mode ${mode})`;
};

const whereOf = ({ lower: { device, host, netns } }: Place): string =>
  [
    device ?? "a lower device that is not known here",
    ...((netns ?? "") === "" ? [] : [`in ${typeof netns === "string" ? netns : "its namespace"}`]),
    ...((host ?? "") === "" ? [] : [`of ${host}`]),
  ].join(" ");

/** In the order in which they are worth hearing. */
const OBSTACLES: readonly ((way: Way, reach: Reachability) => string[])[] = [
  (way) =>
    SIDES.filter(([side]) => way[side].isDown).map(
      ([side]) => `${named(way, side)} is down (adminState): it sends nothing and hears nothing`,
    ),
  (way) => {
    const alone = SIDES.find(([side]) => way[side].mode === "passthru")?.[0];
    return alone === undefined || !cannotBe(way.a, way.b)
      ? []
      : [
          `${named(way, alone)} is in passthru mode: the kernel takes no other link beside it on ${whereOf(way.a)}`,
        ];
  },
  ({ a, b }) => {
    if (!areNoPair(a, b)) return [];
    return a.what === "outside"
      ? ["Both are outside: of what is beyond the switch nothing is known here"]
      : ["Both are one and the same lower device"];
  },
  ({ a, b, options }) => {
    if (a.what === "outside" || b.what === "outside" || options.sameNetwork === true) return [];
    const together = areTogether(a, b);
    if (together === true) return [];
    if (together === undefined)
      return [
        "Which lower device one of them is on is not known here, nor whether it is the other's",
      ];
    const known =
      options.sameNetwork === false
        ? "are in different networks"
        : "may be in different networks (sameNetwork was not said)";
    return [`${whereOf(a)} and ${whereOf(b)} ${known}`];
  },
  (way) =>
    SIDES.flatMap(([side, other]) => {
      const { mode } = way[side];
      const listed = listsIt(way[side], way[other].mac);
      if (mode !== "source" || listed === true) return [];
      const { mac } = way[other];
      const whose =
        mac === undefined
          ? `the MAC address of ${named(way, other)}`
          : way[other].what === "outside"
            ? `${mac} outside`
            : `${mac}, which is ${named(way, other)},`;
      return [
        `${withMode(way, side)} hears only whom its sourceMacAddresses name, and ${listed === false ? `${whose} is not among them` : `whether ${whose} is among them was not said`}`,
      ];
    }),
  (way, reach) => {
    const { a, b, options } = way;
    if (options.hairpin === true || isSame(reach, reachOf(a, b, { ...options, hairpin: true })))
      return [];
    const back =
      options.hairpin === false
        ? "which does not send them back (hairpin is off)"
        : "and whether that sends them back was not said (hairpin)";
    return [
      `Frames between ${withMode(way, "a")} and ${withMode(way, "b")} go out to the switch, ${back}`,
    ];
  },
  (way) => {
    const { a, b, options } = way;
    const best = reachOf(a, b, { ...options, hairpin: true });
    const lost = SIDES.filter(([side]) => {
      const { broadcast, unicast } = side === "a" ? best.there : best.back;
      return broadcast === false && unicast === true;
    });
    const silent = lost.map(
      ([side, other]) =>
        `Broadcasts of ${withMode(way, side)} never come to ${withMode(way, other)}, which ${named(way, side)} thus cannot find by ARP`,
    );
    return lost.length === 0
      ? []
      : [
          ...silent,
          "A switch that sends frames back (hairpin) does bring unicast frames, for whoever knows the MAC address (a static neighbour): this is no security boundary",
        ];
  },
  (way, { there, back }) => {
    const device = SIDES.find(
      ([side, other]) =>
        way[side].what === "lower device" &&
        (way[side].underPassthru || way[other].mode === "passthru"),
    )?.[0];
    const into = device === "a" ? back : there;
    return device === undefined || into.unicast !== false
      ? []
      : [`${named(way, device)} has a passthru link, which gets all unicast frames that come in`];
  },
];

const isSame = (one: Reachability, other: Reachability): boolean =>
  (["there", "back"] as const).every((way) =>
    (["broadcast", "unicast"] as const).every((cast) => one[way][cast] === other[way][cast]),
  );
