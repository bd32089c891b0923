/** Who hears whom, for programs; `docs/modes.md` has the measurement that it is answered from. */
import * as pulumi from "@pulumi/pulumi";
import type * as Reaching from "../provider/link/reachability";
import type { Reachability, ReachOptions } from "../provider/link/reachability";
import type { Station } from "../provider/link/station";
import type * as Why from "../provider/link/why-unreachable";
import { type StationInput, stationOf } from "./station-of";

export type { Reach, Reachability, ReachOptions } from "../provider/link/reachability";
export type { LinkStation, LowerDeviceStation, Station } from "../provider/link/station";
export type { StationInput } from "./station-of";

/* eslint-disable @typescript-eslint/no-require-imports -- a program that does not ask loads none of it */
const reaching = (): typeof Reaching => require("../provider/link/reachability") as typeof Reaching;
const why = (): typeof Why => require("../provider/link/why-unreachable") as typeof Why;
/* eslint-enable @typescript-eslint/no-require-imports */

/**
 * Who hears whom. ARP, and so ping, needs `broadcast` and `unicast` in one direction and `unicast` in the other; with
 * static neighbours `unicast` in both is enough.
 */
export function reachability(a: Station, b: Station, options: ReachOptions = {}): Reachability {
  return reaching().reachability(a, b, options);
}

/**
 * What stands between `a` and `b`, one sentence each, and then what would help; empty where nothing does, and broadcasts
 * and unicast frames come through in both directions. What cannot be told from what was given is named too.
 */
export function whyUnreachable(a: Station, b: Station, options: ReachOptions = {}): string[] {
  return why().whyUnreachable(a, b, options);
}

/** `reachability` for resources (a link, a HostShim) and for what is known later. */
export function reachabilityOutput(
  a: StationInput,
  b: StationInput,
  options: pulumi.Input<ReachOptions> = {},
): pulumi.Output<Reachability> {
  return pulumi
    .all([stationOf(a), stationOf(b), options])
    .apply(([one, other, how]) => reachability(one, other, how));
}

/** `whyUnreachable` for resources (a link, a HostShim) and for what is known later. */
export function whyUnreachableOutput(
  a: StationInput,
  b: StationInput,
  options: pulumi.Input<ReachOptions> = {},
): pulumi.Output<string[]> {
  return pulumi
    .all([stationOf(a), stationOf(b), options])
    .apply(([one, other, how]) => whyUnreachable(one, other, how));
}
