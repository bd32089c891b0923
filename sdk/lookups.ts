/** What is on a host, for programs that build on it. Nothing is changed, also at preview. */
import * as pulumi from "@pulumi/pulumi";
import { configFrom } from "../provider/config";
import { messageOf } from "../provider/errors";
import type { Kind, Mode, Netns } from "../provider/link/model";
import type * as Lookup from "../provider/lookup";
import type { LinkDetails, LinkInfo, LowerDeviceInfo } from "../provider/lookup";
import type { ConnectionArgs } from "./connection-args";
import { runError } from "./run-error";

export type { LinkDetails, LinkElsewhere, LinkInfo, LowerDeviceInfo } from "../provider/lookup";

/** Where to look. */
export interface LookupArgs {
  /** How the host is reached; a text is an alias of ssh_config. Omitted: this machine. */
  connection?: pulumi.Unwrap<ConnectionArgs> | string;
  /** Network namespace. Omitted: the host's own. */
  netns?: Netns;
}

export interface GetLinkArgs extends LookupArgs {
  /** Name of the link, or one of its alternative names. */
  name: string;
}

export interface GetLinksArgs extends LookupArgs {
  lowerDevice?: string;
  kind?: Kind;
  mode?: Mode;
}

export interface GetLowerDeviceArgs extends LookupArgs {
  /** Name of the device, or one of its alternative names. */
  name: string;
}

type Inputs<T> = { [K in keyof T]: pulumi.Input<T[K]> };

// What speaks with hosts is loaded by programs that look something up, and by no others.
const lookup = (): typeof Lookup =>
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  require("../provider/lookup") as typeof Lookup;
const config = configFrom({ get: (key) => pulumi.runtime.getConfig(key) });

async function told<T>(looking: Promise<T>): Promise<T> {
  try {
    return await looking;
  } catch (error) {
    throw runError(messageOf(error));
  }
}

/** A macvlan or macvtap, whoever made it, with its routes and its tap device. Rejects where there is none of that name. */
export function getLink(args: GetLinkArgs): Promise<LinkDetails> {
  return told(lookup().findLink(args, config));
}

/** The macvlans and macvtaps of a namespace, all of them or those that fit. */
export async function getLinks(args: GetLinksArgs = {}): Promise<LinkInfo[]> {
  return [...(await told(lookup().findLinks(args, config)))];
}

/** A device to put links on: its MTU and state, whether it is wireless or a bridge's port, and the links on it. Rejects where there is none. */
export function getLowerDevice(args: GetLowerDeviceArgs): Promise<LowerDeviceInfo> {
  return told(lookup().findLowerDevice(args, config));
}

/** `getLink` for what is known later: it looks once its arguments are. */
export function getLinkOutput(args: Inputs<GetLinkArgs>): pulumi.Output<LinkDetails> {
  return pulumi.output(args).apply((known) => getLink(known as GetLinkArgs));
}

/** `getLinks` for what is known later. */
export function getLinksOutput(args: Inputs<GetLinksArgs> = {}): pulumi.Output<LinkInfo[]> {
  return pulumi.output(args).apply((known) => getLinks(known as GetLinksArgs));
}

/** `getLowerDevice` for what is known later. */
export function getLowerDeviceOutput(
  args: Inputs<GetLowerDeviceArgs>,
): pulumi.Output<LowerDeviceInfo> {
  return pulumi.output(args).apply((known) => getLowerDevice(known as GetLowerDeviceArgs));
}
