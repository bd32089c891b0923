/** A row for each kind of device that a link may be put on: how one called `lower` comes to be. */
import { add, NotThere, type Site } from "./site";

export interface LowerDevice {
  readonly title: string;
  readonly make: (site: Site, netns: string) => void;
  /** What of it does not go with its namespace. */
  readonly release?: (site: Site, netns: string) => void;
  /** Something else stands there too, so no passthru link can. */
  readonly isShared?: true;
}

const up = ({ lab }: Site, netns: string, ...names: string[]): void => {
  for (const name of names) lab.ip(netns, "link", "set", "dev", name, "up");
};

/** `lower` over a card of its own, as master of it or beside it. */
const over =
  (...how: string[]) =>
  (site: Site, netns: string): void => {
    add(site, netns, "card", "type", "veth", "peer", "name", "wire");
    up(site, netns, "card", "wire");
    add(site, netns, "lower", ...how);
    up(site, netns, "lower");
  };

const mastering =
  (...how: string[]) =>
  (site: Site, netns: string): void => {
    add(site, netns, "card", "type", "veth", "peer", "name", "wire");
    add(site, netns, "lower", ...how);
    site.lab.ip(netns, "link", "set", "dev", "card", "master", "lower");
    up(site, netns, "card", "wire", "lower");
  };

/** `lower` belongs to another device, which takes its frames. */
const within =
  (...how: string[]) =>
  (site: Site, netns: string): void => {
    add(site, netns, "holder", ...how);
    add(site, netns, "lower", "type", "veth", "peer", "name", "wire");
    site.lab.ip(netns, "link", "set", "dev", "lower", "master", "holder");
    up(site, netns, "lower", "wire", "holder");
  };

const alone =
  (...how: string[]) =>
  (site: Site, netns: string): void => {
    add(site, netns, "lower", ...how);
    up(site, netns, "lower");
  };

const tunnel =
  (mode: "tun" | "tap") =>
  ({ lab }: Site, netns: string): void => {
    lab.ip(netns, "tuntap", "add", "name", "lower", "mode", mode);
    lab.ip(netns, "link", "set", "dev", "lower", "up");
  };

const CARD = "eth1";

export const LOWER_DEVICES: readonly LowerDevice[] = [
  {
    title: "a network card (e1000e)",
    make(site, netns) {
      // Only the virtual machine has one to give away.
      if (site.connection === undefined) throw new NotThere();
      site.lab.run("ip", ["link", "set", "dev", CARD, "name", "lower", "netns", netns]);
      up(site, netns, "lower");
    },
    release({ lab }, netns) {
      lab.ip(netns, "link", "set", "dev", "lower", "down");
      lab.ip(netns, "link", "set", "dev", "lower", "name", CARD, "netns", "1");
    },
  },
  { title: "veth", make: alone("type", "veth", "peer", "name", "wire") },
  { title: "dummy", make: alone("type", "dummy") },
  { title: "VLAN", make: over("link", "card", "type", "vlan", "id", "5") },
  { title: "bond", make: mastering("type", "bond", "mode", "active-backup") },
  { title: "team", make: mastering("type", "team") },
  { title: "bridge", make: mastering("type", "bridge") },
  { title: "VXLAN", make: over("type", "vxlan", "id", "7", "dev", "card", "dstport", "4789") },
  { title: "tap", make: tunnel("tap") },
  {
    title: "another macvlan (what is below it)",
    make: over("link", "card", "type", "macvlan", "mode", "bridge"),
    isShared: true,
  },
  { title: "ipvlan", make: over("link", "card", "type", "ipvlan") },
  {
    title: "a device that ipvlan stands on",
    make(site, netns) {
      alone("type", "veth", "peer", "name", "wire")(site, netns);
      add(site, netns, "ipvl", "link", "lower", "type", "ipvlan");
    },
  },
  { title: "a VRF", make: alone("type", "vrf", "table", "10") },
  { title: "a member of a bond", make: within("type", "bond", "mode", "active-backup") },
  { title: "a member of a team", make: within("type", "team") },
  { title: "a port of a bridge", make: within("type", "bridge") },
  { title: "WireGuard", make: alone("type", "wireguard") },
  { title: "tun", make: tunnel("tun") },
];
