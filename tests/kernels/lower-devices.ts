/** A row for each kind of device that a link may be put on: how one called `lower` comes to be. */
import { ip, NotThere, type Site, veth } from "./site";

export interface LowerDevice {
  readonly title: string;
  readonly make: (site: Site, netns: string) => void;
  /** What of it does not go with its namespace. */
  readonly release?: (site: Site, netns: string) => void;
  /** Something else stands there too, so no passthru link can. */
  readonly isShared?: true;
}

type Make = LowerDevice["make"];

const alone =
  (...lines: readonly string[]): Make =>
  (site, netns) =>
    ip(site, netns, ...lines, "link set lower up");

const CARD = ["link add card type veth peer name wire", "link set card up", "link set wire up"];

/** `lower` over a card of its own, as master of it or beside it. */
const over = (how: string): Make => alone(...CARD, `link add ${how}`);
const mastering = (how: string): Make =>
  // A bond takes none that is up.
  alone(CARD[0] ?? "", `link add lower ${how}`, "link set card master lower", ...CARD.slice(1));
/** `lower` belongs to another device, which takes its frames. */
const within = (how: string): Make =>
  alone(
    `link add holder ${how}`,
    "link add lower type veth peer name wire",
    "link set lower master holder",
    "link set holder up",
  );

/** The only one of the virtual machine's that it gives away. */
const ETH1 = "eth1";

export const LOWER_DEVICES: readonly LowerDevice[] = [
  {
    title: "a network card (e1000e)",
    make(site, netns) {
      if (site.connection === undefined) throw new NotThere();
      site.lab.run("ip", ["link", "set", "dev", ETH1, "name", "lower", "netns", netns]);
      ip(site, netns, "link set lower up");
    },
    release: (site, netns) =>
      ip(site, netns, "link set lower down", `link set lower name ${ETH1} netns 1`),
  },
  { title: "veth", make: veth },
  { title: "dummy", make: alone("link add lower type dummy") },
  { title: "VLAN", make: over("link card name lower type vlan id 5") },
  { title: "bond", make: mastering("type bond mode active-backup") },
  { title: "team", make: mastering("type team") },
  { title: "bridge", make: mastering("type bridge") },
  { title: "VXLAN", make: over("lower type vxlan id 7 dev card dstport 4789") },
  { title: "tap", make: alone("tuntap add lower mode tap") },
  {
    title: "another macvlan (what is below it)",
    make: over("link card name lower type macvlan mode bridge"),
    isShared: true,
  },
  { title: "ipvlan", make: over("link card name lower type ipvlan") },
  {
    title: "a device that ipvlan stands on",
    make: alone(
      "link add lower type veth peer name wire",
      "link add link lower name ipvl type ipvlan",
    ),
  },
  { title: "a VRF", make: alone("link add lower type vrf table 10") },
  { title: "a member of a bond", make: within("type bond mode active-backup") },
  { title: "a member of a team", make: within("type team") },
  { title: "a port of a bridge", make: within("type bridge") },
  { title: "WireGuard", make: alone("link add lower type wireguard") },
  { title: "tun", make: alone("tuntap add lower mode tun") },
];
