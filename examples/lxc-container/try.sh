# Needs root: LXC makes a container's devices, which only the machine's root may
step "A host with a network card, and a network with a DHCP server"
host_with_network
run dhcp

step "pulumi up: a macvlan on the host"
up
run ip -d link show web
mac=$(output mac)

step "A container that has it for its network card, under the name eth0"
lxc=(-P "$work/lxc" -n web)
take_down() { lxc-stop "${lxc[@]}" -k 2>/dev/null || true; }
mkdir -m 755 "$work/lxc"
{ output lxcConfig; printf '%s\n' "lxc.net.0.name = eth0" "lxc.apparmor.profile = unconfined"; } >"$work/web.conf"
shows "lxc.net.0.link = web" cat "$work/web.conf"
# Its udhcpc asks once, when it starts.
within 10 grep "sockets bound" "$work/dhcp.log"
lxc-create "${lxc[@]}" -f "$work/web.conf" -t busybox >"$work/create.log" 2>&1
run lxc-start "${lxc[@]}" -o "$work/lxc.log"
within 30 grep "DHCPACK(wire) .* $mac" "$work/dhcp.log"
address=$(awk -v mac="$mac" '$2 == mac { print $3 }' "$work/leases")
in_it() { lxc-attach "${lxc[@]}" -- ip addr show eth0; }
within 10 eval 'in_it | grep "$address"'
shows "$mac" in_it
reaches network "$address"
shows no "web" ip -br link show type macvlan

step "refresh finds it by its mark, and leaves it to the container; up has nothing to do"
shows "where it is called eth0; it is left as it is" refresh
shows "2 unchanged" up
reaches network "$address"

step "The container stops: the link comes back, and it is down"
run lxc-stop "${lxc[@]}" -k
within 10 ip link show web
shows "state DOWN" ip link show web
refresh
shows "~ 1 updated" up
shows "<BROADCAST,MULTICAST,UP" ip link show web
shows "$mac" ip link show web

step "The container starts again, and pulumi destroy follows the link into it"
run lxc-start "${lxc[@]}" -o "$work/lxc.log"
within 10 in_it
destroy
shows no "eth0" lxc-attach "${lxc[@]}" -- ip link
