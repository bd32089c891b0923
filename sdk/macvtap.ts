import type * as pulumi from "@pulumi/pulumi";
import type { Tap } from "../provider/link/model";
import { Link } from "./link";
import type { MacvtapArgs } from "./link-args";

/**
 * A macvtap link: a macvlan whose frames a program reads and writes through a character device,
 * as QEMU does for its guest.
 *
 * @example
 * new Macvtap("vm1", { lowerDevice: "eth0", mode: "bridge", tap: { owner: "libvirt-qemu", mode: "0660" } });
 */
export class Macvtap extends Link {
  static readonly type = "pulumi-nodejs:dynamic/macvlan:Macvtap";
  declare readonly tap: pulumi.Output<Tap>;
  /** Path of the tap device on the host: "/dev/tap18". Undefined where the host has no devtmpfs. */
  declare readonly tapDevice: pulumi.Output<string | undefined>;
  declare readonly tapMajor: pulumi.Output<number>;
  declare readonly tapMinor: pulumi.Output<number>;
  /** Arguments for QEMU that is started with descriptor 3 open on the tap device: `qemu-system-x86_64 … 3<>/dev/tap18`. */
  declare readonly qemuArgs: pulumi.Output<string>;
  /** The `<interface>` of a libvirt domain that uses the link as it is. */
  declare readonly libvirtInterfaceXml: pulumi.Output<string>;

  constructor(name: string, args: MacvtapArgs, opts?: pulumi.CustomResourceOptions) {
    const outputs = [
      "tapDevice",
      "tapMajor",
      "tapMinor",
      "qemuArgs",
      "libvirtInterfaceXml",
    ] as const;
    super("macvtap", Macvtap.type, name, args, outputs, opts);
  }
}
