# Needs root: sshd serves hosts as root only
step "A host with sshd, and the network between us and it"
switch
plug here 192.0.2.200
plug hv1 192.0.2.11
sshd hv1 192.0.2.11
config host 192.0.2.11

step "pulumi up: a macvlan and a macvtap over there"
up
shows "$(output webMac)" ip -n hv1 -d link show type macvlan
shows "$(output vmMac)" ip -n hv1 -d link show type macvtap
shows "3 unchanged" up

step "Somebody deletes one there; refresh sees it, and up makes it again with the same MAC address"
mac=$(output webMac)
run ip -n hv1 link delete web
shows "- 1 deleted" refresh
shows "+ 1 created" up
shows "$mac" ip -n hv1 link show web

step "pulumi destroy"
destroy
