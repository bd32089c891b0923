/** The one source of check, diff, encoding, decoding and the reference page of bridge ports. */
import type { BridgePortAttributes } from "../netlink/bridge-port-attributes";
import { boolean, deviceName, integer, type ValueType } from "../link/value-type";
import type { PortSettings, SettingName, Settings } from "./model";

export interface PortProperty<V> {
  readonly type: ValueType<V>;
  /** Where the kernel keeps it. */
  readonly attribute: keyof BridgePortAttributes & `IFLA_${string}`;
  readonly doc: string;
}

export const PORT_PROPERTIES: {
  readonly [K in SettingName]: PortProperty<PortSettings[K]>;
} = {
  hairpin: {
    type: boolean,
    attribute: "IFLA_BRPORT_MODE",
    doc: "Frames may go out again by the port that they came in by (reflective relay): what VEPA needs of its switch.",
  },
  learning: {
    type: boolean,
    attribute: "IFLA_BRPORT_LEARNING",
    doc: "Learn from the frames of this port which addresses are behind it.",
  },
  flood: {
    type: boolean,
    attribute: "IFLA_BRPORT_UNICAST_FLOOD",
    doc: "Send frames to unknown unicast addresses out of this port.",
  },
  multicastFlood: {
    type: boolean,
    attribute: "IFLA_BRPORT_MCAST_FLOOD",
    doc: "Send multicast frames without known members out of this port. Linux 4.9.",
  },
  broadcastFlood: {
    type: boolean,
    attribute: "IFLA_BRPORT_BCAST_FLOOD",
    doc: "Send broadcast frames out of this port. Linux 4.12.",
  },
  guard: {
    type: boolean,
    attribute: "IFLA_BRPORT_GUARD",
    doc: "Drop bridge protocol frames (BPDU guard): the port goes down when one comes in.",
  },
  rootBlock: {
    type: boolean,
    attribute: "IFLA_BRPORT_PROTECT",
    doc: "Never let the way to the root bridge lead through this port.",
  },
  fastLeave: {
    type: boolean,
    attribute: "IFLA_BRPORT_FAST_LEAVE",
    doc: "Forget a multicast group as soon as one member leaves it.",
  },
  isolated: {
    type: boolean,
    attribute: "IFLA_BRPORT_ISOLATED",
    doc: "Exchange frames with ports that are not isolated only. Linux 4.18.",
  },
  locked: {
    type: boolean,
    attribute: "IFLA_BRPORT_LOCKED",
    doc: "Take frames only from addresses that are known behind this port. Linux 5.18.",
  },
  mab: {
    type: boolean,
    attribute: "IFLA_BRPORT_MAB",
    doc: "On a locked port: note unknown addresses as locked entries, for somebody to unlock. Linux 6.2.",
  },
  neighSuppress: {
    type: boolean,
    attribute: "IFLA_BRPORT_NEIGH_SUPPRESS",
    doc: "Answer ARP and neighbour solicitations from the bridge's own knowledge. Linux 4.15.",
  },
  neighVlanSuppress: {
    type: boolean,
    attribute: "IFLA_BRPORT_NEIGH_VLAN_SUPPRESS",
    doc: "The same, chosen VLAN by VLAN. Linux 6.4.",
  },
  proxyArp: {
    type: boolean,
    attribute: "IFLA_BRPORT_PROXYARP",
    doc: "Answer ARP in the name of hosts that are known behind other ports.",
  },
  proxyArpWifi: {
    type: boolean,
    attribute: "IFLA_BRPORT_PROXYARP_WIFI",
    doc: "Proxy ARP as IEEE 802.11 and Hotspot 2.0 have it.",
  },
  vlanTunnel: {
    type: boolean,
    attribute: "IFLA_BRPORT_VLAN_TUNNEL",
    doc: "Map VLANs to tunnels. Linux 4.11.",
  },
  multicastToUnicast: {
    type: boolean,
    attribute: "IFLA_BRPORT_MCAST_TO_UCAST",
    doc: "Send each member of a multicast group a copy to its own address. Linux 4.11.",
  },
  multicastRouter: {
    type: integer(0, 3),
    attribute: "IFLA_BRPORT_MULTICAST_ROUTER",
    doc: "0: no multicast router is there; 1: found by its queries; 2: one is there; 3: one was found for a while.",
  },
  multicastMaxGroups: {
    type: integer(0, 4294967295),
    attribute: "IFLA_BRPORT_MCAST_MAX_GROUPS",
    doc: "The most multicast groups that the port may join; 0 is no limit. Linux 6.3.",
  },
  groupForwardMask: {
    type: integer(0, 65535),
    attribute: "IFLA_BRPORT_GROUP_FWD_MASK",
    doc: "Which frames to reserved group addresses 01:80:c2:00:00:0X are forwarded: a bit for each X. Linux 4.15.",
  },
  priority: {
    type: integer(0, 63),
    attribute: "IFLA_BRPORT_PRIORITY",
    doc: "Of the port, for the spanning tree.",
  },
  cost: {
    type: integer(1, 65535),
    attribute: "IFLA_BRPORT_COST",
    doc: "Of the way through the port, for the spanning tree.",
  },
  backupPort: {
    type: deviceName,
    attribute: "IFLA_BRPORT_BACKUP_PORT",
    doc: "Name of another port of the bridge, by which frames go while this one has no carrier. Linux 4.19.",
  },
};

export const SETTING_NAMES = Object.keys(PORT_PROPERTIES) as readonly SettingName[];

/** `backupPort`: the name that goes with its number; the kernel leaves both out where there is none. */
export function fromAttributes(attributes: BridgePortAttributes, backupPort = ""): Settings {
  const entries = SETTING_NAMES.flatMap((name): (readonly [SettingName, unknown])[] => {
    if (name === "backupPort") return [[name, backupPort] as const];
    const { attribute, type } = PORT_PROPERTIES[name];
    const value = attributes[attribute];
    if (value === undefined) return [];
    const isFlag = (type as ValueType<unknown>) === boolean;
    return [[name, isFlag ? value !== 0 : value] as const];
  });
  return Object.fromEntries(entries);
}

/** One setting as the attribute that sets it. */
export function toAttributes(name: SettingName, value: boolean | number): BridgePortAttributes {
  const attributes: Readonly<Record<string, number>> = {
    [PORT_PROPERTIES[name].attribute]: Number(value),
  };
  return attributes as unknown as BridgePortAttributes;
}
