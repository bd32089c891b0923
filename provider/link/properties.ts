import {
  IFF_UP,
  MACVLAN_FLAG_NODST,
  MACVLAN_FLAG_NOPROMISC,
  MACVLAN_MACADDR_SET,
  MACVLAN_MODE_BRIDGE,
  MACVLAN_MODE_PASSTHRU,
  MACVLAN_MODE_PRIVATE,
  MACVLAN_MODE_SOURCE,
  MACVLAN_MODE_VEPA,
} from "../netlink/constants";
import type { LinkMessage } from "../netlink/link-message";
import type { MacvlanAttributes } from "../netlink/macvlan-attributes";
import { ALIAS_TEXT_BYTES, splitAlias } from "./alias";
import {
  ADDR_GEN_MODES,
  type Kind,
  type LinkSettings,
  type Mode,
  type PropertyName,
  type Settings,
} from "./model";
import { AROUND_PROPERTIES } from "./properties-around";
import type { Fragment, Property } from "./property";
import * as type from "./value-type";

const U32 = 4294967295;
/** Past about 5,460 the list's 16-bit length wraps and the kernel's answer cannot be read. */
export const SOURCE_MAC_CAP = 5000;

const MODE_NUMBERS = {
  private: MACVLAN_MODE_PRIVATE,
  vepa: MACVLAN_MODE_VEPA,
  bridge: MACVLAN_MODE_BRIDGE,
  passthru: MACVLAN_MODE_PASSTHRU,
  source: MACVLAN_MODE_SOURCE,
} as const;

const macvlanOf = (link: LinkMessage): MacvlanAttributes | undefined => {
  const data = link.attributes.IFLA_LINKINFO?.IFLA_INFO_DATA;
  return data === undefined || data instanceof Uint8Array ? undefined : data;
};

// Both flags share one attribute, so each is written with the other.
const flags = ({ noPromisc, noDst }: Settings): Fragment => ({
  macvlan: {
    IFLA_MACVLAN_FLAGS: (noPromisc ? MACVLAN_FLAG_NOPROMISC : 0) | (noDst ? MACVLAN_FLAG_NODST : 0),
  },
});
const hasFlag = (link: LinkMessage, flag: number): boolean | undefined => {
  const all = macvlanOf(link)?.IFLA_MACVLAN_FLAGS;
  return all === undefined ? undefined : (all & flag) !== 0;
};

