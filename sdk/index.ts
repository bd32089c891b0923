export type { ConnectionArgs, HopArgs } from "./connection-args";
export type { LinkArgs, MacvlanArgs, MacvtapArgs, NetnsArgs, TapArgs } from "./link-args";
export { HostShim, type HostShimArgs } from "./host-shim";
export type { Link } from "./link";
export { Macvlan } from "./macvlan";
export { Macvtap } from "./macvtap";
export type { AddrGenMode, AdminState, Mode, Netns, Tap } from "../provider/link/model";
