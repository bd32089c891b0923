import { HostError } from "../../errors";
import type { LinkHost } from "../../host/link-host";
import type { Namespace } from "../../host/namespaces";
import type { Device } from "../../link/causes";
import type { ObservedPort, PortInputs } from "../../port/model";
import { fromAttributes } from "../../port/properties";

/** A port, or why there is none. */
export type Look =
  | { readonly beside: Namespace; readonly port: ObservedPort }
  | { readonly property: "device" | "netns"; readonly reason: string; readonly cure: string };

export const operationOn = (verb: string, { device }: Pick<PortInputs, "device">): string =>
  `${verb} the bridge port ${device}`;

export async function lookAtPort(
  host: LinkHost,
  { netns, device: name }: Pick<PortInputs, "netns" | "device">,
): Promise<Look> {
  const beside = await host.namespace(netns);
  const device = await host.device(beside, { name });
  const why = device === undefined ? `there is no device "${name}"` : notAPort(device);
  if (device === undefined || why !== undefined)
    return {
      property: "device",
      reason: why ?? "",
      cure: `Put it into a bridge first ("ip link set ${name} master br0"); if another resource of the program does, say so with dependsOn`,
    };
  const { port: attributes = {} } = device;
  const backup = attributes.IFLA_BRPORT_BACKUP_PORT;
  const [master, other] = await Promise.all([
    host.device(beside, { ifindex: device.master ?? 0 }),
    backup === undefined ? undefined : host.device(beside, { ifindex: backup }),
  ]);
  const port = {
    name: device.settings.name,
    ifindex: device.ifindex,
    bridge: master?.settings.name ?? "",
    bridgeIfindex: device.master ?? 0,
    settings: fromAttributes(attributes, other?.settings.name),
  };
  return { beside, port };
}

function notAPort({ slaveKind, master, settings: { name } }: Device): string | undefined {
  if (slaveKind === "bridge") return undefined;
  return master === undefined
    ? `"${name}" is no port of a bridge`
    : `"${name}" belongs to a ${slaveKind ?? "device"} that is no bridge of Linux's own`;
}

/** A port that stands in for another, by its number, or why it cannot: the kernel says no more than a number. */
export async function lookAtBackup(
  host: LinkHost,
  beside: Namespace,
  { name, bridge, bridgeIfindex }: ObservedPort,
  backup: string,
): Promise<{ readonly ifindex: number } | { readonly reason: string }> {
  if (backup === "") return { ifindex: 0 };
  if (backup === name) return { reason: `"${backup}" cannot be its own backup` };
  const device = await host.device(beside, { name: backup });
  if (device === undefined) return { reason: `There is no device "${backup}"` };
  return device.slaveKind === "bridge" && device.master === bridgeIfindex
    ? device
    : { reason: `"${backup}" is no port of ${bridge}, the bridge of ${name}` };
}

export async function existingPort(
  host: LinkHost,
  inputs: Pick<PortInputs, "netns" | "device">,
  operation: string,
): Promise<Extract<Look, { port: ObservedPort }>> {
  const look = await lookAtPort(host, inputs);
  if ("port" in look) return look;
  const { property, reason, cure } = look;
  const cause = `${property}: ${reason}`;
  throw new HostError({ kind: "missing", operation, host: host.label, cause, cure });
}
