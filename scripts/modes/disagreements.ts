/** What follows from the frames that were heard, held against what was measured of it. */
import { HeardFrames } from "./heard-frames";
import type { Heard } from "./measure";
import { areClose, receiverOf, senderOf } from "./to-table";
import { type Station, STATIONS } from "./stations";

const hasIp = ({ flat }: Station): boolean => flat !== undefined;
/** Addresses of the host's own never leave it. */
const areApart = (a: Station, b: Station): boolean =>
  a !== b && (a.at !== b.at || a.at === "guest");

/**
 * ARP needs the broadcast there and the answer back; a packet to a known neighbour the frame alone; one by the router a
 * frame to it and one from it; and so does a frame from one lower device to another.
 */
export function disagreements(heard: Heard): string[] {
  const frames = new HeardFrames(heard);
  const outside = STATIONS.find(({ what }) => what === "outside");
  if (outside === undefined) throw new Error("Nobody is outside");
  const found = (pairs: Heard["arp"]) => new Set(pairs.map(([from, to]) => `${from} > ${to}`));
  const [arp, datagrams, routed] = [heard.arp, heard.datagrams, heard.routed].map(found);
  const through = (a: Station, b: Station, cast: "broadcast" | "unicast"): boolean =>
    frames.between(a, outside)[cast] && frames.between(outside, b)[cast];

  return STATIONS.flatMap((a) =>
    STATIONS.filter((b) => a !== b).flatMap((b) => {
      const pair = `${a.name} > ${b.name}`;
      const { broadcast, unicast } = frames.between(a, b);
      const isFar = !areClose(a, b);
      const expected: [what: string, of: boolean, is: boolean | undefined, by: boolean][] = [
        [
          "a broadcast to another lower device",
          isFar,
          broadcast,
          isFar && through(a, b, "broadcast"),
        ],
        ["a frame to another lower device", isFar, unicast, isFar && through(a, b, "unicast")],
      ];
      if (hasIp(a) && hasIp(b) && areApart(a, b)) {
        const isRouted = a !== outside && b !== outside;
        expected.push(
          ["an ARP request", true, arp?.has(pair), broadcast && frames.between(b, a).unicast],
          ["a packet", true, datagrams?.has(pair), unicast],
          [
            "a packet by the router",
            isRouted,
            routed?.has(pair),
            isRouted && through(a, b, "unicast"),
          ],
        );
      }
      return expected
        .filter(([, applies, is, should]) => applies && is !== should)
        .map(
          ([what, , is]) => `${pair}: ${what} ${is === true ? "comes" : "does not come"} through`,
        );
    }),
  );
}

/** Who hears frames on its own lower device that are addressed to others, and of whom. */
export function eavesdroppers(heard: Heard): Record<string, string[]> {
  const named = new Map(STATIONS.map((station) => [station.name, station]));
  const found = new Map<string, Set<string>>();
  for (const { from, to, by } of new HeardFrames(heard).strange) {
    const [sender, target, receiver] = [from, to, by].map((name) => named.get(name));
    if (sender === undefined || target === undefined || receiver?.what !== "link") continue;
    // A passthru link has its lower device's address.
    if (sender.card !== receiver.card || target.mac === receiver.mac) continue;
    const senders = found.get(receiverOf(receiver)) ?? new Set();
    found.set(receiverOf(receiver), senders.add(senderOf(sender)));
  }
  return Object.fromEntries(
    [...found].map(([receiver, senders]) => [receiver, [...senders].sort()]),
  );
}
