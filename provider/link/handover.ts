/** Ready-made configuration for whoever uses the link next. */

/** Lines for an LXC container that takes the link. */
export function lxcConfigFor(name: string): string {
  return `lxc.net.0.type = phys\nlxc.net.0.link = ${name}\nlxc.net.0.flags = up\n`;
}

/** For QEMU that is started with descriptor 3 open on the tap device. */
export function qemuArgsFor(ifindex: number, macAddress: string): string {
  // A link's name may hold what QEMU allows in no id.
  const id = `tap${ifindex}`;
  // The guest's card must have the link's own address, or the macvtap drops what is sent to it.
  return `-netdev tap,id=${id},fd=3 -device virtio-net-pci,netdev=${id},mac=${macAddress}`;
}

/** The `<interface>` of a libvirt domain that uses the link as it is. */
export function libvirtInterfaceXmlFor(name: string, macAddress: string, mtu: number): string {
  // managed='no' tells libvirt that the macvtap exists and is not its to delete.
  return [
    "<interface type='ethernet'>",
    `  <mac address='${macAddress}'/>`,
    `  <target dev='${escapeXml(name)}' managed='no'/>`,
    "  <model type='virtio'/>",
    `  <mtu size='${mtu}'/>`,
    "</interface>",
  ].join("\n");
}

function escapeXml(text: string): string {
  return text.replace(/[<>&'"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
