import type { SshHop } from "../ssh-hop";
import type { ArpSeen } from "./arp";

export { HOST_KEY_POLICIES, type HostKeyPolicy, type SshHop } from "../ssh-hop";

/** The two kinds of link this package makes. They differ only in the tap device. */
export const KINDS = ["macvlan", "macvtap"] as const;
export type Kind = (typeof KINDS)[number];

export const MODES = ["vepa", "bridge", "private", "passthru", "source"] as const;
export type Mode = (typeof MODES)[number];

export const ADMIN_STATES = ["up", "down"] as const;
export type AdminState = (typeof ADMIN_STATES)[number];

export const ADDR_GEN_MODES = ["eui64", "none", "stable-privacy", "random"] as const;
export type AddrGenMode = (typeof ADDR_GEN_MODES)[number];

/**
 * A network namespace: its name under `/run/netns`, the process that lives in it, or a file that
 * refers to it. `inode` is what check saw behind a pid or a path: two pids of one namespace are no
 * difference, one pid used again is.
 */
export type Netns =
  | string
  | { readonly pid: number; readonly inode?: number }
  | { readonly path: string; readonly inode?: number };

/** Who may open the tap device. A user or group is a name of that host, or a number as text. */
export interface Tap {
  readonly owner?: string;
  readonly group?: string;
  /** Octal permission bits, four digits: "0660". */
  readonly mode?: string;
}

/** An address and its prefix length, "192.0.2.10/24"; an object where more is said of it. */
export type Address =
  | string
  | {
      readonly address: string;
      /** The other end of a point-to-point link. */
      readonly peer?: string;
      /** IPv4 only, at most 15 bytes. */
      readonly label?: string;
      /** IPv6 only: in use at once, without a look whether somebody else has it. */
      readonly noDad?: boolean;
      /** Never given, but found: somebody else on the network has it. */
      readonly dadFailed?: true;
    };

/** A route through the link. */
export interface Route {
  /** A network, "198.51.100.0/24"; all of them is "0.0.0.0/0" or "::/0". */
  readonly destination: string;
  readonly gateway?: string;
  /** Which of the host's addresses packets leave with. */
  readonly source?: string;
  /** 0 for IPv4 and 1024 for IPv6, where it is left out. */
  readonly metric?: number;
  /** 254, main, where it is left out. */
  readonly table?: number;
  /** The gateway is on the link, though no address there says so. */
  readonly onLink?: boolean;
}

export const ARPS = ["shared", "own"] as const;
export type Arp = (typeof ARPS)[number];

/** By name: "ipv4.arp_ignore". */
export type Sysctls = Readonly<Record<string, number>>;

/** Every property of a link, by the name a program uses. The table in `properties.ts` has a row for each. */
export interface LinkSettings {
  readonly lowerDevice: string;
  readonly lowerNetns: Netns;
  readonly netns: Netns;
  readonly name: string;
  readonly mode: Mode;
  readonly macAddress: string;
  readonly mtu: number;
  readonly txQueueLength: number;
  readonly numTxQueues: number;
  readonly numRxQueues: number;
  readonly adminState: AdminState;
  readonly addrGenMode: AddrGenMode;
  readonly noPromisc: boolean;
  readonly noDst: boolean;
  readonly broadcastQueueLength: number;
  readonly broadcastLimit: number;
  readonly sourceMacAddresses: readonly string[];
  readonly group: number;
  readonly alias: string;
  readonly altNames: readonly string[];
  readonly addresses: readonly Address[];
  readonly routes: readonly Route[];
  readonly sysctls: Sysctls;
  readonly bridge: string;
  readonly arp: Arp;
  readonly tap: Tap;
}

export type PropertyName = keyof LinkSettings;
export type Settings = Partial<LinkSettings>;

