/** The rows of the property table that no link message holds: `around.ts` reads them, `plan-around.ts` sets them. */
import { addresses } from "./addresses";
import { ARPS, type LinkSettings } from "./model";
import type { Property } from "./property";
import { routes } from "./routes";
import { sysctls } from "./sysctls";
import { deviceName, oneOf } from "./value-type";

type Name = "arp" | "addresses" | "routes" | "sysctls" | "bridge";

export const AROUND_PROPERTIES: { readonly [K in Name]: Property<LinkSettings[K]> } = {
  addresses: {
    type: addresses,
    omitted: { is: "left alone", reset: [] },
    change: "live",
    kernel: "RTM_NEWADDR",
    doc: "IPv4 and IPv6 addresses of the host on the link. Those that something else adds (DHCP, router advertisements) are left alone, unless `exclusive` is true. An IPv6 one that a route has as its source is there without duplicate address detection. On a macvtap the host answers for them on its guest's MAC address.",
  },
  routes: {
    type: routes,
    omitted: { is: "left alone", reset: [] },
    change: "live",
    kernel: "RTM_NEWROUTE",
    doc: "Routes through the link; other routes are left alone. They need a link that is up.",
  },
  sysctls: {
    type: sysctls,
    omitted: { is: "left alone", reset: {} },
    change: "live",
    kernel: "IFLA_INET_CONF, /proc/sys/net/ipv6/conf/<link>",
    doc: "Settings of IPv4 and IPv6 on the link, each by its name in /proc/sys/net/ipv4/conf or ipv6/conf. Only those that are declared are looked at; one that is no longer declared gets the value back that it had before.",
  },
  arp: {
    type: oneOf(ARPS),
    omitted: { is: "left alone", reset: "shared" },
    change: "live",
    kernel: "arp_ignore, arp_announce and rp_filter of the link and its lower device; policy rules",
    doc: '"own": each of the IPv4 `addresses` answers with the link\'s own MAC address and no other, and packets from it to its network leave by the link; those to others do where the link has a route to them. By itself Linux answers for all of a host\'s addresses on every device ("shared"). The lower device is set too, and gets back what it had with the last such link on it.',
  },
  bridge: {
    type: deviceName,
    omitted: { is: "left alone", reset: "" },
    change: "live",
    only: {
      kind: "macvlan",
      because:
        "a macvtap cannot be a port of a bridge: its frames go to the program that has its tap device open",
    },
    kernel: "IFLA_MASTER",
    doc: "The bridge that the link is a port of, by its name in the link's namespace.",
  },
};
