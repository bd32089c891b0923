/** A virtual machine of libvirt's, whose network card is a macvtap that libvirt neither makes nor deletes. */
import * as pulumi from "@pulumi/pulumi";
import * as macvlan from "pulumi-macvlan";

const config = new pulumi.Config();
const owner = config.get("qemuUser");

const vm = new macvlan.Macvtap("vm1", {
  lowerDevice: config.get("lowerDevice") ?? "eth0",
  mode: "bridge",
  // libvirtd opens the tap device as root; whoever else is to open it is named here.
  ...(owner !== undefined && { tap: { owner, mode: "0600" } }),
});

export const mac = vm.macAddress;
export const tapDevice = vm.tapDevice;
/** For the domain's <devices>. */
export const interfaceXml = vm.libvirtInterfaceXml;
