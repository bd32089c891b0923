/** Programs that set up devices by themselves, and how to keep them off ours. docs/decisions/managers.md */
import type { LinkInputs } from "./model";

/** A device that such a program holds. */
export interface Held {
  readonly manager: string;
  readonly device: string;
  readonly isLower: boolean;
  /** The file by which it came to that, where it says so. */
  readonly by?: string | undefined;
}

interface Manager {
  readonly name: string;
  /** As the kernel cuts it. */
  readonly comm: string;
  /** Where it notes what it does with a device: a file each, called by the ifindex. */
  readonly notes: string;
  /** Undefined where it leaves the device alone; else by which file it does not, or "". */
  readonly hold: (note: string) => string | undefined;
  /** What it does to a link that it holds. */
  readonly harm: string;
  readonly keepOff: (device: string) => string;
  /** What it does to a link when it holds no more than what that stands on, with the cure. */
  readonly harmFromBelow?: (inputs: LinkInputs) => string | undefined;
}

// Neither note is an interface that its author promises: one that says something else counts as no hold.
export const MANAGERS: readonly Manager[] = [
  {
    name: "systemd-networkd",
    comm: "systemd-network",
    notes: "run/systemd/netif/links",
    hold: (note) =>
      /^ADMIN_STATE=(configuring|configured|failed)$/m.test(note)
        ? (/^NETWORK_FILE=(.*)$/m.exec(note)?.[1] ?? "")
        : undefined,
    harm: "gives it addresses and routes of its own, and takes the declared ones away whenever it configures it anew",
    keepOff: (device) =>
      `in /etc/systemd/network/10-pulumi-macvlan.network write the lines [Match], Name=${device}, [Link], Unmanaged=yes; then "networkctl reload"`,
    harmFromBelow: ({ arp }) =>
      arp === "own"
        ? `takes away the policy rules of others, and arp: "own" with them, whenever it configures it anew. To keep it from that: in /etc/systemd/networkd.conf.d/pulumi-macvlan.conf write the lines [Network], ManageForeignRoutingPolicyRules=no; then "systemctl restart systemd-networkd"`
        : undefined,
  },
  {
    name: "NetworkManager",
    comm: "NetworkManager",
    notes: "run/NetworkManager/devices",
    // With the profile of a device that it does not own, the device is "connected (externally)": left as it is.
    hold: (note) =>
      /^managed=true$/m.test(note) && !/^connection-uuid=(?!.*^nm-owned=true$)/ms.test(note)
        ? ""
        : undefined,
    harm: "takes it up, its link-local address away, and gives it addresses of its own where a profile fits",
    keepOff: (device) =>
      `in /etc/NetworkManager/conf.d/pulumi-macvlan.conf write the lines [keyfile], unmanaged-devices=interface-name:${device}; then "nmcli general reload"`,
  },
];

/** One line, that begins with the device; nothing where the link comes to no harm. */
export function warningOfHold(
  { manager, device, isLower, by }: Held,
  inputs: LinkInputs,
): string | undefined {
  const row = MANAGERS.find(({ name }) => name === manager);
  if (row === undefined) return undefined;
  const how = by === undefined || by === "" ? "" : ` (by ${by})`;
  if (!isLower)
    return `${device}: ${manager} manages this link too${how}, and ${row.harm}. To keep it off: ${row.keepOff(device)}`;
  const harm = row.harmFromBelow?.(inputs);
  return harm && `${device}: ${manager} manages this lower device${how}, and ${harm}`;
}
