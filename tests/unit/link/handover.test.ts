import assert from "node:assert/strict";
import { libvirtInterfaceXmlFor, lxcConfigFor, qemuArgsFor } from "../../../provider/link/handover";

const MAC = "02:00:00:00:00:01";

describe("configuration for whoever uses the link next", () => {
  it("is QEMU's arguments for a macvtap", () => {
    assert.equal(
      qemuArgsFor(7, MAC),
      "-netdev tap,id=tap7,fd=3 -device virtio-net-pci,netdev=tap7,mac=02:00:00:00:00:01",
    );
  });

  it("is libvirt's interface for a macvtap", () => {
    assert.equal(
      libvirtInterfaceXmlFor("a'<&>\"", MAC, 1500),
      [
        "<interface type='ethernet'>",
        "  <mac address='02:00:00:00:00:01'/>",
        "  <target dev='a&#39;&#60;&#38;&#62;&#34;' managed='no'/>",
        "  <model type='virtio'/>",
        "  <mtu size='1500'/>",
        "</interface>",
      ].join("\n"),
    );
  });

  it("is LXC's lines for a macvlan", () => {
    assert.equal(
      lxcConfigFor("web"),
      "lxc.net.0.type = phys\nlxc.net.0.link = web\nlxc.net.0.flags = up\n",
    );
  });
});
