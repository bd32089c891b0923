/** A macvlan and a macvtap on a host that is reached over SSH. Which host, the stack's configuration says. */
import * as pulumi from "@pulumi/pulumi";
import * as macvlan from "pulumi-macvlan";

const config = new pulumi.Config();
// Which key logs in, ssh's own files or your ssh agent say. Nothing secret is in here, nor in the state.
const connection = {
  host: config.require("host"),
  user: config.get("user") ?? "root",
  sudo: config.getBoolean("sudo") ?? false,
};
const where = { connection, lowerDevice: config.get("lowerDevice") ?? "eth0" };

// A network card of its own for a container or a service.
const web = new macvlan.Macvlan("web", { ...where, mode: "bridge" });

// And for a virtual machine.
const vm = new macvlan.Macvtap("vm1", { ...where, mode: "bridge" });

export const webLink = web.name;
export const webMac = web.macAddress;
export const vmMac = vm.macAddress;
export const tapDevice = vm.tapDevice;
