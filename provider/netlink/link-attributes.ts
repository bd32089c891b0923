/** The attributes of a link. Structs and nests that nobody here reads stay bytes, with a name. */
import type { AttributeTable, Values } from "./attribute";
import { bridgePortAttributes } from "./bridge-port-attributes";
import { bytes, bytesFlagged, hardwareAddress, i32, string, u16, u32, u8 } from "./codecs";
import * as kernel from "./constants";
import { macvlanAttributes } from "./macvlan-attributes";
import { chosenBySibling, listOfFlagged, nested } from "./nest-codecs";

const macvlan = nested(macvlanAttributes);

export const linkInfoAttributes = {
  /** The kind: "macvlan", "macvtap", "veth"… */
  IFLA_INFO_KIND: [kernel.IFLA_INFO_KIND, string],
  IFLA_INFO_DATA: [
    kernel.IFLA_INFO_DATA,
    chosenBySibling("IFLA_INFO_KIND", { macvlan, macvtap: macvlan }),
  ],
  IFLA_INFO_XSTATS: [kernel.IFLA_INFO_XSTATS, bytes],
  /** The kind of the master that it is a port of: "bridge", "bond"… */
  IFLA_INFO_SLAVE_KIND: [kernel.IFLA_INFO_SLAVE_KIND, string],
  IFLA_INFO_SLAVE_DATA: [
    kernel.IFLA_INFO_SLAVE_DATA,
    chosenBySibling("IFLA_INFO_SLAVE_KIND", { bridge: nested(bridgePortAttributes) }),
  ],
} as const satisfies AttributeTable;

const inet6Attributes = {
  IFLA_INET6_FLAGS: [kernel.IFLA_INET6_FLAGS, u32],
  IFLA_INET6_CONF: [kernel.IFLA_INET6_CONF, bytes],
  IFLA_INET6_STATS: [kernel.IFLA_INET6_STATS, bytes],
  IFLA_INET6_CACHEINFO: [kernel.IFLA_INET6_CACHEINFO, bytes],
  IFLA_INET6_ICMP6STATS: [kernel.IFLA_INET6_ICMP6STATS, bytes],
  IFLA_INET6_TOKEN: [kernel.IFLA_INET6_TOKEN, bytes],
  /** One of IN6_ADDR_GEN_MODE_*; refused at creation, set while down. */
  IFLA_INET6_ADDR_GEN_MODE: [kernel.IFLA_INET6_ADDR_GEN_MODE, u8],
  IFLA_INET6_RA_MTU: [kernel.IFLA_INET6_RA_MTU, u32],
} as const satisfies AttributeTable;

const addressFamilyAttributes = {
  AF_INET: [kernel.AF_INET, nested({ IFLA_INET_CONF: [kernel.IFLA_INET_CONF, bytes] })],
  AF_INET6: [kernel.AF_INET6, nested(inet6Attributes)],
} as const satisfies AttributeTable;

