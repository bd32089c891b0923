/**
 * Compiled, not run: fails to compile when the arguments, the outputs and the table of properties
 * no longer name the same things.
 */
import type * as pulumi from "@pulumi/pulumi";
import type { LinkArgs, Macvlan, MacvlanArgs, Macvtap, MacvtapArgs } from "../../../sdk";
import type {
  Connection,
  LinkSettings,
  LinkState,
  Switches,
  Tap,
} from "../../../provider/link/model";
import type { ConnectionArgs } from "../../../sdk/connection-args";
import type { TapArgs } from "../../../sdk/link-args";

/** Of both at once: `[]` keeps a union from being taken apart. */
type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;
type Holds<T extends true> = T;

type BesideProperties = "connection" | Exclude<keyof Switches, "deleteInUse">;
type OfMacvtapOnly = "tap" | "deleteInUse";
type OfMacvlanOnly = "bridge";

/** An argument for each property, and nothing that is none. */
export type Arguments = [
  Holds<
    Same<
      keyof MacvtapArgs,
      Exclude<keyof LinkSettings, OfMacvlanOnly> | BesideProperties | OfMacvtapOnly
    >
  >,
  Holds<Same<keyof MacvlanArgs, Exclude<keyof LinkSettings, OfMacvtapOnly> | BesideProperties>>,
  Holds<Same<keyof LinkArgs, Exclude<keyof MacvlanArgs, OfMacvlanOnly>>>,
  Holds<Same<keyof TapArgs, keyof Tap>>,
  Holds<Same<keyof ConnectionArgs, keyof Connection>>,
];

/** What a program may give without knowing it yet. */
type Known<T> = T extends pulumi.Input<infer V> ? Exclude<V, undefined> : never;
/** Properties whose argument takes other spellings than the kernel's. */
type Spelled =
  | ("lowerNetns" | "netns" | "tap" | "sourceMacAddresses" | "altNames")
  | ("addresses" | "routes" | "sysctls");

/** The argument of a property takes the values of the property. */
type Misfit<K extends keyof LinkSettings = Exclude<keyof LinkSettings, Spelled>> = {
  [N in K]: Same<Known<(MacvtapArgs & MacvlanArgs)[N]>, LinkSettings[N]> extends true ? never : N;
}[K];
export type Values = Holds<Same<Misfit, never>>;

type OutputsOf<Link> = {
  [K in keyof Link]: Link[K] extends pulumi.Output<unknown> ? K : never;
}[keyof Link];
/** Pulumi's own. */
type OfEveryResource = "id" | "urn";
/** Kept between runs, and of no use to a program. */
type Kept =
  | "version"
  | "kind"
  | "identity"
  | "machine"
  | keyof Switches
  | "connection"
  | "declared"
  | "adoptedMac"
  | "sysctlsBefore"
  | "markLost"
  | "lowerMtu"
  | "bootId";
type OfMacvtap = "tap" | "tapDevice" | "tapMajor" | "tapMinor";
/** Made of other outputs. */
type Derived = "qemuArgs" | "libvirtInterfaceXml" | "lxcConfig";
type State = Exclude<keyof LinkState, Kept>;

/** An output for everything in the state that is of use to a program, each on its own kind of link. */
export type Outputs = [
  Holds<Same<Exclude<OutputsOf<Macvlan>, OfEveryResource | Derived>, Exclude<State, OfMacvtap>>>,
  Holds<
    Same<Exclude<OutputsOf<Macvtap>, OfEveryResource | Derived>, Exclude<State, OfMacvlanOnly>>
  >,
];
