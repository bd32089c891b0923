/** A row for each reason for which the kernel refuses to make a link. */
import type { PropertyName } from "../../provider/link/model";
import type { KernelLab } from "../support/kernel-lab";
import type { Arguments } from "../support/link-resource";

export interface RefusedCreation {
  readonly title: string;
  /** Brings a host (`lower` and `wire`, a veth) into the state in which the link is refused. */
  readonly arrange?: (lab: KernelLab, netns: string) => Arguments | undefined | void;
  readonly args?: Arguments;
  readonly property: PropertyName;
  readonly cause: RegExp;
  readonly cure: RegExp;
  readonly errno?: string;
  /** What stands in the way is not to be seen in the lower device's namespace, so preview says nothing. */
  readonly unseen?: true;
}

const LOWER_MAC = "02:00:5e:30:00:01";
const SIBLING_MAC = "02:00:5e:30:00:02";

const addSibling = (lab: KernelLab, netns: string, ...more: string[]): void => {
  const sibling = ["add", "link", "lower", "name", "sibling0", "address", SIBLING_MAC];
  lab.ip(netns, "link", ...sibling, ...more);
};

/** A namespace that the check has no reason to look into. */
const moveSibling = (lab: KernelLab, netns: string): void => {
  const elsewhere = lab.namespace();
  lab.ip(netns, "link", "set", "dev", "sibling0", "netns", elsewhere);
  lab.ip(elsewhere, "link", "set", "dev", "sibling0", "up");
};

