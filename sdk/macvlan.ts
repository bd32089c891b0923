import type * as pulumi from "@pulumi/pulumi";
import { lxcConfigFor } from "../provider/link/handover";
import { Link } from "./link";
import type { MacvlanArgs } from "./link-args";

/**
 * A macvlan link: a network interface with a MAC address of its own on top of a lower device.
 *
 * @example
 * new Macvlan("web", { lowerDevice: "eth0", mode: "bridge", netns: "web" });
 */
export class Macvlan extends Link<MacvlanArgs> {
  static readonly type = "pulumi-nodejs:dynamic/macvlan:Macvlan";
  static readonly kind = "macvlan";
  static readonly outputs = [] as const;

  /** Lines for the configuration of an LXC container that takes the link. */
  get lxcConfig(): pulumi.Output<string> {
    return this.name.apply(lxcConfigFor);
  }
}
