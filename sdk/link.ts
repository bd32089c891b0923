import * as pulumi from "@pulumi/pulumi";
import type { AddrGenMode, Address, AdminState, Arp, LinkState } from "../provider/link/model";
import type { Mode, Netns, Route, Sysctls } from "../provider/link/model";
import { ALWAYS_SAVED, QUIET_NAMES, RECORD } from "../provider/link/output-names";
import type * as SavedForm from "../provider/link/saved-form";
import { withSecrets } from "./connection-secrets";
import { hostsAhead } from "./hosts-ahead";
import type { LinkArgs } from "./link-args";

/**
 * What Pulumi keeps in place of the provider's code: a constant, however many resources there are,
 * whoever installed the package and how. A contract for ever (see `provider/dynamic.ts`).
 */
const PROVIDER = 'exports.handler=()=>require("pulumi-macvlan/provider/dynamic")';

/** What macvlan and macvtap have in common, which is all but the tap device. */
export interface Link extends pulumi.CustomResource {
  /** As the kernel holds them, not as they were declared. */
  readonly lowerDevice: pulumi.Output<string>;
  readonly lowerNetns: pulumi.Output<Netns | undefined>;
  readonly netns: pulumi.Output<Netns | undefined>;
  readonly name: pulumi.Output<string>;
  readonly mode: pulumi.Output<Mode>;
  readonly macAddress: pulumi.Output<string>;
  /** Bytes. */
  readonly mtu: pulumi.Output<number>;
  /** Packets. */
  readonly txQueueLength: pulumi.Output<number>;
  readonly numTxQueues: pulumi.Output<number>;
  readonly numRxQueues: pulumi.Output<number>;
  readonly adminState: pulumi.Output<AdminState>;
  readonly addrGenMode: pulumi.Output<AddrGenMode | undefined>;
  readonly noPromisc: pulumi.Output<boolean | undefined>;
  readonly noDst: pulumi.Output<boolean | undefined>;
  /** Packets that this link asks for. */
  readonly broadcastQueueLength: pulumi.Output<number | undefined>;
  readonly broadcastLimit: pulumi.Output<number | undefined>;
  readonly sourceMacAddresses: pulumi.Output<string[]>;
  readonly group: pulumi.Output<number>;
  /** The user's part of the alias, without our mark. */
  readonly alias: pulumi.Output<string>;
  readonly altNames: pulumi.Output<string[]>;
  /** Those that are declared, as far as the kernel has them. */
  readonly addresses: pulumi.Output<Address[] | undefined>;
  readonly routes: pulumi.Output<Route[] | undefined>;
  readonly arp: pulumi.Output<Arp | undefined>;
  readonly sysctls: pulumi.Output<Sysctls | undefined>;
  /** The link's number in its namespace, for this boot. */
  readonly ifindex: pulumi.Output<number>;
  /** RFC 2863, as `ip` prints it: "UP", "LOWERLAYERDOWN", … */
  readonly operState: pulumi.Output<string>;
  /** The device that the link really stands on: a macvlan on a macvlan stands on what is below. */
  readonly actualLowerDevice: pulumi.Output<string>;
  /** Packets; the largest `broadcastQueueLength` on the lower device. */
  readonly usedBroadcastQueueLength: pulumi.Output<number | undefined>;
}

/**
 * What the classes of links extend: Pulumi's own class, and none of ours between, since Pulumi takes the
 * line above that of the first class below its own for the one where the program makes the resource.
 */
export const LinkBase = pulumi.CustomResource as unknown as new (
  type: string,
  name: string,
  inputs: pulumi.Inputs,
  opts: pulumi.CustomResourceOptions,
) => Link;

// The whole table of properties comes with it: loaded when such an output is looked at.
const savedForm = (): typeof SavedForm =>
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  require("../provider/link/saved-form") as typeof SavedForm;

/**
 * Gives the links of a class the outputs that their program does not declare. Pulumi makes four promises
 * for each output that it is told of, and most are never looked at: these are made when they are.
 */
export function withQuietOutputs(links: { readonly prototype: Link }): void {
  for (const name of QUIET_NAMES)
    Object.defineProperty(links.prototype, name, {
      configurable: true,
      get(this: Link & { readonly [RECORD]: pulumi.Output<string | undefined> }) {
        return pulumi
          .all([this[RECORD], this.lowerDevice])
          .apply(([record, lowerDevice]) => savedForm().quietOutput(record, lowerDevice, name));
      },
      // Pulumi's, for a declared one.
      set(this: Link, value: unknown) {
        const how = { configurable: true, enumerable: true, writable: true };
        Object.defineProperty(this, name, { ...how, value });
      },
    });
}

/** What each class of links says of itself. */
export interface LinkClass {
  readonly type: string;
  /** Beside those that every link has. */
  readonly outputs: readonly (keyof LinkState)[];
}

/** What Pulumi's own constructor is to be called with. */
export function registrationOf(
  { type, outputs }: LinkClass,
  name: string,
  args: LinkArgs,
  opts: pulumi.CustomResourceOptions = {},
): [type: string, name: string, inputs: pulumi.Inputs, opts: pulumi.CustomResourceOptions] {
  // An output must be named here to be one.
  const unknown = Object.fromEntries(
    [...ALWAYS_SAVED, RECORD, ...outputs].map((output) => [output, undefined]),
  );
  const inputs = { ...unknown, ...inputsFor({ type, provider: PROVIDER }, name, args, opts) };
  // Old and new would have one name: with --replace the engine asks nobody and would make the new link first.
  return [type, name, inputs, { deleteBeforeReplace: true, ...opts }];
}

/** What the handlers of every type are to know, beside what the program says. */
export function inputsFor(
  { type, provider }: { readonly type: string; readonly provider: string },
  name: string,
  args: Pick<LinkArgs, "connection">,
  opts: pulumi.CustomResourceOptions,
): pulumi.Inputs {
  // One that waits for others may be on a host that is not there yet.
  const waits = waitsForOthers(opts);
  const ahead = waits ? undefined : hostsAhead(args.connection);
  return {
    ...args,
    ...(args.connection !== undefined && { connection: withSecrets(args.connection) }),
    // Handlers are not told who asks; kind, name, MAC address and mark are made from it.
    resourceUrn: pulumi.createUrn(name, type, opts.parent),
    ...(waits && { waits }),
    ...(ahead !== undefined && { hostsAhead: ahead }),
    __provider: provider,
  };
}

/** What the program makes first may change the host that check looks at. */
function waitsForOthers({ dependsOn }: pulumi.CustomResourceOptions): boolean {
  return Array.isArray(dependsOn) ? dependsOn.length > 0 : dependsOn !== undefined;
}
