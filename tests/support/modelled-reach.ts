/** What a network would have heard in which the table holds: for tests of how a measurement is read. */
import { framesBetween, type Frames } from "../../provider/link/reach";
import type { Heard } from "../../scripts/modes/measure";
import { type Station, STATIONS } from "../../scripts/modes/stations";
import { areClose, receiverOf, senderOf } from "../../scripts/modes/to-table";

const NOTHING: Frames = { broadcast: false, unicast: false };

function framesOf(a: Station, b: Station, hairpin: boolean): Frames {
  const [outside] = STATIONS;
  if (areClose(a, b) || outside === undefined)
    return framesBetween(senderOf(a), receiverOf(b), hairpin) ?? NOTHING;
  const [out, into] = [framesOf(a, outside, hairpin), framesOf(outside, b, hairpin)];
  return {
    broadcast: out.broadcast && into.broadcast,
    unicast: out.unicast && into.unicast,
  };
}

export function modelledHeard(hairpin: boolean): Heard {
  const others = (of: Station): Station[] => STATIONS.filter((each) => each !== of);
  const pairs = (through: (a: Station, b: Station) => boolean): [string, string][] =>
    STATIONS.flatMap((a) =>
      others(a)
        .filter((b) => a.flat !== undefined && b.flat !== undefined && through(a, b))
        .map((b): [string, string] => [a.name, b.name]),
    );
  const [outside] = STATIONS;
  const isApart = (a: Station, b: Station): boolean => a.at !== b.at || a.at === "guest";
  return {
    frames: STATIONS.flatMap((a) => [
      [
        a.name,
        null,
        others(a)
          .filter((b) => framesOf(a, b, hairpin).broadcast)
          .map(({ name }) => [name, false] as const),
      ] as const,
      ...others(a).map(
        (b) =>
          [
            a.name,
            b.name,
            framesOf(a, b, hairpin).unicast ? [[b.name, false] as const] : [],
          ] as const,
      ),
    ]),
    arp: pairs(
      (a, b) =>
        isApart(a, b) && framesOf(a, b, hairpin).broadcast && framesOf(b, a, hairpin).unicast,
    ),
    datagrams: pairs((a, b) => isApart(a, b) && framesOf(a, b, hairpin).unicast),
    routed: pairs(
      (a, b) =>
        isApart(a, b) &&
        outside !== undefined &&
        ![a, b].includes(outside) &&
        framesOf(a, outside, hairpin).unicast &&
        framesOf(outside, b, hairpin).unicast,
    ),
  };
}
