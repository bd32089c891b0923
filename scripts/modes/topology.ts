/** The network in which modes are measured: a host with its cards in a Linux bridge, and a router at another port of it. */
import { execFileSync } from "node:child_process";
import type { KernelLab } from "../../tests/support/kernel-lab";
import { LinkResource } from "../../tests/support/link-resource";
import { PortResource } from "../../tests/support/port-resource";
import { gatewayOf, type Station } from "./stations";

/** A station, and where its frames go in and out. */
export interface Placed extends Station {
  readonly netns: string;
  readonly link: string;
  readonly tap?: string;
}

export interface Topology {
  readonly stations: readonly Placed[];
  setHairpin(on: boolean): Promise<void>;
}

const NOBODY = "02:00:5e:99:99:99";

/** All of it goes with the lab. */
export async function buildTopology(
  lab: KernelLab,
  planned: readonly Station[],
): Promise<Topology> {
  const [host, middle, far] = [namespace(lab), namespace(lab), namespace(lab)];
  lab.ip(middle, "link", "add", "name", "br0", "type", "bridge");
  lab.ip(middle, "link", "set", "dev", "br0", "up");
  const cards = planned.filter(({ what }) => what === "lower device").map(({ name }) => name);
  for (const card of [...cards, "far"]) {
    lab.veth(card === "far" ? far : host, card, `to-${card}`, middle);
    lab.ip(middle, "link", "set", "dev", `to-${card}`, "master", "br0");
  }
  sysctl(far, "net.ipv4.conf.all.forwarding=1");
  const macs = [...new Set(planned.map(({ mac }) => mac))];
  const stations = await Promise.all(
    planned.map((station) => place(lab, station, { host, far, macs })),
  );
  for (const station of stations) introduce(station, stations);

  const ports = cards.map(
    (card) => new PortResource(lab, { device: `to-${card}`, netns: middle, hairpin: true }),
  );
  return {
    stations,
    async setHairpin(on) {
      for (const port of ports) await (on ? port.create() : port.delete());
    },
  };
}

function namespace(lab: KernelLab): string {
  const netns = lab.namespace();
  sysctl(
    netns,
    // Several devices of one network in one namespace: each answers for its own addresses alone.
    ...["rp_filter=0", "arp_ignore=1", "send_redirects=0"].map(
      (setting) => `net.ipv4.conf.all.${setting}`,
    ),
    "net.ipv4.conf.default.rp_filter=0",
    "net.ipv4.conf.default.send_redirects=0",
    "net.ipv6.conf.all.disable_ipv6=1",
    "net.ipv6.conf.default.disable_ipv6=1",
  );
  return netns;
}

const sysctl = (netns: string, ...settings: string[]): void =>
  void execFileSync("ip", ["netns", "exec", netns, "sysctl", "-qw", ...settings], {
    stdio: "pipe",
  });

interface Around {
  readonly host: string;
  readonly far: string;
  readonly macs: readonly string[];
}

async function place(
  lab: KernelLab,
  station: Station,
  { host, far, macs }: Around,
): Promise<Placed> {
  const { what, at, card = "far", kind, mode, mac, flat, routed, lists } = station;
  if (what !== "link") {
    const netns = at === "outside" ? far : host;
    lab.ip(netns, "link", "set", "dev", card, "address", mac);
    for (const address of what === "outside" ? [flat] : [flat, routed])
      if (address !== undefined) lab.ip(netns, "address", "add", `${address}/24`, "dev", card);
    return { ...station, netns, link: card };
  }
  const netns = at === "guest" && kind === "macvlan" ? namespace(lab) : host;
  const others = macs.filter((each) => each !== mac);
  const link = new LinkResource(lab, {
    ...{ kind, mode, lowerDevice: card, lowerNetns: host, netns },
    ...(mode !== "passthru" && { macAddress: mac }),
    ...(mode === "source" && { sourceMacAddresses: lists === "all" ? others : [NOBODY] }),
    ...(flat !== undefined && { addresses: [`${flat}/24`, `${routed}/24`] }),
  });
  const { name, tapDevice } = await link.create();
  return { ...station, netns, link: name, ...(tapDevice !== undefined && { tap: tapDevice }) };
}

/** Static neighbours, so that a packet needs no broadcast, and the way by the router. */
function introduce(station: Placed, stations: readonly Placed[]): void {
  const { netns, link, flat, what } = station;
  if (flat === undefined) return;
  const peers = stations.filter((each) => each.flat !== undefined && each.netns !== netns);
  const neighbour = (address: string | undefined, mac: string): string =>
    `neigh replace ${address} lladdr ${mac} dev ${link} nud permanent`;
  const router = stations.find((each) => each.what === "outside");
  const lines = peers.map((each) => neighbour(each.flat, each.mac));
  if (what === "outside")
    for (const each of peers)
      lines.push(`address add ${gatewayOf(each)}/24 dev ${link}`, neighbour(each.routed, each.mac));
  else
    lines.push(
      neighbour(gatewayOf(station), router?.mac ?? ""),
      `route add 198.18.0.0/15 via ${gatewayOf(station)} dev ${link} metric ${stations.indexOf(station)}`,
    );
  execFileSync("ip", ["-n", netns, "-batch", "-"], { input: lines.join("\n"), stdio: "pipe" });
}