export const REFUSED: readonly RefusedCreation[] = [
  {
    title: "no lower device",
    args: { lowerDevice: "lowr" },
    property: "lowerDevice",
    cause: /there is no device "lowr" in the namespace lab/i,
    cure: /Did you mean lower\? The devices there are lo, (wire, lower|lower, wire)\. .* dependsOn/,
  },
  {
    title: "the loopback device as lower device",
    args: { lowerDevice: "lo" },
    property: "lowerDevice",
    cause: /lo is the loopback device, and a macvlan needs an Ethernet one/i,
    cure: /Choose a network card, bond, VLAN, bridge or veth/,
    errno: "EINVAL",
  },
  {
    title: "a tun device as lower device",
    arrange: (lab, netns) => void lab.ip(netns, "tuntap", "add", "name", "tun0", "mode", "tun"),
    args: { lowerDevice: "tun0" },
    property: "lowerDevice",
    cause: /tun0 is no Ethernet device, and a macvlan needs an Ethernet one/i,
    cure: /Choose a network card/,
    errno: "EINVAL",
  },
  {
    title: "an MTU above the lower device's",
    args: { mtu: 1501 },
    property: "mtu",
    cause: /an MTU of 1501 does not fit the lower device lower, whose MTU is 1500/i,
    cure: /Declare at most 1500, or raise the MTU of lower first/,
    errno: "EINVAL",
  },
  {
    title: "passthru beside another link",
    arrange: (lab, netns) => addSibling(lab, netns, "type", "macvlan", "mode", "bridge"),
    args: { mode: "passthru" },
    property: "mode",
    cause: /passthru needs the lower device lower to itself, and sibling0 stands on it/i,
    cure: /Delete what stands there first, or use another lower device/,
    errno: "EINVAL",
  },
  {
    title: "a link beside a passthru link",
    arrange: (lab, netns) => addSibling(lab, netns, "type", "macvtap", "mode", "passthru"),
    args: { mode: "bridge" },
    property: "mode",
    cause: /the passthru link sibling0 has the lower device lower to itself/i,
    cure: /Delete what stands there first/,
    errno: "EINVAL",
  },
  {
    title: "a passthru link in a namespace that nobody mentions",
    arrange(lab, netns) {
      addSibling(lab, netns, "type", "macvlan", "mode", "passthru");
      moveSibling(lab, netns);
    },
    property: "mode",
    cause: /nothing in the namespace of the lower device shows a reason/,
    cure: /a passthru link.* may stand on the same lower device in a namespace that cannot be seen/i,
    errno: "EINVAL",
    unseen: true,
  },
  {
    title: "a lower device that is a bridge's port",
    arrange(lab, netns) {
      lab.ip(netns, "link", "add", "name", "bridge0", "type", "bridge");
      lab.ip(netns, "link", "set", "dev", "lower", "master", "bridge0");
    },
    property: "lowerDevice",
    cause: /lower is a port of the bridge bridge0, which takes all of its frames/i,
    cure: /Use bridge0 itself as lowerDevice, or take lower out of it/,
    errno: "EBUSY",
  },
  {
    title: "the lower device's own MAC address",
    arrange(lab, netns) {
      lab.ip(netns, "link", "set", "dev", "lower", "address", LOWER_MAC);
    },
    args: { macAddress: LOWER_MAC },
    property: "macAddress",
    cause: new RegExp(`the lower device lower has the MAC address ${LOWER_MAC} already`, "i"),
    cure: /Give the link another macAddress.*only a passthru link shares its lower device's/,
    errno: "EADDRINUSE",
  },
  {
    title: "the MAC address of a link that is up",
    arrange: (lab, netns) => addSibling(lab, netns, "up", "type", "macvlan", "mode", "bridge"),
    args: { macAddress: SIBLING_MAC, mode: "bridge" },
    property: "macAddress",
    cause: new RegExp(`the link sibling0 has the MAC address ${SIBLING_MAC} already`, "i"),
    cure: /Give the link another macAddress, or leave it out/,
    errno: "EADDRINUSE",
  },
  {
    title: "the MAC address of a link in a namespace that nobody mentions",
    arrange(lab, netns) {
      addSibling(lab, netns, "type", "macvlan", "mode", "bridge");
      moveSibling(lab, netns);
    },
    args: { macAddress: SIBLING_MAC, mode: "bridge" },
    property: "macAddress",
    cause: /in use on the lower device, by a link in a namespace that cannot be seen from here/,
    cure: /Give the link another macAddress/,
    errno: "EADDRINUSE",
    unseen: true,
  },
  {
    title: "a name that a foreign macvlan has",
    arrange: (lab, netns) => addSibling(lab, netns, "type", "macvlan"),
    args: { name: "sibling0" },
    property: "name",
    cause: /the name "sibling0" is taken by a macvlan that something else made/i,
    cure: /Choose another name, delete that device, or take it over with adopt: true/,
  },
  {
    title: "a name that a device of another kind has",
    args: { name: "wire" },
    property: "name",
    cause: /the name "wire" is taken by a veth that something else made/i,
    cure: /Choose another name/,
  },
  {
    title: "a name that is another device's alternative name",
    arrange(lab, netns) {
      lab.ip(netns, "link", "property", "add", "dev", "wire", "altname", "taken0");
    },
    args: { name: "taken0" },
    property: "name",
    cause: /the name "taken0" is taken by a veth called wire, which has it as alternative name/i,
    cure: /Choose another name/,
  },
  {
    title: "an alternative name that another device has",
    arrange(lab, netns) {
      lab.ip(netns, "link", "property", "add", "dev", "wire", "altname", "taken0");
    },
    args: { altNames: ["free0", "taken0"] },
    property: "altNames",
    cause: /the name "taken0" is taken by a veth called wire, which has it as alternative name/i,
    cure: /Choose another name/,
    errno: "EEXIST",
  },
  {
    title: "a name that is taken in the target namespace",
    arrange(lab, netns) {
      const target = lab.namespace();
      lab.veth(netns, "pair0", "taken0", target);
      return { netns: target };
    },
    args: { name: "taken0" },
    property: "name",
    cause: /the name "taken0" is taken by a veth that something else made/i,
    cure: /Choose another name/,
  },
];
