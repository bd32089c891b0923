import { closest, distance } from "fastest-levenshtein";
import type { BridgePortAttributes } from "../netlink/bridge-port-attributes";
import { ARPHRD_ETHER } from "../netlink/link-constants";
import { Errno } from "../netlink/errno";
import { at, called, having, type KeysOf, NAMES, once } from "./having";
import type { ObservedLink, PropertyName, Settings } from "./model";

/** A device of a namespace, with what decides whether links may stand on it. */
export interface Device extends ObservedLink {
  /** ARPHRD_*: 1 for Ethernet. */
  readonly hardwareType: number;
  readonly loopback: boolean;
  /** Ifindex of the bridge, bond, team or OVS that holds it. */
  readonly master: number | undefined;
  /** IFLA_INFO_SLAVE_KIND: what kind of master that is. */
  readonly slaveKind: string | undefined;
  /** IFLA_INFO_SLAVE_DATA, where it is a port of a bridge. */
  readonly port?: BridgePortAttributes | undefined;
  /** IFLA_LINK_NETNSID: by which number its own namespace knows the lower device's, where that is another. */
  readonly lowerNetnsId?: number | undefined;
}

/** What a read-only look at a host shows. */
export interface Snapshot {
  /** The devices of the lower device's namespace. */
  readonly below: readonly Device[];
  /** The devices of the link's own namespace; the same list where that is the same. */
  readonly beside: readonly Device[];
}

/** Why the kernel refuses a link, found by looking; and what to do. */
export interface Cause {
  readonly property: PropertyName;
  readonly cause: string;
  readonly cure: string;
  /** The device that stands in the way, where there is one. */
  readonly culprit?: Device;
}

export interface Scene extends Snapshot {
  readonly settings: Settings;
  readonly lower: Device | undefined;
  /**
   * Other macvlans and macvtaps on the same lower device, as far as its namespace shows them: all, or those
   * of a mode, or with a MAC address.
   */
  readonly siblings: (what?: string) => readonly Device[];
  /** Whether a device may stand in the way: neither what is ours by its mark, nor what is taken over. */
  readonly isOther: (device: Device) => boolean;
}

interface Rule {
  /** With which the kernel answers. It gives nothing more than these numbers. */
  readonly errnos: readonly number[];
  readonly find: (scene: Scene) => Cause | undefined;
}

const isMacvlan = ({ kind }: ObservedLink): boolean => kind === "macvlan" || kind === "macvtap";

/** What a macvlan or macvtap stands on, alone and with its mode and its MAC address. */
export const STANDING: KeysOf = (device) => {
  const { lowerIfindex = 0, settings } = device;
  return isMacvlan(device)
    ? [undefined, settings.mode, settings.macAddress].map((what) => standing(lowerIfindex, what))
    : [];
};
export const standing = (lowerIfindex: number, what = "any"): string => `${lowerIfindex} ${what}`;

const IPVLANS: KeysOf = ({ kind, lowerIfindex }) =>
  /^ipv(lan|tap)$/.test(kind ?? "") ? [lowerIfindex] : [];

/** Finds the device by name and follows macvlans down to what they stand on, as the kernel does. */
export function lowerDeviceIn(below: readonly Device[], name: string): Device | undefined {
  const found = called(below, name);
  return found !== undefined && isMacvlan(found) ? at(below, found.lowerIfindex) : found;
}

/** `adopted` stands in the way neither by its name nor as a sibling. */
export function sceneOf(
  snapshot: Snapshot,
  settings: Settings,
  mark: string,
  adopted?: Device,
): Scene {
  const { below } = snapshot;
  const lower = lowerDeviceIn(below, settings.lowerDevice ?? "");
  const isAdopted = (device: Device): boolean =>
    device.ifindex === adopted?.ifindex && device.settings.name === adopted.settings.name;
  const isSibling = (device: Device): boolean =>
    // Ours of another name is the old link of a replacement that the program wants made first.
    (device.mark !== mark || device.settings.name !== settings.name) && !isAdopted(device);
  return {
    ...snapshot,
    settings,
    lower,
    siblings: (what) =>
      lower === undefined
        ? []
        : having(below, STANDING, standing(lower.ifindex, what)).filter(isSibling),
    isOther: (device) => device.mark !== mark && !isAdopted(device),
  };
}

// IFF_NO_RX_HANDLER, which a link's message does not show.
const LETS_NOTHING_STAND = /^(vrf|ipvlan|ipvtap)$/;

