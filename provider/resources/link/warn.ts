import type { LinkHost } from "../../host/link-host";
import type { Namespace } from "../../host/namespaces";
import { type Device, lowerDeviceIn, type Snapshot } from "../../link/causes";
import type { LinkInputs } from "../../link/model";
import { warningsOf } from "../../link/warnings";
import type { Config } from "../../request";

// Check runs twice for a resource that is replaced.
const said = new Set<string>();
const wireless = new WeakMap<LinkHost, Map<string, Promise<boolean>>>();

/** Says, once in a run, where a link is about to disappoint. */
export async function warn(
  host: LinkHost,
  below: Namespace,
  inputs: LinkInputs,
  snapshot: Snapshot,
  config: Config,
): Promise<void> {
  if (config("warnings") === "off") return;
  const lower = lowerDeviceIn(snapshot.below, inputs.lowerDevice);
  const isWireless = lower && (await isWirelessCard(host, below, lower));
  for (const warning of warningsOf(inputs, { ...snapshot, isWireless })) {
    const line = `pulumi-macvlan: WARNING: ${inputs.name}: ${warning}.`;
    if (said.has(line)) continue;
    said.add(line);
    console.log(line);
  }
}

/** Only a card of its own can be one, and asking costs the host a process. */
function isWirelessCard(host: LinkHost, below: Namespace, lower: Device): Promise<boolean> {
  if (lower.kind !== undefined || lower.loopback) return Promise.resolve(false);
  const known = wireless.get(host) ?? new Map<string, Promise<boolean>>();
  wireless.set(host, known);
  const key = `${below.inode} ${lower.ifindex}`;
  const look = known.get(key) ?? host.isWireless(below, lower.settings.name).catch(() => false);
  known.set(key, look);
  return look;
}
