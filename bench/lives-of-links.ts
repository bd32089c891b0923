import type { Contestant } from "./contest";
import { linksToMake } from "./links-to-make";
import { expectLinks, onFreshLowerDevice } from "./lower-device";
import { timed } from "./measure";
import { CHANGED_MTU, type Deed, DEEDS, type Hire } from "./workers/worker";

/** Links are made, read, changed and deleted on a new lower device, as far as is asked for, and that is timed. */
export function livesOfLinks(name: string, hire: Hire, measured: readonly Deed[]): Contestant {
  const last = Math.max(...measured.map((deed) => DEEDS.indexOf(deed)));
  let rounds = 0;
  const round = (size: number) =>
    onFreshLowerDevice(async (lower) => {
      const worker = await hire({ lower, links: linksToMake(size, ++rounds) });
      const taken: [Deed, number][] = [];
      try {
        for (const deed of DEEDS.slice(0, last + 1)) {
          taken.push([deed, (await timed(worker[deed])) / 1000]);
          expectLinks(
            lower,
            deed === "delete" ? 0 : size,
            deed === "change" ? CHANGED_MTU : undefined,
          );
        }
      } finally {
        worker.leave?.();
      }
      return Object.fromEntries(taken.filter(([deed]) => measured.includes(deed)));
    });
  return { name, round };
}
