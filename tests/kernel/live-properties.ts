/** A row for each live property: values to give it, and how somebody changes it by hand. */
import type { Kind, Mode, PropertyName } from "../../provider/link/model";
import { broadcastLimitOf, setBroadcastLimit } from "../support/raw-link";
import { SHOWN } from "../support/ip-link";
import type { KernelLab } from "../support/kernel-lab";

export interface LiveProperty {
  readonly property: Exclude<PropertyName, "tap" | "netns" | "lowerNetns">;
  /** Where it holds; bridge mode otherwise. */
  readonly mode?: Mode;
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
    byHand: (_, netns, name) => setBroadcastLimit(netns, name, 9),
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

export const CASES = (["macvlan", "macvtap"] as const).flatMap((kind) =>
  LIVE.map((row) => ({ kind, row })),
);

export function shown(
  lab: KernelLab,
  netns: string,
  name: string,
  property: LiveProperty["property"],
): unknown {
  if (property === "broadcastLimit") return broadcastLimitOf(netns, name);
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