export const linkAttributes = {
  IFLA_ADDRESS: [kernel.IFLA_ADDRESS, hardwareAddress],
  IFLA_BROADCAST: [kernel.IFLA_BROADCAST, hardwareAddress],
  IFLA_IFNAME: [kernel.IFLA_IFNAME, string],
  IFLA_MTU: [kernel.IFLA_MTU, u32],
  /** Index of the lower device, in the namespace IFLA_LINK_NETNSID where that is given. */
  IFLA_LINK: [kernel.IFLA_LINK, u32],
  IFLA_QDISC: [kernel.IFLA_QDISC, string],
  IFLA_STATS: [kernel.IFLA_STATS, bytes],
  /** Index of the bridge (bond, team) it is a port of; 0 in a request takes it out. */
  IFLA_MASTER: [kernel.IFLA_MASTER, u32],
  IFLA_PROTINFO: [kernel.IFLA_PROTINFO, bytes],
  IFLA_TXQLEN: [kernel.IFLA_TXQLEN, u32],
  IFLA_MAP: [kernel.IFLA_MAP, bytes],
  /** One of IF_OPER_*. */
  IFLA_OPERSTATE: [kernel.IFLA_OPERSTATE, u8],
  IFLA_LINKMODE: [kernel.IFLA_LINKMODE, u8],
  IFLA_LINKINFO: [kernel.IFLA_LINKINFO, nested(linkInfoAttributes)],
  IFLA_NET_NS_PID: [kernel.IFLA_NET_NS_PID, u32],
  IFLA_IFALIAS: [kernel.IFLA_IFALIAS, string],
  IFLA_STATS64: [kernel.IFLA_STATS64, bytes],
  /** Settings by address family. AF_BRIDGE has a format of its own for it: see `link-message.ts`. */
  IFLA_AF_SPEC: [kernel.IFLA_AF_SPEC, nested(addressFamilyAttributes)],
  IFLA_GROUP: [kernel.IFLA_GROUP, u32],
  /** A descriptor of the process that sends the message. */
  IFLA_NET_NS_FD: [kernel.IFLA_NET_NS_FD, u32],
  /** RTEXT_FILTER_* together, in reads. */
  IFLA_EXT_MASK: [kernel.IFLA_EXT_MASK, u32],
  IFLA_PROMISCUITY: [kernel.IFLA_PROMISCUITY, u32],
  IFLA_NUM_TX_QUEUES: [kernel.IFLA_NUM_TX_QUEUES, u32],
  IFLA_NUM_RX_QUEUES: [kernel.IFLA_NUM_RX_QUEUES, u32],
  IFLA_CARRIER: [kernel.IFLA_CARRIER, u8],
  IFLA_PHYS_PORT_ID: [kernel.IFLA_PHYS_PORT_ID, bytes],
  IFLA_CARRIER_CHANGES: [kernel.IFLA_CARRIER_CHANGES, u32],
  IFLA_PHYS_SWITCH_ID: [kernel.IFLA_PHYS_SWITCH_ID, bytes],
  /** The namespace of IFLA_LINK, as a number that the link's namespace gave to it. */
  IFLA_LINK_NETNSID: [kernel.IFLA_LINK_NETNSID, i32],
  IFLA_PHYS_PORT_NAME: [kernel.IFLA_PHYS_PORT_NAME, string],
  IFLA_PROTO_DOWN: [kernel.IFLA_PROTO_DOWN, u8],
  IFLA_GSO_MAX_SEGS: [kernel.IFLA_GSO_MAX_SEGS, u32],
  IFLA_GSO_MAX_SIZE: [kernel.IFLA_GSO_MAX_SIZE, u32],
  IFLA_XDP: [kernel.IFLA_XDP, bytes],
  IFLA_EVENT: [kernel.IFLA_EVENT, u32],
  IFLA_NEW_NETNSID: [kernel.IFLA_NEW_NETNSID, i32],
  /** In a request: act there. In a reply: the answer is about there. */
  IFLA_TARGET_NETNSID: [kernel.IFLA_TARGET_NETNSID, i32],
  IFLA_CARRIER_UP_COUNT: [kernel.IFLA_CARRIER_UP_COUNT, u32],
  IFLA_CARRIER_DOWN_COUNT: [kernel.IFLA_CARRIER_DOWN_COUNT, u32],
  /** Where a link went that left its namespace. */
  IFLA_NEW_IFINDEX: [kernel.IFLA_NEW_IFINDEX, i32],
  IFLA_MIN_MTU: [kernel.IFLA_MIN_MTU, u32],
  /** 0 is no limit. */
  IFLA_MAX_MTU: [kernel.IFLA_MAX_MTU, u32],
  /** The alternative names. */
  IFLA_PROP_LIST: [
    kernel.IFLA_PROP_LIST,
    listOfFlagged("IFLA_ALT_IFNAME", kernel.IFLA_ALT_IFNAME, string),
  ],
  /** In a read: the link that has this name, which may be longer than 15 bytes. */
  IFLA_ALT_IFNAME: [kernel.IFLA_ALT_IFNAME, string],
  IFLA_PERM_ADDRESS: [kernel.IFLA_PERM_ADDRESS, hardwareAddress],
  IFLA_PARENT_DEV_NAME: [kernel.IFLA_PARENT_DEV_NAME, string],
  IFLA_PARENT_DEV_BUS_NAME: [kernel.IFLA_PARENT_DEV_BUS_NAME, string],
  IFLA_GRO_MAX_SIZE: [kernel.IFLA_GRO_MAX_SIZE, u32],
  IFLA_TSO_MAX_SIZE: [kernel.IFLA_TSO_MAX_SIZE, u32],
  IFLA_TSO_MAX_SEGS: [kernel.IFLA_TSO_MAX_SEGS, u32],
  IFLA_ALLMULTI: [kernel.IFLA_ALLMULTI, u32],
  IFLA_DEVLINK_PORT: [kernel.IFLA_DEVLINK_PORT, bytesFlagged],
  IFLA_GSO_IPV4_MAX_SIZE: [kernel.IFLA_GSO_IPV4_MAX_SIZE, u32],
  IFLA_GRO_IPV4_MAX_SIZE: [kernel.IFLA_GRO_IPV4_MAX_SIZE, u32],
  IFLA_DPLL_PIN: [kernel.IFLA_DPLL_PIN, bytesFlagged],
  IFLA_MAX_PACING_OFFLOAD_HORIZON: [kernel.IFLA_MAX_PACING_OFFLOAD_HORIZON, bytes],
  IFLA_NETNS_IMMUTABLE: [kernel.IFLA_NETNS_IMMUTABLE, u8],
  IFLA_HEADROOM: [kernel.IFLA_HEADROOM, u16],
  IFLA_TAILROOM: [kernel.IFLA_TAILROOM, u16],
} as const satisfies AttributeTable;

export type LinkInfoAttributes = Values<typeof linkInfoAttributes>;
export type LinkAttributes = Values<typeof linkAttributes>;
