import * as pulumi from "@pulumi/pulumi";
import { libvirtInterfaceXmlFor, qemuArgsFor } from "../provider/link/handover";
import type { Tap } from "../provider/link/model";
import { LinkBase, registrationOf, withQuietOutputs } from "./link";
import type { MacvtapArgs } from "./link-args";
import { withShortTraces } from "./short-traces";
import { declareConnection } from "./station-of";
import { declareLink } from "./warnings";

const TYPE = "pulumi-nodejs:dynamic/macvlan:Macvtap";
const MACVTAP_LINK = {
  type: TYPE,
  outputs: ["tapDevice", "tapMajor", "tapMinor"],
} as const;

/**
 * A macvtap link: a macvlan whose frames a program reads and writes through a character device,
 * as QEMU does for its guest.
 *
 * @example
 * new Macvtap("vm1", { lowerDevice: "eth0", mode: "bridge", tap: { owner: "libvirt-qemu", mode: "0660" } });
 */
export class Macvtap extends LinkBase {
  static readonly type = TYPE;

  declare readonly tap: pulumi.Output<Tap>;
  /** Path of the tap device on the host: "/dev/tap18". Undefined where the host has no devtmpfs. */
  declare readonly tapDevice: pulumi.Output<string | undefined>;
  declare readonly tapMajor: pulumi.Output<number>;
  declare readonly tapMinor: pulumi.Output<number>;

  constructor(name: string, args: MacvtapArgs, opts?: pulumi.CustomResourceOptions) {
    const restore = withShortTraces();
    try {
      super(...registrationOf(MACVTAP_LINK, name, args, opts));
    } finally {
      restore();
    }
    declareConnection(this, args);
    declareLink(this, name, args);
  }

  /** Arguments for QEMU that is started with descriptor 3 open on the tap device: `qemu-system-x86_64 … 3<>/dev/tap18`. */
  get qemuArgs(): pulumi.Output<string> {
    return pulumi.all([this.ifindex, this.macAddress]).apply((args) => qemuArgsFor(...args));
  }

  /**
   * The `<interface>` of a libvirt domain that uses the link as it is, and leaves it there (libvirt 5.7). libvirt's
   * schema has no other names than of letters, digits and `_.-:/`.
   */
  get libvirtInterfaceXml(): pulumi.Output<string> {
    const { name, macAddress, mtu } = this;
    return pulumi.all([name, macAddress, mtu]).apply((args) => libvirtInterfaceXmlFor(...args));
  }
}

withQuietOutputs(Macvtap);
