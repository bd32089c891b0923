import type { Kind, ObservedLink } from "./model";

/** Ready-made configuration for whoever uses the link next. */
export interface Handover {
  /** Macvtap: arguments for QEMU started with descriptor 3 open on the tap device. */
  readonly qemuArgs?: string;
  /** Macvtap: the `<interface>` of a libvirt domain that uses the link as it is. */
  readonly libvirtInterfaceXml?: string;
  /** Macvlan: lines for an LXC container that takes the link. */
  readonly lxcConfig?: string;
}

export function handoverOf(
  kind: Kind,
  { ifindex, settings: { name, macAddress = "", mtu = 0 } }: ObservedLink,
): Handover {
  if (kind === "macvlan") {
    return { lxcConfig: `lxc.net.0.type = phys\nlxc.net.0.link = ${name}\nlxc.net.0.flags = up\n` };
  }
  // A link's name may hold what QEMU allows in no id.
  const id = `tap${ifindex}`;
  return {
    // The guest's card must have the link's own address, or the macvtap drops what is sent to it.
    qemuArgs: `-netdev tap,id=${id},fd=3 -device virtio-net-pci,netdev=${id},mac=${macAddress}`,
    // managed='no' tells libvirt that the macvtap exists and is not its to delete.
    libvirtInterfaceXml: [
      "<interface type='ethernet'>",
      `  <mac address='${macAddress}'/>`,
      `  <target dev='${escapeXml(name)}' managed='no'/>`,
      "  <model type='virtio'/>",
      `  <mtu size='${mtu}'/>`,
      "</interface>",
    ].join("\n"),
  };
}

function escapeXml(text: string): string {
  return text.replace(/[<>&'"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
