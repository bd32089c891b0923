/** Compiled, not run: fails to compile when a connection of `@pulumi/command` is none of ours. */
import type * as pulumi from "@pulumi/pulumi";
import type { remote } from "@pulumi/command/types/input";
import type { ConnectionArgs, HopArgs, MacvlanArgs } from "../../../sdk";
import type { Connection, SshHop } from "../../../provider/link/model";

type Holds<T extends true> = T;
type Takes<Ours, Theirs> = [Theirs] extends [Ours] ? true : false;

/** One value serves both packages, known at once or later. */
export type Shared = [
  Holds<Takes<ConnectionArgs, remote.ConnectionArgs>>,
  Holds<Takes<HopArgs, remote.ProxyConnectionArgs>>,
  Holds<Takes<MacvlanArgs["connection"], pulumi.Input<remote.ConnectionArgs> | string>>,
];

/** A name that theirs has and ours has not would be assignable all the same. */
export type Named = [
  Holds<Takes<keyof Connection, keyof remote.ConnectionArgs>>,
  Holds<Takes<keyof SshHop, keyof remote.ProxyConnectionArgs>>,
  Holds<Takes<keyof SshHop, keyof HopArgs>>,
  Holds<Takes<keyof HopArgs, keyof SshHop>>,
];
