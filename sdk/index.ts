export type { ConnectionArgs, HopArgs } from "./connection-args";
export type {
  AddressArgs,
  LinkArgs,
  MacvlanArgs,
  MacvtapArgs,
  NetnsArgs,
  RouteArgs,
  TapArgs,
} from "./link-args";
export { BridgePort, type BridgePortArgs } from "./bridge-port";
export { HostShim, type HostShimArgs } from "./host-shim";
export type { Link } from "./link";
export { LinkSet, type LinkSetArgs, type LinkSetMemberArgs } from "./link-set";
export {
  getLink,
  type GetLinkArgs,
  getLinkOutput,
  getLinks,
  type GetLinksArgs,
  getLinksOutput,
  getLowerDevice,
  type GetLowerDeviceArgs,
  getLowerDeviceOutput,
  type LinkDetails,
  type LinkElsewhere,
  type LinkInfo,
  type LookupArgs,
  type LowerDeviceInfo,
} from "./lookups";
export { Macvlan } from "./macvlan";
export { Macvtap } from "./macvtap";
export {
  type LinkStation,
  type LowerDeviceStation,
  type Reach,
  type Reachability,
  reachability,
  reachabilityOutput,
  type ReachOptions,
  type Station,
  type StationInput,
  whyUnreachable,
  whyUnreachableOutput,
} from "./reachability";
export type { LinkOutputs } from "../provider/link-set/saved-form";
export type { Address, AddrGenMode, AdminState, Arp, Mode } from "../provider/link/model";
export type { Netns, Route, Sysctls, Tap } from "../provider/link/model";
