import type * as pulumi from "@pulumi/pulumi";
import type { AddrGenMode, AdminState, Arp, Mode } from "../provider/link/model";
import type { ConnectionArgs } from "./connection-args";

/** A network namespace: its name under `/run/netns`, a process that lives in it, or a file that refers to it. */
export type NetnsArgs = string | { pid: pulumi.Input<number> } | { path: pulumi.Input<string> };

/**
 * What every link takes. `docs/reference/properties.md` has each property's range, default and
 * place in the kernel.
 */
export interface LinkArgs {
  /** How the host is reached; a text is an alias of ssh_config. Omitted: this machine. */
  connection?: pulumi.Input<ConnectionArgs> | string;
  /** The device the link stands on. A change replaces the link. */
  lowerDevice: pulumi.Input<string>;
  /** Namespace of the lower device. Default: the host's own. A change replaces the link. */
  lowerNetns?: pulumi.Input<NetnsArgs>;
  /** Namespace of the link. Default: `lowerNetns`. A change replaces the link. */
  netns?: pulumi.Input<NetnsArgs>;
  /** At most 15 bytes. Default: made from the resource's name. A change replaces the link. */
  name?: pulumi.Input<string>;
  /** Default: "vepa", as in the kernel. A change replaces the link. */
  mode?: pulumi.Input<Mode>;
  /** Unicast; not with passthru. Default: a locally administered one, always the same. A change replaces the link. */
  macAddress?: pulumi.Input<string>;
  /** Bytes, 68 to 65535, at most the lower device's. Default: the lower device's. */
  mtu?: pulumi.Input<number>;
  /** Packets. Default: left alone (the kernel starts with 1000, on a macvtap with 500). */
  txQueueLength?: pulumi.Input<number>;
  /** 1 to 4096. Default: the kernel's. A change replaces the link. */
  numTxQueues?: pulumi.Input<number>;
  /** 1 to 4096. Default: the kernel's. A change replaces the link. */
  numRxQueues?: pulumi.Input<number>;
  /** Default: "up". */
  adminState?: pulumi.Input<AdminState>;
  /** How the host makes itself an IPv6 link-local address on the link. Default: "none" on a macvtap, else left alone. */
  addrGenMode?: pulumi.Input<AddrGenMode>;
  /** Passthru mode only: leave the lower device out of promiscuous mode. */
  noPromisc?: pulumi.Input<boolean>;
  /** Source mode: a frame that a source entry claims is not also given to the owner of its destination address. Linux 5.13. */
  noDst?: pulumi.Input<boolean>;
  /** Packets. Default: left alone (the kernel starts with 1000). Linux 5.11. */
  broadcastQueueLength?: pulumi.Input<number>;
  /** One value per lower device, the last writer wins. Default: left alone (the kernel starts with 1). Linux 6.4. */
  broadcastLimit?: pulumi.Input<number>;
  /** Source mode only: the senders whose frames the link receives, at most 5000. */
  sourceMacAddresses?: pulumi.Input<pulumi.Input<string>[]>;
  /** Group of devices, by number. Default: left alone (0). */
  group?: pulumi.Input<number>;
  /** Free text, at most 225 bytes beside our mark. */
  alias?: pulumi.Input<string>;
  /** Further names, exactly these. Default: left alone. */
  altNames?: pulumi.Input<pulumi.Input<string>[]>;
  /** IPv4 and IPv6, "192.0.2.10/24". Others that something adds are left alone; see `exclusive`. Default: left alone. */
  addresses?: pulumi.Input<pulumi.Input<string | AddressArgs>[]>;
  /** Routes through the link, which must be up. Default: left alone. */
  routes?: pulumi.Input<pulumi.Input<RouteArgs>[]>;
  /** Settings of IP on the link: `{ "ipv4.arp_ignore": 1, "ipv6.accept_ra": 0 }`. Default: left alone. */
  sysctls?: pulumi.Input<Record<string, pulumi.Input<number>>>;
  /** "own": each IPv4 address answers with its own link's MAC address and no other. Default: left alone ("shared"). */
  arp?: pulumi.Input<Arp>;
  /** True: the link has the declared `addresses` and no others, but for its own IPv6 link-local one. Not beside a DHCP client, which takes its address back at each renewal. Default: false. */
  exclusive?: pulumi.Input<boolean>;
  /** Tell the network of the addresses when the link is made or gets new ones: gratuitous ARP, unsolicited neighbour advertisements. Default: false. */
  announce?: pulumi.Input<boolean>;
  /** Take over a link of that name that something else made, if kind, lower device, mode and (where given) MAC agree. */
  adopt?: pulumi.Input<boolean>;
}

export interface AddressArgs {
  /** With its prefix length: "192.0.2.10/24". */
  address: pulumi.Input<string>;
  /** The other end of a point-to-point link. */
  peer?: pulumi.Input<string>;
  /** IPv4 only, at most 15 bytes. Default: the link's name. */
  label?: pulumi.Input<string>;
  /** IPv6 only: in use at once, without a look whether somebody else on the network has it. Default: false. */
  noDad?: pulumi.Input<boolean>;
}

export interface RouteArgs {
  /** A network as "198.51.100.0/24", an address, or "default" (of IPv6 where gateway or source is of IPv6). */
  destination: pulumi.Input<string>;
  /** Default: none, the destination is on the link itself. */
  gateway?: pulumi.Input<string>;
  /** Which of the host's addresses packets leave with. Default: the kernel chooses. */
  source?: pulumi.Input<string>;
  /** Default: 0, for IPv6 1024. The smaller is taken. */
  metric?: pulumi.Input<number>;
  /** Number of the routing table, 1 to 4294967295. Default: 254, main. */
  table?: pulumi.Input<number>;
  /** The gateway is on the link, though no address there says so. Default: false. */
  onLink?: pulumi.Input<boolean>;
}

/** Who may open the tap device. Accounts by name or number. */
export interface TapArgs {
  /** Default: left alone (root). */
  owner?: pulumi.Input<string | number>;
  /** Default: left alone (root). */
  group?: pulumi.Input<string | number>;
  /** Octal permissions, as "0660". Default: left alone ("0600"). */
  mode?: pulumi.Input<string>;
}

export interface MacvtapArgs extends LinkArgs {
  /** Owner, group and permissions of `/dev/tapN`. Needs the host's root. */
  tap?: pulumi.Input<TapArgs>;
  /** Delete or replace the link even while a program holds its tap device open. Default: false. */
  deleteInUse?: pulumi.Input<boolean>;
}

export interface MacvlanArgs extends LinkArgs {
  /** Name of the bridge that the link is a port of, in the link's namespace. Default: left alone. */
  bridge?: pulumi.Input<string>;
}
