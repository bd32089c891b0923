import type { LinkHost } from "../../host/link-host";
import type { Namespace } from "../../host/namespaces";
import { type Device, lowerDeviceIn, type Snapshot } from "../../link/causes";
import { named } from "../../link/having";
import type { LinkInputs } from "../../link/model";
import { warningOfHold } from "../../link/managers";
import { warningsOf } from "../../link/warnings";
import type { Config } from "../../request";
import { dockerOn, holdsOn } from "./held";

// Check runs twice for a resource that is replaced.
const said = new Set<string>();
const wireless = new WeakMap<LinkHost, Map<string, Promise<boolean>>>();

/** Says, once in a run, where a link is about to disappoint. */
export async function warn(
  host: LinkHost,
  { below, beside }: { readonly below: Namespace; readonly beside: Namespace },
  inputs: LinkInputs,
  snapshot: Snapshot,
  config: Config,
  who: string,
): Promise<void> {
  if (config("warnings") === "off") return;
  const lower = lowerDeviceIn(snapshot.below, inputs.lowerDevice);
  const isWireless = lower && (await isWirelessCard(host, below, lower));
  for (const warning of warningsOf(inputs, { ...snapshot, isWireless }))
    sayOnce(`${who}: ${warning}.`);
  const link = named(snapshot.beside, inputs.name);
  const holds = await Promise.all([
    ...(link === undefined ? [] : [holdsOn(host, beside, link, false)]),
    ...(lower === undefined ? [] : [holdsOn(host, below, lower, true)]),
  ]);
  // Of a lower device once, and not for each of its links.
  const sayOf = (manager: string, device: string, warning: string | undefined): void => {
    if (warning !== undefined) sayOnce(`${warning}.`, `${host.label} ${manager} ${device}`);
  };
  for (const held of holds.flat()) sayOf(held.manager, held.device, warningOfHold(held, inputs));
  if (lower !== undefined) sayOf("Docker", lower.settings.name, await dockerOn(host, below, lower));
}

function sayOnce(warning: string, key = warning): void {
  if (said.has(key)) return;
  said.add(key);
  console.log(`pulumi-macvlan: WARNING: ${warning}`);
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
