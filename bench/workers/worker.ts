/** Whoever makes links for a benchmark, as all of them are asked. */
import type { LinkToMake } from "../links-to-make";
import type { LowerDevice } from "../lower-device";

/** In the order in which they are done: a read finds out what a change and a deletion name. */
export const DEEDS = ["create", "read", "change", "delete"] as const;
export type Deed = (typeof DEEDS)[number];

/** To which a change sets every link. */
export const CHANGED_MTU = 1400;

export interface Job {
  readonly lower: LowerDevice;
  readonly links: readonly LinkToMake[];
}

/** Each does its deed to all links of the job. */
export interface Worker extends Readonly<Record<Deed, () => Promise<unknown>>> {
  readonly leave?: () => void;
}

/** Prepares what is not to be measured: programs run, connections stand, texts are written. */
export type Hire = (job: Job) => Promise<Worker>;
