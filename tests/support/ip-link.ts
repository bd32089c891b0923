/** What iproute2 says of a link: the oracle that knows nothing of our codec. */
import type { PropertyName } from "../../provider/link/model";

/** An entry of `ip -d -j link show`, as far as tests look. */
export interface IpLink {
  readonly ifindex: number;
  readonly ifname: string;
  readonly flags: readonly string[];
  readonly mtu: number;
  readonly group: string;
  readonly txqlen?: number;
  readonly address: string;
  readonly operstate: string;
  readonly qdisc?: string;
  readonly promiscuity: number;
  readonly num_tx_queues: number;
  readonly num_rx_queues: number;
  readonly inet6_addr_gen_mode?: string;
  /** The lower device's name, or its ifindex in a namespace that `ip` does not see. */
  readonly link?: string;
  readonly link_index?: number;
  readonly master?: string;
  readonly ifalias?: string;
  readonly altnames?: readonly string[];
  readonly linkinfo?: {
    readonly info_kind?: string;
    readonly info_data?: {
      readonly mode?: string;
      readonly nopromisc?: boolean;
      readonly nodst?: boolean;
      readonly bcqueuelen?: number;
      readonly usedbcqueuelen?: number;
      readonly macaddr_count?: number;
      readonly macaddr_data?: readonly string[];
    };
  };
}

/** Namespaces and files, and what `ip address`, `ip route` and `sysctl` show. */
type NotInIt =
  | ("lowerNetns" | "netns" | "tap" | "broadcastLimit")
  | ("addresses" | "routes" | "sysctls" | "arp");

/** The property as `ip` shows it, in our words. It knows no broadcast limit: see `raw-link.ts`. */
export const SHOWN: {
  readonly [K in Exclude<PropertyName, NotInIt>]: (link: IpLink) => unknown;
} = {
  bridge: ({ master }) => master ?? "",
  lowerDevice: ({ link }) => link,
  name: ({ ifname }) => ifname,
  mode: ({ linkinfo }) => linkinfo?.info_data?.mode,
  macAddress: ({ address }) => address,
  mtu: ({ mtu }) => mtu,
  txQueueLength: ({ txqlen }) => txqlen ?? 0,
  numTxQueues: ({ num_tx_queues }) => num_tx_queues,
  numRxQueues: ({ num_rx_queues }) => num_rx_queues,
  adminState: ({ flags }) => (flags.includes("UP") ? "up" : "down"),
  addrGenMode: ({ inet6_addr_gen_mode }) =>
    inet6_addr_gen_mode === "stable_secret" ? "stable-privacy" : inet6_addr_gen_mode,
  noPromisc: ({ linkinfo }) => linkinfo?.info_data?.nopromisc === true,
  noDst: ({ linkinfo }) => linkinfo?.info_data?.nodst === true,
  broadcastQueueLength: ({ linkinfo }) => linkinfo?.info_data?.bcqueuelen,
  sourceMacAddresses: ({ linkinfo }) => [...(linkinfo?.info_data?.macaddr_data ?? [])].sort(),
  group: ({ group }) => (group === "default" ? 0 : Number(group)),
  alias: ({ ifalias = "" }) => ifalias.replace(/ ?\[pulumi-macvlan:[a-z2-7]{12}\]$/, ""),
  altNames: ({ altnames = [] }) => [...altnames].sort(),
};
