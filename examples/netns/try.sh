step "A host with a network card, whoever is at the other end of its cable, and an empty namespace"
host_with_network
namespaces guest
does_not_reach guest 192.0.2.254

step "pulumi up: the namespace is on the network"
up
run ip -n guest -d link show web
reaches guest 192.0.2.254
mac=$(output mac)
shows "lladdr $mac" ip -n network neigh show 192.0.2.10
shows "2 unchanged" up

step "The namespace goes, as at a reboot, and the link with it"
run ip netns delete guest
namespaces guest
shows "- 1 deleted" refresh

step "pulumi up again: the same link, with the same MAC address"
up
reaches guest 192.0.2.254
shows "link/ether $mac" ip -n guest link show web

step "pulumi destroy"
destroy
does_not_reach guest 192.0.2.254
