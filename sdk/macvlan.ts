import type * as pulumi from "@pulumi/pulumi";
import { lxcConfigFor } from "../provider/link/handover";
import { LinkBase, registrationOf, withQuietOutputs } from "./link";
import type { MacvlanArgs } from "./link-args";
import { withShortTraces } from "./short-traces";
import { declareConnection } from "./station-of";
import { declareLink } from "./warnings";

const TYPE = "pulumi-nodejs:dynamic/macvlan:Macvlan";
const MACVLAN_LINK = { type: TYPE, outputs: [] } as const;

/**
 * A macvlan link: a network interface with a MAC address of its own on top of a lower device.
 *
 * @example
 * new Macvlan("web", { lowerDevice: "eth0", mode: "bridge", netns: "web" });
 */
export class Macvlan extends LinkBase {
  static readonly type = TYPE;

  /** The bridge that it is a port of; empty for none. */
  declare readonly bridge: pulumi.Output<string | undefined>;

  constructor(name: string, args: MacvlanArgs, opts?: pulumi.CustomResourceOptions) {
    const restore = withShortTraces();
    try {
      super(...registrationOf(MACVLAN_LINK, name, args, opts));
    } finally {
      restore();
    }
    declareConnection(this, args);
    declareLink(this, name, args);
  }

  /** Lines for the configuration of an LXC container that takes the link. */
  get lxcConfig(): pulumi.Output<string> {
    return this.name.apply(lxcConfigFor);
  }
}

withQuietOutputs(Macvlan);
