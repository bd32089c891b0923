import * as pulumi from "@pulumi/pulumi";
import type { AddrGenMode, AdminState, Kind, LinkState, Mode, Netns } from "../provider/link/model";
import { PROPERTY_NAMES } from "../provider/link/properties";
import { withSecrets } from "./connection-secrets";
import { hostsAhead } from "./hosts-ahead";
import type { LinkArgs } from "./link-args";

/**
 * What Pulumi keeps in place of the provider's code: a constant, however many resources there are,
 * whoever installed the package and how. A contract for ever (see `provider/dynamic.ts`).
 */
const PROVIDER = 'exports.handler=()=>require("pulumi-macvlan/provider/dynamic")';

/** Known only after the kernel was asked. An output must be named here to be one. */
const KERNEL_OUTPUTS = [
  "ifindex",
  "operState",
  "actualLowerDevice",
  "usedBroadcastQueueLength",
] as const;

/**
 * What macvlan and macvtap have in common, which is all but the tap device. It has no constructor: where
 * in the program a resource stands, Pulumi tells by the frame above that of the first one below its own.
 */
export abstract class Link extends pulumi.CustomResource {
  /** As the kernel holds them, not as they were declared. */
  declare readonly lowerDevice: pulumi.Output<string>;
  declare readonly lowerNetns: pulumi.Output<Netns | undefined>;
  declare readonly netns: pulumi.Output<Netns | undefined>;
  declare readonly name: pulumi.Output<string>;
  declare readonly mode: pulumi.Output<Mode>;
  declare readonly macAddress: pulumi.Output<string>;
  /** Bytes. */
  declare readonly mtu: pulumi.Output<number>;
  /** Packets. */
  declare readonly txQueueLength: pulumi.Output<number>;
  declare readonly numTxQueues: pulumi.Output<number>;
  declare readonly numRxQueues: pulumi.Output<number>;
  declare readonly adminState: pulumi.Output<AdminState>;
  declare readonly addrGenMode: pulumi.Output<AddrGenMode | undefined>;
  declare readonly noPromisc: pulumi.Output<boolean | undefined>;
  declare readonly noDst: pulumi.Output<boolean | undefined>;
  /** Packets that this link asks for. */
  declare readonly broadcastQueueLength: pulumi.Output<number | undefined>;
  declare readonly broadcastLimit: pulumi.Output<number | undefined>;
  declare readonly sourceMacAddresses: pulumi.Output<string[]>;
  declare readonly group: pulumi.Output<number>;
  /** The user's part of the alias, without our mark. */
  declare readonly alias: pulumi.Output<string>;
  declare readonly altNames: pulumi.Output<string[]>;
  /** The link's number in its namespace, for this boot. */
  declare readonly ifindex: pulumi.Output<number>;
  /** RFC 2863, as `ip` prints it: "UP", "LOWERLAYERDOWN", … */
  declare readonly operState: pulumi.Output<string>;
  /** The device that the link really stands on: a macvlan on a macvlan stands on what is below. */
  declare readonly actualLowerDevice: pulumi.Output<string>;
  /** Packets; the largest `broadcastQueueLength` on the lower device. */
  declare readonly usedBroadcastQueueLength: pulumi.Output<number | undefined>;
}

/** What each class of links says of itself. */
export interface LinkClass {
  readonly type: string;
  readonly kind: Kind;
  /** Beside those that every link has. */
  readonly outputs: readonly (keyof LinkState)[];
}

/** What Pulumi's own constructor is to be called with. */
export function registrationOf(
  { type, kind, outputs }: LinkClass,
  name: string,
  args: LinkArgs,
  opts: pulumi.CustomResourceOptions = {},
): [type: string, name: string, inputs: pulumi.Inputs, opts: pulumi.CustomResourceOptions] {
  const unknown = Object.fromEntries(
    [...PROPERTY_NAMES, ...KERNEL_OUTPUTS, ...outputs].map((output) => [output, undefined]),
  );
  // One that waits for others may be on a host that is not there yet.
  const waits = waitsForOthers(opts);
  const ahead = waits ? undefined : hostsAhead(args.connection);
  const inputs = {
    ...unknown,
    ...args,
    ...(args.connection !== undefined && { connection: withSecrets(args.connection) }),
    kind,
    // Handlers are not told who asks; name, MAC address and mark are made from it.
    resourceUrn: pulumi.createUrn(name, type, opts.parent),
    ...(waits && { waits }),
    ...(ahead !== undefined && { hostsAhead: ahead }),
    __provider: PROVIDER,
  };
  // Old and new would have one name: with --replace the engine asks nobody and would make the new link first.
  return [type, name, inputs, { deleteBeforeReplace: true, ...opts }];
}

/**
 * Pulumi makes four promises for each property and notes for each where it was made, through ts-node's
 * source maps: 20 ms for a link's 35 properties, a third of a run. Only its report of leaked promises
 * reads it. Ends when the answer is called.
 */
export function withoutTraces(): () => void {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  return () => {
    Error.stackTraceLimit = stackTraceLimit;
  };
}

/** What the program makes first may change the host that check looks at. */
function waitsForOthers({ dependsOn }: pulumi.CustomResourceOptions): boolean {
  return Array.isArray(dependsOn) ? dependsOn.length > 0 : dependsOn !== undefined;
}
