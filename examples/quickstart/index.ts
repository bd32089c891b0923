/**
 * Two hosts (network namespaces here) with a network card each. On the first: a web and a database
 * container's link, and one for a virtual machine; on the second a single link with the card to itself.
 */
import * as pulumi from "@pulumi/pulumi";
import * as macvlan from "pulumi-macvlan";

const config = new pulumi.Config();
const mtu = config.getNumber("mtu") ?? 1500;
const mode = config.get<macvlan.Mode>("mode") ?? "bridge";

const host1 = { lowerNetns: "host1", lowerDevice: "eth0" };
const host2 = { lowerNetns: "host2", lowerDevice: "eth0" };

// Each made straight in its container's namespace; name and MAC address are the same at every run.
const web = new macvlan.Macvlan("web", { ...host1, netns: "web", mode, mtu });
const db = new macvlan.Macvlan("db", { ...host1, netns: "db", mode, alias: "the database's" });

// For a virtual machine: a program opens the tap device and is on the network.
const vm = new macvlan.Macvtap("vm1", { ...host1, mode });

const router = new macvlan.Macvlan("router", { ...host2, mode: "passthru" });

export const links = pulumi
  .all(
    [web, db, vm, router].map((link) =>
      pulumi.all([link.name, link.macAddress, link.mode, link.operState]),
    ),
  )
  .apply((all) => all.map(([name, mac, how, state]) => `${name} ${mac} ${how} ${state}`));
export const tapDevice = vm.tapDevice;
export const forLxc = web.lxcConfig;
export const forQemu = vm.qemuArgs;
