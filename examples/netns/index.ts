/** A network namespace that is on the network with an address and a MAC address of its own. */
import * as pulumi from "@pulumi/pulumi";
import * as macvlan from "pulumi-macvlan";

const config = new pulumi.Config();

// Made straight in the namespace: nothing is ever seen of it outside.
const web = new macvlan.Macvlan("web", {
  lowerDevice: config.get("lowerDevice") ?? "eth0",
  mode: "bridge",
  netns: config.get("netns") ?? "guest",
  addresses: [config.get("address") ?? "192.0.2.10/24"],
  routes: [{ destination: "default", gateway: config.get("gateway") ?? "192.0.2.254" }],
});

export const link = web.name;
export const mac = web.macAddress;
