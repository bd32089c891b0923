/** A bridge for guests, whose way out is a macvlan on the host's network card. */
import * as pulumi from "@pulumi/pulumi";
import * as macvlan from "pulumi-macvlan";

const config = new pulumi.Config();

const uplink = new macvlan.Macvlan("uplink", {
  lowerDevice: config.get("lowerDevice") ?? "eth0",
  // In all other modes the kernel gives a macvlan only what is for its own MAC address, and the guests
  // behind the bridge have theirs.
  mode: config.get<macvlan.Mode>("mode") ?? "passthru",
  bridge: config.get("bridge") ?? "br0",
});

export const link = uplink.name;
export const mac = uplink.macAddress;
