# Needs root: the tap device belongs to the machine's root
step "A host with a network card, and a network with a DHCP server"
host_with_network
run dhcp

step "pulumi up: a macvtap for the virtual machine"
up
mac=$(output mac) tap=$(output tapDevice)
run ls -l "$tap"

step "QEMU on its descriptor, in software: no disk, only the network card's own boot ROM"
qemu() {
  # shellcheck disable=SC2046 # words of their own, as on a command line
  exec qemu-system-x86_64 -nodefaults -display none -machine accel=tcg,graphics=off -m 64 -boot n \
    -serial stdio $(output qemuArgs) 3<>"$tap"
}
printf '$ qemu-system-x86_64 … %s 3<>%s\n' "$(output qemuArgs)" "$tap"
background qemu qemu
guest=$!
within 90 grep "DHCPACK(wire) .* $mac" "$work/dhcp.log"
shows "DHCPACK(wire)" grep "$mac" "$work/dhcp.log"
within 30 grep "net0: 192.0.2." "$work/qemu.log"
shows "Link:up" grep -aE "net0|Link" "$work/qemu.log"

step "The virtual machine is not cut off by mistake"
shows "qemu-system-x86" pulumi_ destroy --yes --skip-preview --suppress-progress
run ls -l "$tap"

step "It is switched off; pulumi destroy"
kill "$guest"
within 10 gone "$guest"
destroy
shows no "$tap" ls /dev
