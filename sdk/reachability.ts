/** Who hears whom, for programs; `docs/modes.md` has the measurement that it is answered from. */
import * as pulumi from "@pulumi/pulumi";
import { type Reachability, reachability, type ReachOptions } from "../provider/link/reachability";
import { whyUnreachable } from "../provider/link/why-unreachable";
import { type StationInput, stationOf } from "./station-of";

export {
  type Reach,
  type Reachability,
  reachability,
  type ReachOptions,
} from "../provider/link/reachability";
export type { LinkStation, LowerDeviceStation, Station } from "../provider/link/station";
export { whyUnreachable } from "../provider/link/why-unreachable";
export type { StationInput } from "./station-of";

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
