/** A guest that the network reaches, and the host too: without the shim a macvlan and its lower device never hear each other. */
import * as pulumi from "@pulumi/pulumi";
import * as macvlan from "pulumi-macvlan";

const config = new pulumi.Config();
const lowerDevice = config.get("lowerDevice") ?? "eth0";
const guestAddress = config.get("guestAddress") ?? "192.0.2.10";
const shimAddress = config.get("shimAddress") ?? "192.0.2.2";

// A container, say: anything that lives in a network namespace.
const guest = new macvlan.Macvlan("guest", {
  lowerDevice,
  mode: "bridge",
  netns: config.get("guestNetns") ?? "guest",
  addresses: [`${guestAddress}/24`],
});

// The host's own macvlan beside it, and a route through it to the guest.
const shim = new macvlan.HostShim("shim", {
  lowerDevice,
  addresses: [`${shimAddress}/32`],
  guests: [guestAddress],
});

export const guestMac = guest.macAddress;
export const shimLink = shim.link.name;