/** What tells a link of ours from anybody else's; made once in check and kept from then on. */
export interface Identity {
  /** Stands in the link's alias. A hash of the URN under which the link was first declared. */
  readonly mark: string;
  /** What the host was called when the link was first declared: `connection.id`, else `connection.host`, else a hash of this machine's machine-id. */
  readonly host: string;
  /** The name that was generated, when the program gives none. */
  readonly name?: string;
  /** The MAC address that was generated, when the program gives none. */
  readonly macAddress?: string;
}

/** How an agent is started on a host: by an SSH client of ours, the system's, or any other command. */
export type Launcher = "ssh2" | "openssh" | { readonly command: readonly string[] };

export const WHEN_UNREACHABLE = ["fail", "forget", "keep"] as const;
export type WhenUnreachable = (typeof WHEN_UNREACHABLE)[number];

/** How the host is reached: over SSH where `host` is given, by a launcher's command, else this machine. */
export interface Connection extends Partial<SshHop> {
  /** Jump hosts, the nearest first; none at all where it is empty. */
  readonly proxy?: readonly SshHop[];
  readonly launcher?: Launcher;
  /** Run the agent as root under sudo; a text is the password that it asks for. */
  readonly sudo?: boolean | string;
  readonly python?: string;
  /** Seconds for any one answer. */
  readonly deadline?: number;
  /** Seconds; 0 is off. */
  readonly keepalive?: number;
  readonly id?: string;
  readonly unreachable?: WhenUnreachable;
}

/** What a program says of the resource rather than of the link. */
export const SWITCHES = ["adopt", "exclusive", "announce", "deleteInUse"] as const;
export type Switches = { readonly [K in (typeof SWITCHES)[number]]?: boolean };

/** What check leaves of a program's arguments: legal, in one spelling, nothing filled in but name and MAC. */
export interface LinkInputs extends Settings, Switches {
  readonly kind: Kind;
  readonly lowerDevice: string;
  readonly name: string;
  readonly identity: Identity;
  /** The host as a hash of its machine-id, where check could ask for it and it is not `identity.host` itself. */
  readonly machine?: string;
  readonly connection?: Connection;
}

/** What is saved of a link: its settings as the kernel holds them, and what recognises it again. */
export interface LinkState extends Settings, Switches {
  /** The layout of this object; a reader of an older one upgrades it. */
  readonly version: 1;
  readonly kind: Kind;
  readonly lowerDevice: string;
  readonly name: string;
  readonly identity: Identity;
  readonly machine?: string;
  readonly connection?: Connection;
  /** Which properties the program gave: diff and read never see old inputs. */
  readonly declared: readonly string[];
  /** The MAC address that an adopted link was found with, which is kept unless the program gives one. */
  readonly adoptedMac?: string;
  /** What the declared sysctls were before. */
  readonly sysctlsBefore?: Sysctls;
  /** Somebody took our mark out of the alias; the next update puts it back. */
  readonly markLost?: true;
  readonly ifindex: number;
  readonly operState: string;
  readonly actualLowerDevice: string;
  readonly usedBroadcastQueueLength?: number;
  /** The lower device's MTU, against which an MTU that nobody declared is compared. */
  readonly lowerMtu: number;
  /** An ifindex means something only within one boot of the host. */
  readonly bootId: string;
  readonly tapDevice?: string;
  readonly tapMajor?: number;
  readonly tapMinor?: number;
}

/** A link as the kernel shows it. */
export interface ObservedLink {
  readonly ifindex: number;
  /** IFLA_INFO_KIND, or undefined for a device without one (a network card). */
  readonly kind: string | undefined;
  readonly settings: Settings & { readonly name: string };
  /** Our mark, when its alias has one. */
  readonly mark: string | undefined;
  /** IFLA_LINK, an ifindex in the lower device's namespace. */
  readonly lowerIfindex: number | undefined;
  readonly operState: string;
  readonly usedBroadcastQueueLength: number | undefined;
  /** IFLA_INET_CONF and IFLA_INET6_CONF, as they came. */
  /** What `arp` is made of, where somebody declares it. */
  readonly arp?: ArpSeen;
  readonly conf: { readonly ipv4: Uint8Array | undefined; readonly ipv6: Uint8Array | undefined };
}
