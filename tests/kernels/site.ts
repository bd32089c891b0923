/** Where is measured: this machine's kernel or another one's, and a namespace with a lower device there. */
import { AssertionError } from "node:assert";
import { inspect } from "node:util";
import { isHostError, messageOf } from "../../provider/errors";
import type { CheckFailure } from "../../provider/link/check";
import type { Connection } from "../../provider/link/model";
import { errnoName } from "../../provider/netlink/errno";

import type { KernelLab } from "../support/kernel-lab";

export interface Site {
  readonly lab: KernelLab;
  readonly connection: Connection | undefined;
}

/** What came of a measurement: it works, this kernel has no such thing, or why it does not work. */
export type Verdict = "yes" | "not there" | `no: ${string}`;

/** Thrown where the kernel, or its modules, do not have what is asked about. */
export class NotThere extends Error {}

/** A fresh namespace, and how a program says where its links are. */
export function place({ lab, connection }: Site): {
  readonly netns: string;
  readonly where: { readonly lowerDevice: string; readonly lowerNetns: string };
} {
  const netns = lab.namespace();
  const reached = connection === undefined ? {} : { connection };
  return { netns, where: { lowerDevice: "lower", lowerNetns: netns, ...reached } };
}

/** The lower device that every kernel has. */
export function veth(site: Site, netns: string): void {
  ip(
    site,
    netns,
    "link add lower type veth peer name wire",
    "link set lower up",
    "link set wire up",
  );
}

const BATCH = 'netns=$1; shift; printf "%s\\n" "$@" | ip -n "$netns" -batch -';

/** Lines of `ip`, in one go; throws `NotThere` where there is no such kind of device. */
export function ip({ lab }: Site, netns: string, ...lines: readonly string[]): void {
  try {
    lab.run("sh", ["-c", BATCH, "sh", netns, ...lines]);
  } catch (error) {
    if (/Unknown device type|Operation not supported/.test(messageOf(error))) throw new NotThere();
    throw error;
  }
}

export async function judge(work: () => Promise<void>): Promise<Verdict> {
  try {
    await work();
    return "yes";
  } catch (error) {
    return error instanceof NotThere ? "not there" : `no: ${inShort(error)}`;
  }
}

/** Without what differs from run to run: the host's port, the namespace's number. */
function inShort(error: unknown): string {
  return said(error)
    .replace(/^Cannot .*? on (127\.0\.0\.1:\d+|this machine): /, "")
    .replace(/lab\d+-\d+/g, "of the test")
    .replace(/\. (The kernel took|Use|Choose) .*/, "");
}

function said(error: unknown): string {
  if (isHostError(error)) {
    const { errno, failure } = error;
    return `${failure.cause}${errno === undefined ? "" : ` (${errnoName(errno)})`}`;
  }
  if (!(error instanceof AssertionError) || !error.generatedMessage)
    return messageOf(error).split("\n")[0] ?? "";
  const { actual, expected } = error;
  return Array.isArray(actual) && actual.every(isCheckFailure)
    ? actual.map(({ property, reason }) => `${property}: ${reason}`).join(" ")
    : `${inspect(actual)} instead of ${inspect(expected)}`.replace(/\s+/g, " ");
}

/** What a preview refuses, and `LinkResource` takes for a failure. */
function isCheckFailure(value: unknown): value is CheckFailure {
  return typeof value === "object" && value !== null && "reason" in value;
}
