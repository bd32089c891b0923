/** A row for each live property: values to give it, and how somebody changes it by hand. */
import type { Kind, Mode, PropertyName } from "../../provider/link/model";
import { broadcastLimitOf, setBroadcastLimit } from "../support/raw-link";
import { addressesShown, routesShown, setSysctl, sysctlsShown } from "../support/ip-around";
import { SHOWN } from "../support/ip-link";
import type { KernelLab } from "../support/kernel-lab";

export interface LiveProperty {
  readonly property: Exclude<PropertyName, "tap" | "netns" | "lowerNetns">;
  /** Where it holds; bridge mode otherwise. */
  readonly mode?: Mode;
  /** Of both, where it is absent. */
  readonly kind?: Kind;
  readonly prepare?: (lab: KernelLab, netns: string) => void;
  readonly first: unknown;
  readonly second: unknown;
  /** What holds once it is declared no more. */
  readonly omitted: (kind: Kind) => unknown;
  /** Arguments of `ip link set dev NAME` that make it something else than both values. */
  readonly byHand: readonly string[] | ((lab: KernelLab, netns: string, name: string) => void);
}

const MACS = ["02:00:5e:00:00:01", "02:00:5e:00:00:02", "02:00:5e:00:00:03"] as const;

export const LIVE: readonly LiveProperty[] = [
  { property: "mtu", first: 1400, second: 1300, omitted: () => 1500, byHand: ["mtu", "1200"] },
  {
    property: "txQueueLength",
    first: 200,
    second: 0,
    omitted: (kind) => (kind === "macvtap" ? 500 : 1000),
    byHand: ["txqueuelen", "77"],
  },
  { property: "adminState", first: "down", second: "up", omitted: () => "up", byHand: ["up"] },
  {
    property: "addrGenMode",
    first: "random",
    second: "eui64",
    omitted: (kind) => (kind === "macvtap" ? "none" : "eui64"),
    byHand: ["addrgenmode", "none"],
  },
  {
    property: "noPromisc",
    mode: "passthru",
    first: true,
    second: false,
    omitted: () => false,
    byHand: ["type", "KIND", "flag", "null"],
  },
  {
    property: "noDst",
    first: true,
    second: false,
    omitted: () => false,
    byHand: ["type", "KIND", "flag", "null"],
  },
  {
    property: "broadcastQueueLength",
    first: 2000,
    second: 3000,
    omitted: () => 1000,
    byHand: ["type", "KIND", "bcqueuelen", "1234"],
  },
  {
    property: "broadcastLimit",
    first: 5,
    second: -1,
    omitted: () => 1,
    byHand: ({ run }, netns, name) => setBroadcastLimit(netns, name, 9, run),
  },
  {
    property: "sourceMacAddresses",
    mode: "source",
    first: MACS.slice(0, 2),
    second: MACS.slice(1, 3),
    omitted: () => [],
    byHand: ["type", "KIND", "macaddr", "add", "02:00:5e:00:00:0f"],
  },
  { property: "group", first: 7, second: 2147483647, omitted: () => 0, byHand: ["group", "9"] },
  {
    property: "alias",
    first: "the guest of the hall",
    second: "ein Gast – größer",
    omitted: () => "",
    byHand: (lab, netns, name) => {
      const [mark] = /\[pulumi-macvlan:.*\]$/.exec(lab.link(netns, name)?.ifalias ?? "") ?? [];
      lab.ip(netns, "link", "set", "dev", name, "alias", `by hand ${mark}`);
    },
  },
  {
    property: "altNames",
    first: ["a-first-alternative-name", "another"],
    second: ["another", "third"],
    omitted: () => [],
    byHand: (lab, netns, name) => {
      lab.ip(netns, "link", "property", "add", "dev", name, "altname", "by-hand");
    },
  },
];

/** What stands beside a link's own message. */
export const AROUND: readonly LiveProperty[] = [
  {
    property: "addresses",
    first: ["192.0.2.10/24", "2001:db8::10/64"],
    second: ["192.0.2.11/24", "192.0.2.12/24", "2001:db8::10/64", "2001:db8::11/128"],
    omitted: () => [],
    byHand: (lab, netns, name) => {
      lab.ip(netns, "address", "delete", "192.0.2.10/24", "dev", name);
    },
  },
  {
    property: "routes",
    first: [{ destination: "198.51.100.0/24" }, { destination: "2001:db8:1::/64" }],
    second: [
      { destination: "198.51.100.0/24", metric: 7 },
      { destination: "2001:db8:2::/64", metric: 5, table: 100 },
      { destination: "203.0.113.0/24", table: 1000 },
    ],
    omitted: () => [],
    byHand: (lab, netns, name) => {
      lab.ip(netns, "route", "delete", "198.51.100.0/24", "dev", name);
    },
  },
  {
    property: "sysctls",
    first: { "ipv4.arp_ignore": 1, "ipv4.rp_filter": 0, "ipv6.accept_ra": 0 },
    second: { "ipv4.arp_ignore": 2, "ipv4.rp_filter": 2, "ipv6.accept_ra": 2 },
    omitted: () => ({ "ipv4.arp_ignore": 0, "ipv4.rp_filter": 0, "ipv6.accept_ra": 1 }),
    byHand: ({ run }, netns, name) => setSysctl(netns, name, "ipv6.accept_ra", 1, run),
  },
  {
    property: "bridge",
    kind: "macvlan",
    prepare: (lab, netns) => {
      for (const name of ["br0", "br1", "br2"])
        lab.ip(netns, "link", "add", "name", name, "type", "bridge");
    },
    first: "br0",
    second: "br1",
    omitted: () => "",
    byHand: ["master", "br2"],
  },
];

export const CASES = (["macvlan", "macvtap"] as const).flatMap((kind) =>
  [...LIVE, ...AROUND].filter((row) => (row.kind ?? kind) === kind).map((row) => ({ kind, row })),
);

export function shown(
  lab: KernelLab,
  netns: string,
  name: string,
  property: LiveProperty["property"],
): unknown {
  if (property === "broadcastLimit") return broadcastLimitOf(netns, name, lab.run);
  if (property === "addresses") return addressesShown(lab, netns, name);
  if (property === "routes") return routesShown(lab, netns, name);
  // Of several links on one lower device: `arp-own.test.ts`.
  if (property === "arp") return undefined;
  if (property === "sysctls") return sysctlsShown(netns, name, lab.run);
  const link = lab.link(netns, name);
  return link && SHOWN[property](link);
}

export function changeByHand(
  lab: KernelLab,
  netns: string,
  name: string,
  { byHand }: LiveProperty,
): void {
  if (typeof byHand === "function") return byHand(lab, netns, name);
  const kind = lab.link(netns, name)?.linkinfo?.info_kind ?? "";
  const args = byHand.map((word) => (word === "KIND" ? kind : word));
  lab.ip(netns, "link", "set", "dev", name, ...args);
}