/** The one source of check, diff, encoding, decoding, read-back and the reference page. */
export const PROPERTIES: { readonly [K in PropertyName]: Property<LinkSettings[K]> } = {
  lowerDevice: {
    type: type.deviceName,
    omitted: { is: "required" },
    change: "replacement",
    kernel: "IFLA_LINK",
    doc: "The device the link stands on: a network card, bond, VLAN, bridge or veth. A macvlan given here is passed through to its own lower device, as the kernel does; `actualLowerDevice` says which.",
  },
  lowerNetns: {
    type: type.netns,
    omitted: { is: "host's own" },
    change: "replacement",
    kernel: "namespace of the request",
    doc: "The network namespace of the lower device: a name, `{ pid }` or `{ path }`.",
  },
  netns: {
    type: type.netns,
    omitted: { is: "inherited", from: "`lowerNetns`" },
    change: "replacement",
    kernel: "IFLA_NET_NS_FD",
    doc: "The network namespace of the link, which is created there directly.",
  },
  name: {
    type: type.deviceName,
    omitted: { is: "generated" },
    change: "replacement",
    kernel: "IFLA_IFNAME",
    doc: "The link's name. Omitted: the resource's name, cut and completed by a short hash to at most 15 bytes.",
    read: (link) => link.attributes.IFLA_IFNAME,
    write: (name) => ({ attributes: { IFLA_IFNAME: name } }),
  },
  mode: {
    type: type.mode,
    omitted: { is: "enforced", value: "vepa" },
    change: "replacement",
    kernel: "IFLA_MACVLAN_MODE",
    doc: "Who on the same lower device hears whom.",
    read: (link) => {
      const number = macvlanOf(link)?.IFLA_MACVLAN_MODE;
      return (Object.keys(MODE_NUMBERS) as Mode[]).find((mode) => MODE_NUMBERS[mode] === number);
    },
    write: (mode) => ({ macvlan: { IFLA_MACVLAN_MODE: MODE_NUMBERS[mode] } }),
  },
  macAddress: {
    type: type.macAddress,
    omitted: { is: "generated" },
    change: "replacement",
    only: {
      modes: ["vepa", "bridge", "private", "source"],
      because:
        "a passthru link takes over its lower device's MAC address and the kernel ignores another one",
    },
    kernel: "IFLA_ADDRESS",
    doc: "The link's MAC address. Omitted: a locally administered one, made from the resource's URN and the host, the same at every run. In passthru mode it is the lower device's.",
    read: (link) => link.attributes.IFLA_ADDRESS,
    write: (address) => ({ attributes: { IFLA_ADDRESS: address } }),
  },
  mtu: {
    type: type.integer(68, 65535),
    omitted: { is: "inherited", from: "the lower device's MTU" },
    change: "live",
    unit: "bytes",
    kernel: "IFLA_MTU",
    doc: "The largest packet; at most the lower device's MTU.",
    read: (link) => link.attributes.IFLA_MTU,
    write: (mtu) => ({ attributes: { IFLA_MTU: mtu } }),
  },
  txQueueLength: {
    type: type.integer(0, 2147483647),
    omitted: { is: "left alone", reset: { macvlan: 1000, macvtap: 500 } },
    change: "live",
    unit: "packets",
    kernel: "IFLA_TXQLEN",
    doc: "Length of the transmit queue; on a macvtap also of the queue towards the program that reads the tap device.",
    read: (link) => link.attributes.IFLA_TXQLEN,
    write: (length) => ({ attributes: { IFLA_TXQLEN: length } }),
  },
  numTxQueues: {
    type: type.integer(1, 4096),
    omitted: { is: "left alone", reset: 1 },
    change: "replacement",
    kernel: "IFLA_NUM_TX_QUEUES",
    doc: "Number of transmit queues, fixed at creation.",
    read: (link) => link.attributes.IFLA_NUM_TX_QUEUES,
    write: (count) => ({ attributes: { IFLA_NUM_TX_QUEUES: count } }),
  },
  numRxQueues: {
    type: type.integer(1, 4096),
    omitted: { is: "left alone", reset: 1 },
    change: "replacement",
    kernel: "IFLA_NUM_RX_QUEUES",
    doc: "Number of receive queues, fixed at creation.",
    read: (link) => link.attributes.IFLA_NUM_RX_QUEUES,
    write: (count) => ({ attributes: { IFLA_NUM_RX_QUEUES: count } }),
  },
  adminState: {
    type: type.adminState,
    omitted: { is: "enforced", value: "up" },
    change: "live",
    kernel: "IFF_UP",
    doc: "Whether the link is switched on.",
    read: (link) => ((link.flags & IFF_UP) !== 0 ? "up" : "down"),
    write: (state) => ({ up: state === "up" }),
  },
  addrGenMode: {
    type: type.addrGenMode,
    omitted: { is: "enforced", value: { macvlan: undefined, macvtap: "none" }, reset: "eui64" },
    change: "live",
    kernel: "IFLA_INET6_ADDR_GEN_MODE",
    doc: "How the host makes itself an IPv6 link-local address on the link. On a macvtap the default keeps the host from answering on its guest's MAC address.",
    read: (link) => {
      const number = link.attributes.IFLA_AF_SPEC?.AF_INET6?.IFLA_INET6_ADDR_GEN_MODE;
      return number === undefined ? undefined : ADDR_GEN_MODES[number];
    },
    write: (mode) => ({
      attributes: {
        IFLA_AF_SPEC: { AF_INET6: { IFLA_INET6_ADDR_GEN_MODE: ADDR_GEN_MODES.indexOf(mode) } },
      },
    }),
  },
  noPromisc: {
    type: type.boolean,
    omitted: { is: "left alone", reset: false },
    change: "live",
    only: {
      modes: ["passthru"],
      because: "only a passthru link puts its lower device into promiscuous mode",
    },
    kernel: "IFLA_MACVLAN_FLAGS (MACVLAN_FLAG_NOPROMISC)",
    doc: "Keep a passthru link from putting its lower device into promiscuous mode.",
    read: (link) => hasFlag(link, MACVLAN_FLAG_NOPROMISC),
    write: (_, all) => flags(all),
  },
  noDst: {
    type: type.boolean,
    omitted: { is: "left alone", reset: false },
    change: "live",
    kernel: "IFLA_MACVLAN_FLAGS (MACVLAN_FLAG_NODST)",
    doc: "In source mode: a frame that a source entry claims is not also given to the link that owns its destination address. Linux 5.13.",
    read: (link) => hasFlag(link, MACVLAN_FLAG_NODST),
    write: (_, all) => flags(all),
  },
  broadcastQueueLength: {
    type: type.integer(0, U32),
    omitted: { is: "left alone", reset: 1000 },
    change: "live",
    unit: "packets",
    kernel: "IFLA_MACVLAN_BC_QUEUE_LEN",
    doc: "Length asked for the queue of broadcast and multicast frames. The lower device uses the largest that its links ask for: `usedBroadcastQueueLength`. Linux 5.11.",
    read: (link) => macvlanOf(link)?.IFLA_MACVLAN_BC_QUEUE_LEN,
    write: (length) => ({ macvlan: { IFLA_MACVLAN_BC_QUEUE_LEN: length } }),
  },
  broadcastLimit: {
    type: type.integer(-2147483648, 2147483647),
    omitted: { is: "left alone", reset: 1 },
    change: "live",
    unit: "links",
    kernel: "IFLA_MACVLAN_BC_CUTOFF",
    doc: "A multicast group that at most so many links listen to is delivered at once instead of through the broadcast queue. One value per lower device: the last writer wins. Linux 6.4.",
    // Absent from the kernel's answer while it has its default.
    read: (link) => {
      const macvlan = macvlanOf(link);
      return macvlan === undefined ? undefined : (macvlan.IFLA_MACVLAN_BC_CUTOFF ?? 1);
    },
    write: (limit) => ({ macvlan: { IFLA_MACVLAN_BC_CUTOFF: limit } }),
  },
  sourceMacAddresses: {
    type: type.setOf(type.macAddress, SOURCE_MAC_CAP),
    omitted: { is: "left alone", reset: [] },
    change: "live",
    only: {
      modes: ["source"],
      because: "the kernel keeps a list of sources for links in source mode only",
    },
    kernel: "IFLA_MACVLAN_MACADDR_DATA",
    doc: "Source mode: the sender addresses whose frames the link receives.",
    read: (link) => {
      const macvlan = macvlanOf(link);
      return macvlan === undefined
        ? undefined
        : [...(macvlan.IFLA_MACVLAN_MACADDR_DATA ?? [])].sort();
    },
    write: (addresses) => ({
      macvlan: {
        IFLA_MACVLAN_MACADDR_MODE: MACVLAN_MACADDR_SET,
        IFLA_MACVLAN_MACADDR_DATA: [...addresses],
      },
    }),
  },
  group: {
    type: type.integer(0, 2147483647),
    omitted: { is: "left alone", reset: 0 },
    change: "live",
    kernel: "IFLA_GROUP",
    doc: "The group of devices it belongs to, by number.",
    read: (link) => link.attributes.IFLA_GROUP,
    write: (group) => ({ attributes: { IFLA_GROUP: group } }),
  },
  alias: {
    type: type.aliasText(ALIAS_TEXT_BYTES),
    omitted: { is: "left alone", reset: "" },
    change: "live",
    kernel: "IFLA_IFALIAS",
    doc: "Free text. The kernel's alias holds it and, behind it, the mark by which this package knows its links.",
    read: (link) => splitAlias(link.attributes.IFLA_IFALIAS ?? "").text,
  },
  altNames: {
    type: type.setOf(type.altName, 64),
    omitted: { is: "left alone", reset: [] },
    change: "live",
    kernel: "IFLA_PROP_LIST (IFLA_ALT_IFNAME)",
    doc: "Further names under which the link can be found, exactly these.",
    read: (link) => [...(link.attributes.IFLA_PROP_LIST ?? [])].sort(),
  },
  ...AROUND_PROPERTIES,
  tap: {
    type: type.tap,
    omitted: { is: "left alone", reset: { owner: "root", group: "root", mode: "0600" } },
    change: "live",
    only: { kind: "macvtap", because: "a macvlan has no tap device" },
    kernel: "/dev/tap<ifindex>",
    doc: "Owner, group and permissions of the tap device.",
  },
};

export const PROPERTY_NAMES = Object.keys(PROPERTIES) as readonly PropertyName[];

/** Whether the property means anything for such a link. */
export function applies(property: PropertyName, kind: Kind, mode: Mode): boolean {
  const { only } = PROPERTIES[property];
  return (
    (only?.kind === undefined || only.kind === kind) &&
    (only?.modes === undefined || only.modes.includes(mode))
  );
}

/** Picks from a value that may differ by kind. No property's own value has a key named after a kind. */
export function forKind(value: unknown, kind: Kind): unknown {
  return typeof value === "object" && value !== null && kind in value
    ? (value as Record<Kind, unknown>)[kind]
    : value;
}
