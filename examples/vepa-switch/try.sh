step "A host with a network card, two guests, and a bridge as the switch at the other end of its cable"
host_with_network
namespaces guest1 guest2
run ip -n network link add br0 up type bridge
run ip -n network link set wire master br0
config switchNetns network
config switchPort wire

step "pulumi up: the guests in VEPA mode, and a switch port that sends their frames back"
up
shows "hairpin on" ip -n network -d link show wire
reaches guest1 192.0.2.12
shows "4 unchanged" up

step "Somebody switches it off; refresh sees it, and up puts it right"
run ip -n network link set wire type bridge_slave hairpin off
does_not_reach guest1 192.0.2.12
refresh
shows "~ 1 updated" up
reaches guest1 192.0.2.12

step "pulumi destroy: the port is as it was"
destroy
shows "hairpin off" ip -n network -d link show wire
