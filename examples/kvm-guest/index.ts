/** A virtual machine's network card: QEMU opens the tap device and is on the network. */
import * as pulumi from "@pulumi/pulumi";
import * as macvlan from "pulumi-macvlan";

const config = new pulumi.Config();

const vm = new macvlan.Macvtap("vm1", {
  lowerDevice: config.get("lowerDevice") ?? "eth0",
  mode: "bridge",
  // Whoever runs QEMU; root without it.
  ...(config.get("user") !== undefined && { tap: { owner: config.require("user"), mode: "0600" } }),
});

export const mac = vm.macAddress;
export const tapDevice = vm.tapDevice;
export const qemuArgs = vm.qemuArgs;
