/** Programs that set up devices by themselves, and how to keep them off ours. */

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
  readonly keepOff: (device: string) => string;
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
    keepOff: (device) =>
      `in /etc/systemd/network/10-pulumi-macvlan.network write the lines [Match], Name=${device}, [Link], Unmanaged=yes; then "networkctl reload"`,
  },
  {
    name: "NetworkManager",
    comm: "NetworkManager",
    notes: "run/NetworkManager/devices",
    hold: (note) => (/^managed=true$/m.test(note) ? "" : undefined),
    keepOff: (device) =>
      `in /etc/NetworkManager/conf.d/pulumi-macvlan.conf write the lines [keyfile], unmanaged-devices=interface-name:${device}; then "nmcli general reload"`,
  },
];

/** One line, that begins with the device. */
export function warningOfHold({ manager, device, isLower, by }: Held, link: string): string {
  const { keepOff } = MANAGERS.find(({ name }) => name === manager) ?? { keepOff: String };
  const how = by === undefined || by === "" ? "" : ` (by ${by})`;
  return isLower
    ? `${device}: ${manager} manages this lower device${how}, and may take its links too, or change its state and MTU under them. To keep it off the links: ${keepOff(link)}`
    : `${device}: ${manager} manages this link too${how}, and gives it addresses and routes of its own. To keep it off: ${keepOff(device)}`;
}
