step "A host with a network card, and two tenants"
host_with_network
namespaces tenant1 tenant2

step "pulumi up: each reaches the network, neither reaches the other"
up
reaches tenant1 192.0.2.254
reaches tenant2 192.0.2.254
does_not_reach tenant1 192.0.2.12
does_not_reach tenant2 192.0.2.11
shows "3 unchanged" up

step "It is the mode that keeps them apart"
config mode bridge
up
reaches tenant1 192.0.2.12
config mode private
up
does_not_reach tenant1 192.0.2.12

step "No security boundary: a switch that sends frames back, and a tenant that knows the other's MAC address"
ip -n network link add br0 up type bridge
ip -n network link set wire master br0
run ip -n network link set wire type bridge_slave hairpin on
does_not_reach tenant1 192.0.2.12
for n in 1 2; do
  other=$((3 - n))
  mac=$(ip -n "tenant$other" -br link show type macvlan | awk '{ print $3 }')
  run ip -n "tenant$n" neigh replace "192.0.2.1$other" lladdr "$mac" dev "$(ip -n "tenant$n" -br link show type macvlan | cut -d@ -f1)"
done
reaches tenant1 192.0.2.12

step "pulumi destroy"
destroy
