/** Who has a macvtap's tap device open: its guest, as a rule, which would be cut off with the link. */
import { HostError } from "../../errors";
import type { LinkHost, TapNode, TapUsers } from "../../host/link-host";
import type { Namespace } from "../../host/namespaces";
import type { Device } from "../../link/causes";
import type { CheckFailure } from "../../link/check";
import { replacedBy } from "../../link/cut-offs";
import { hostOf, isSameHost } from "../../link/host";
import type { LinkInputs, LinkState, Switches } from "../../link/model";
import { ownerOf } from "../../link/ownership";
import type { Config } from "../../request";

const NOBODY: TapUsers = { openers: [], hidden: false };

type Numbers = Pick<TapNode, "major" | "minor">;

async function usersOf(
  host: LinkHost,
  beside: Namespace,
  link: Device,
  known?: Numbers,
): Promise<TapUsers> {
  if (link.kind !== "macvtap") return NOBODY;
  const { major, minor } = known ?? (await host.tap(beside, link.settings.name, link.ifindex));
  return host.tapUsers(major, minor);
}

/** They are the device's own as long as the host is up. */
export function numbersIn(
  { tapMajor: major, tapMinor: minor, bootId }: LinkState,
  host: LinkHost,
): Numbers | undefined {
  const isKnown = major !== undefined && minor !== undefined && bootId === host.bootId;
  return isKnown ? { major, minor } : undefined;
}

const say = ({ openers }: TapUsers): string =>
  openers.map(({ pid, comm }) => `${comm} (pid ${pid})`).join(", ");

const isAllowed = ({ deleteInUse }: Switches, config: Config): boolean =>
  deleteInUse === true || config("deleteInUse") === "true";

const CURE =
  "Stop it first, or set deleteInUse: true; for one destroy, PULUMI_MACVLAN_DELETE_IN_USE=true does";

/** Throws where a program would be cut off by the link's deletion, and nobody has said that it may be. */
export async function refuseInUse(
  host: LinkHost,
  beside: Namespace,
  link: Device,
  { switches, operation, config }: { switches: Switches; operation: string; config: Config },
  known?: Numbers,
): Promise<void> {
  if (link.kind !== "macvtap" || isAllowed(switches, config)) return;
  const users = await usersOf(host, beside, link, known);
  if (users.openers.length === 0) return;
  const cause = `deleteInUse: ${say(users)} holds the tap device /dev/tap${link.ifindex} open, and would be cut off`;
  throw new HostError({ kind: "refused", operation, host: host.label, cause, cure: CURE });
}

/** The same at preview, of a link that would be replaced. */
export async function foreseenUse(
  host: LinkHost,
  inputs: LinkInputs,
  before: LinkInputs | undefined,
  config: Config,
): Promise<CheckFailure[]> {
  if (before?.kind !== "macvtap" || isAllowed(inputs, config)) return [];
  const property = replacedBy(before, inputs);
  if (property === undefined || !isSameHost(hostOf(before), hostOf(inputs))) return [];
  const beside = await host.namespace(before.netns ?? before.lowerNetns).catch(() => undefined);
  const link = beside && (await host.device(beside, { name: before.name }));
  if (link === undefined || ownerOf(link, before.identity.mark) !== "ours") return [];
  const users = await usersOf(host, beside as Namespace, link);
  if (users.openers.length === 0) return [];
  const reason = `It would be deleted and made anew, and ${say(users)} holds its tap device /dev/tap${link.ifindex} open. ${CURE}`;
  return [{ property, reason }];
}

/** Frames go to whoever reads first, and anybody who has the device can send in the guest's name. */
export async function noteManyUsers(
  host: LinkHost,
  link: Device,
  tap: Numbers | undefined,
): Promise<void> {
  if (tap === undefined) return;
  const users = await host.tapUsers(tap.major, tap.minor);
  if (users.openers.length < 2) return;
  console.log(
    `pulumi-macvlan: WARNING: ${say(users)} have the tap device of ${link.settings.name} open; each takes frames away from the others and can send in their name.`,
  );
}
