import type * as pulumi from "@pulumi/pulumi";
import { Link } from "./link";
import type { MacvlanArgs } from "./link-args";

/**
 * A macvlan link: a network interface with a MAC address of its own on top of a lower device.
 *
 * @example
 * new Macvlan("web", { lowerDevice: "eth0", mode: "bridge", netns: "web" });
 */
export class Macvlan extends Link {
  static readonly type = "pulumi-nodejs:dynamic/macvlan:Macvlan";
  /** Lines for the configuration of an LXC container that takes the link. */
  declare readonly lxcConfig: pulumi.Output<string>;

  constructor(name: string, args: MacvlanArgs, opts?: pulumi.CustomResourceOptions) {
    super("macvlan", Macvlan.type, name, args, ["lxcConfig"], opts);
  }
}
