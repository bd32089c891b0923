step "A host with a network card, and a bridge with a guest on it"
host_with_network
ip addr del 192.0.2.1/24 dev eth0
run ip link add br0 up type bridge
namespaces guest
ip -n guest link add eth0 type veth peer name to-guest netns "$BASHPID"
ip -n guest addr add 192.0.2.10/24 dev eth0
ip -n guest link set eth0 up
run ip link set to-guest up master br0
does_not_reach guest 192.0.2.254

step "In bridge mode answers do not come back: they are for the guest's MAC address, not for the macvlan's"
config mode bridge
up
shows "uplink" bridge link show
does_not_reach guest 192.0.2.254
run pulumi_ config rm mode

step "pulumi up, in passthru mode: the macvlan is the bridge's way out"
up
shows "uplink" bridge link show
shows "master br0" ip -d link show uplink
reaches guest 192.0.2.254
guest=$(ip -n guest -br link show eth0 | awk '{ print $3 }')
shows "lladdr $guest" ip -n network neigh show 192.0.2.10
shows "2 unchanged" up

step "Somebody takes it out of the bridge; refresh sees it, and up puts it back"
run ip link set uplink nomaster
does_not_reach guest 192.0.2.254
shows "~ 1 updated" refresh
shows "~ 1 updated" up
reaches guest 192.0.2.254

step "pulumi destroy"
destroy
shows no "uplink" bridge link show
