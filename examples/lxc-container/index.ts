/** A network card for an LXC container, which takes it into its own namespace and gives it back when it stops. */
import * as pulumi from "@pulumi/pulumi";
import * as macvlan from "pulumi-macvlan";

const config = new pulumi.Config();

const web = new macvlan.Macvlan("web", {
  lowerDevice: config.get("lowerDevice") ?? "eth0",
  mode: "bridge",
});

export const mac = web.macAddress;
/** Lines for the container's configuration. */
export const lxcConfig = web.lxcConfig;
