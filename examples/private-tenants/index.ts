/** Tenants on one network card that reach the network, and do not find each other. */
import * as pulumi from "@pulumi/pulumi";
import * as macvlan from "pulumi-macvlan";

const config = new pulumi.Config();
const lowerDevice = config.get("lowerDevice") ?? "eth0";
const network = config.get("network") ?? "192.0.2";
const tenants = config.getObject<string[]>("tenants") ?? ["tenant1", "tenant2"];

const links = tenants.map(
  (netns, n) =>
    new macvlan.Macvlan(netns, {
      lowerDevice,
      mode: config.get<macvlan.Mode>("mode") ?? "private",
      netns,
      addresses: [`${network}.${11 + n}/24`],
    }),
);

export const macs = links.map(({ macAddress }) => macAddress);
