# Needs root: libvirtd and the tap device belong to the machine's root
step "A host with a network card, and a network with a DHCP server"
host_with_network
run dhcp

step "pulumi up: a macvtap for the domain"
up
mac=$(output mac)

step "libvirtd, with what it keeps in the sandbox, and QEMU in software"
# All of libvirt's places are for this sandbox alone, and so are the accounts that it wants.
for place in /var/lib /var/log /var/cache /etc/libvirt; do private "$place"; done
for file in passwd group; do cp "/etc/$file" "$work/$file"; done
grep -q ^libvirt-qemu: "$work/passwd" || printf 'libvirt-qemu:x:64055:64055::/:/usr/sbin/nologin\n' >>"$work/passwd"
grep -q ^libvirt-qemu: "$work/group" || printf 'libvirt-qemu:x:64055:\n' >>"$work/group"
for file in passwd group; do mount -n --bind "$work/$file" "/etc/$file"; done
printf '%s\n' 'user = "root"' 'group = "root"' 'security_driver = "none"' 'cgroup_controllers = []' \
  'namespaces = []' 'stdio_handler = "file"' >/etc/libvirt/qemu.conf
background libvirtd libvirtd
virsh() { command virsh -q -c qemu:///system "$@"; }
within 60 virsh version

step "The domain, with our <interface>; libvirt holds it against its own schema"
cat >"$work/domain.xml" <<TEXT
<domain type='qemu'>
  <name>vm1</name>
  <memory unit='MiB'>64</memory>
  <os><type arch='x86_64' machine='pc'>hvm</type><boot dev='network'/></os>
  <devices>
    <emulator>$(command -v qemu-system-x86_64)</emulator>
$(output interfaceXml | sed 's/^/    /')
  </devices>
</domain>
TEXT
run sed -n '/<interface/,/interface>/p' "$work/domain.xml"
run virsh define --validate "$work/domain.xml"
run virsh start vm1

step "Its network card's boot ROM is on the network, with the link's own MAC address"
within 90 grep "DHCPACK(wire) .* $mac" "$work/dhcp.log"
shows "DHCPACK(wire)" grep "$mac" "$work/dhcp.log"
shows "2 unchanged" up

step "The domain is destroyed, and the link is still there; so it is pulumi's to delete"
shows "qemu-system-x86" pulumi_ destroy --yes --skip-preview --suppress-progress
run virsh destroy vm1
shows "link/ether $mac" ip -d link show vm1
shows "2 unchanged" up
run virsh undefine vm1
destroy
