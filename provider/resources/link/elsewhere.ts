import { HostError, isHostError } from "../../errors";
import { devicesEverywhere } from "../../host/everywhere";
import type { LinkHost } from "../../host/link-host";
import type { Namespace, Place } from "../../host/namespaces";
import { namespaceIdIn } from "../../host/route-answers";
import type { Device } from "../../link/causes";
import { having, MARK, named } from "../../link/having";
import type { LinkInputs } from "../../link/model";
import { sameNetns } from "../../link/wanted";
import { lowerDeviceOf } from "./lower-device";

type Sought = Pick<LinkInputs, "kind" | "identity" | "lowerDevice" | "lowerNetns" | "macAddress">;

export interface Elsewhere {
  readonly place: Place;
  readonly link: Device;
  /** Where it is, and under which name: "was moved to …, where it is called eth0". */
  readonly whereabouts: string;
}

/**
 * A link that its consumer took into a namespace of his own (LXC `phys`, `ip link set netns`): our
 * mark, and the kind, MAC address and lower device that were saved. All of them, since the new link
 * of a replacement has the mark too.
 */
export async function findElsewhere(host: LinkHost, link: Sought): Promise<Elsewhere | undefined> {
  const below = await namespaceOf(host, link);
  if (below === undefined) return undefined;
  const lower = await lowerDeviceOf(host, { below, beside: below }, link.lowerDevice);
  if (lower === undefined) return undefined;
  const isIt = (device: Device): boolean =>
    device.mark === link.identity.mark &&
    device.kind === link.kind &&
    device.settings.macAddress === (link.macAddress ?? link.identity.macAddress) &&
    device.lowerIfindex === lower.ifindex;
  for (const { path, namespace, devices } of await devicesEverywhere(host)) {
    const seen = devices.find(isIt);
    if (seen === undefined) continue;
    const [now, id] = await Promise.all([
      host.device(namespace, { ifindex: seen.ifindex }),
      isSame(namespace, below) ? undefined : namespaceIdIn(host, namespace, below),
    ]);
    if (now === undefined || !isIt(now) || now.lowerNetnsId !== id) continue;
    const whereabouts = `was moved to ${inWords(path)}, where it is called ${now.settings.name}`;
    return { place: { below, beside: namespace }, link: now, whereabouts };
  }
  return undefined;
}

/** Whether the link that the state has is not where it was, though the program still wants it there. */
export function isAbsent(old: LinkInputs, now: LinkInputs, beside: readonly Device[]): boolean {
  return (
    sameNetns(old.netns ?? old.lowerNetns, now.netns ?? now.lowerNetns) &&
    old.kind === now.kind &&
    having(beside, MARK, old.identity.mark).length === 0 &&
    named(beside, old.name) === undefined
  );
}

/** What a preview says of a link that is not where it was: the engine asks nobody where nothing changes. */
export async function whereIs(host: LinkHost, old: LinkInputs): Promise<string> {
  const elsewhere = await findElsewhere(host, old);
  return elsewhere === undefined
    ? "is no longer there; pulumi up --refresh makes it anew"
    : `${elsewhere.whereabouts}; it is left as it is`;
}

/** One line under the stack. */
export function noteElsewhere(name: string, { whereabouts }: Elsewhere): void {
  console.log(
    `pulumi-macvlan: ${name} ${whereabouts}; it is left as it is, and deleted with its resource.`,
  );
}

export function isElsewhere(
  host: LinkHost,
  operation: string,
  { whereabouts }: Elsewhere,
): HostError {
  return new HostError({
    kind: "missing",
    operation,
    host: host.label,
    cause: `the link ${whereabouts}, and whoever uses it there has it as he wants it`,
    cure: "Bring it back first (stop the container that took it), and run it again",
  });
}

async function namespaceOf(host: LinkHost, { lowerNetns }: Sought): Promise<Namespace | undefined> {
  try {
    return await host.namespace(lowerNetns);
  } catch (error) {
    if (isHostError(error) && error.kind === "missing") return undefined;
    throw error;
  }
}

const isSame = (a: Namespace, b: Namespace): boolean =>
  a.inode === b.inode && a.device === b.device;

function inWords(path: string): string {
  const [, name] = /^\/run\/netns\/(.+)$/.exec(path) ?? [];
  const [, pid] = /^\/proc\/(\d+)\//.exec(path) ?? [];
  if (name !== undefined) return `the network namespace ${name}`;
  return pid === undefined ? path : `the network namespace of process ${pid}`;
}
