step "A host with a network card, and a peer in its network"
host_with_network
# What the peer finds behind each of the host's addresses, asked anew.
neighbours() {
  local address
  ip -n network neigh flush all
  for address in 1 21 22; do ip netns exec network $PING "192.0.2.$address" >/dev/null; done
  ip -n network neigh show dev wire
}

step "pulumi up: two addresses, each behind a MAC address of its own"
up
for n in 1 2; do
  mac=$(ip -br link show "web$n" | awk '{ print $3 }')
  shows "192.0.2.2$n lladdr $mac" neighbours
done
shows "192.0.2.1 lladdr $(ip -br link show eth0 | awk '{ print $3 }')" neighbours
shows "3 unchanged" up

step "As Linux does it by itself: the peer cannot tell them apart"
config arp shared
up
shows no "192.0.2.22 lladdr $mac" neighbours

step "pulumi destroy"
destroy