const RULES: readonly Rule[] = [
  {
    errnos: [Errno.ENODEV, Errno.EINVAL],
    find({ below, lower, settings: { lowerDevice = "", lowerNetns } }) {
      if (lower !== undefined) return undefined;
      const near = once(below, `near ${lowerDevice}`, () => nearest(below, lowerDevice));
      const hint = near === undefined ? "" : `Did you mean ${near}? `;
      const names = below.slice(0, 20).map((device) => device.settings.name);
      return {
        property: "lowerDevice",
        cause: `there is no device "${lowerDevice}"${lowerNetns === undefined ? "" : ` in the namespace ${typeof lowerNetns === "string" ? lowerNetns : JSON.stringify(lowerNetns)}`}`,
        cure: `${hint}The devices there are ${names.join(", ")}${below.length > names.length ? ", …" : ""}. If another resource of the program makes it, say so with dependsOn`,
      };
    },
  },
  {
    errnos: [Errno.EINVAL],
    find: ({ lower }) =>
      lower === undefined || (!lower.loopback && lower.hardwareType === ARPHRD_ETHER)
        ? undefined
        : {
            property: "lowerDevice",
            cause: `${lower.settings.name} is ${lower.loopback ? "the loopback device" : "no Ethernet device"}, and a macvlan needs an Ethernet one`,
            cure: "Choose a network card, bond, VLAN, bridge or veth as lowerDevice",
            culprit: lower,
          },
  },
  {
    errnos: [Errno.EINVAL],
    find: ({ lower }) =>
      lower === undefined || !LETS_NOTHING_STAND.test(lower.kind ?? "")
        ? undefined
        : {
            property: "lowerDevice",
            cause: `${lower.settings.name} is of kind ${lower.kind}, and the kernel lets no link stand on one`,
            cure: "Choose the device below it as lowerDevice, or a network card, bond, VLAN, bridge or veth",
            culprit: lower,
          },
  },
  {
    errnos: [Errno.EINVAL],
    find({ lower, settings: { mtu } }) {
      const most = lower?.settings.mtu;
      if (lower === undefined || most === undefined || mtu === undefined || mtu <= most)
        return undefined;
      return {
        property: "mtu",
        cause: `an MTU of ${mtu} does not fit the lower device ${lower.settings.name}, whose MTU is ${most}`,
        cure: `Declare at most ${most}, or raise the MTU of ${lower.settings.name} first`,
        culprit: lower,
      };
    },
  },
  {
    errnos: [Errno.EINVAL],
    find({ siblings, lower, settings: { mode } }) {
      const [passthru] = siblings("passthru");
      const others = mode === "passthru" ? siblings() : [];
      const holder = passthru ?? others[0];
      if (lower === undefined || holder === undefined) return undefined;
      return {
        property: "mode",
        cause:
          passthru !== undefined
            ? `the passthru link ${passthru.settings.name} has the lower device ${lower.settings.name} to itself`
            : `passthru needs the lower device ${lower.settings.name} to itself, and ${others
                .map((each) => each.settings.name)
                .slice(0, 5)
                .join(", ")} ${others.length === 1 ? "stands" : "stand"} on it`,
        cure: "Delete what stands there first, or use another lower device",
        culprit: holder,
      };
    },
  },
  {
    errnos: [Errno.EBUSY],
    find({ lower, below }) {
      if (lower?.slaveKind === undefined || lower.slaveKind === "vrf") return undefined;
      const master = at(below, lower.master)?.settings.name ?? `ifindex ${String(lower.master)}`;
      return {
        property: "lowerDevice",
        cause: `${lower.settings.name} is a port of the ${lower.slaveKind} ${master}, which takes all of its frames`,
        cure: `Use ${master} itself as lowerDevice, or take ${lower.settings.name} out of it`,
        culprit: lower,
      };
    },
  },
  {
    errnos: [Errno.EBUSY],
    find({ lower, below }) {
      if (lower === undefined) return undefined;
      const [holder] = having(below, IPVLANS, lower.ifindex);
      if (holder === undefined) return undefined;
      return {
        property: "lowerDevice",
        cause: `the ${holder.kind ?? ""} ${holder.settings.name} stands on ${lower.settings.name}, and the kernel allows either ipvlan or macvlan on one device`,
        cure: `Delete ${holder.settings.name}, or use another lower device`,
        culprit: holder,
      };
    },
  },
  {
    // Older kernels answer EBUSY.
    errnos: [Errno.EADDRINUSE, Errno.EBUSY],
    find({ lower, siblings, settings: { macAddress, adminState } }) {
      if (lower === undefined || macAddress === undefined || adminState === "down")
        return undefined;
      const holder =
        lower.settings.macAddress === macAddress
          ? lower
          : siblings(macAddress).find((each) => each.settings.adminState === "up");
      return (
        holder && {
          property: "macAddress",
          cause: `${holder === lower ? "the lower device" : "the link"} ${holder.settings.name} has the MAC address ${macAddress} already`,
          cure: `Give the link another macAddress, or leave it out and get one of its own${holder === lower ? "; only a passthru link shares its lower device's" : ""}`,
          culprit: holder,
        }
      );
    },
  },
  {
    errnos: [Errno.EEXIST],
    find({ beside, isOther, settings: { name = "", altNames = [] } }) {
      for (const [property, wanted] of [
        ["name", name],
        ...altNames.map((each) => ["altNames", each]),
      ] as const) {
        const holder = having(beside, NAMES, wanted).find(isOther);
        if (holder === undefined) continue;
        return {
          property: property === "name" ? "name" : "altNames",
          cause: `the name "${wanted}" is taken by ${holderInWords(holder, wanted ?? "")}`,
          cure: "Choose another name, delete that device, or take it over with adopt: true where it is the link you mean",
          culprit: holder,
        };
      }
      return undefined;
    },
  },
];

/** What somebody may have meant who wrote `name`. */
function nearest(devices: readonly Device[], name: string): string | undefined {
  if (devices.length === 0) return undefined;
  const near = closest(
    name,
    devices.map(({ settings }) => settings.name),
  );
  return distance(near, name) <= 2 ? near : undefined;
}

function holderInWords(device: Device, name: string): string {
  const what = device.kind === undefined ? "a device" : `a ${device.kind}`;
  const called =
    device.settings.name === name
      ? ""
      : ` called ${device.settings.name}, which has it as alternative name`;
  const maker =
    device.mark === undefined
      ? "that something else made"
      : "of another resource of this package (in another stack, or under its old logical name: give it an alias)";
  return `${what}${called} ${maker}`;
}

/** Everything that would make the kernel refuse the link in such a scene. */
export function causesIn(scene: Scene): Cause[] {
  return RULES.flatMap((rule) => rule.find(scene) ?? []);
}

/** The cause behind a bare errno, as far as the scene shows one. */
export function causeOf(errno: number, scene: Scene): Cause | undefined {
  return RULES.filter((rule) => rule.errnos.includes(errno))
    .map((rule) => rule.find(scene))
    .find((cause) => cause !== undefined);
}
