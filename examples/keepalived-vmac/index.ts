/** Two routers that share an address: a macvlan on each with VRRP's virtual MAC address, between which keepalived moves it. */
import * as pulumi from "@pulumi/pulumi";
import * as macvlan from "pulumi-macvlan";

interface Router {
  /** What its link is called by in the program. It stays when the address changes. */
  readonly name: string;
  /** A name, an address, or an alias of ssh_config. */
  readonly host: string;
  readonly user?: string;
  readonly lowerDevice?: string;
}

const config = new pulumi.Config();
const routers = config.requireObject<readonly Router[]>("routers");
/** `virtual_router_id` in keepalived's configuration, 1 to 255. */
const id = config.getNumber("virtualRouterId") ?? 10;

/** RFC 5798, 7.3: all routers of one virtual_router_id have one MAC address. */
const macAddress = `00:00:5e:00:01:${id.toString(16).padStart(2, "0")}`;

for (const { name, host, user = "root", lowerDevice = "eth0" } of routers)
  new macvlan.Macvlan(name, {
    connection: { host, user, id: name },
    lowerDevice,
    name: `vmac${id}`,
    // As keepalived makes its own: links of one router have nothing to say to each other.
    mode: "private",
    macAddress,
    sysctls: {
      // It answers for the virtual address alone, and names no other when it asks.
      "ipv4.arp_ignore": 1,
      "ipv4.arp_announce": 2,
      // Both routers have this MAC address: what IPv6 says by itself would draw frames to the wrong one.
      "ipv6.disable_ipv6": 1,
    },
  });

export const mac = macAddress;
