step "A host with a network card"
host_with_network

step "pulumi up: a hundred links for guests, and three that differ, as two resources"
up
run ip -br link show type macvlan
shows "100" output guests
run ip -br link show guest99
shows "mtu 1400" ip link show web
shows "link/ether 02:00:5e:10:00:01" ip link show db
shows "3 unchanged" up

step "Ten more guests: the hundred are left alone"
before=$(ip -o link show guest7)
config guests 110
shows "farm: makes guest100" up
shows "110" output guests
[[ "$(ip -o link show guest7)" == "$before" ]]

step "Another mode for the three would make them anew, and that is refused"
config mode private
shows "allowRemake: it is false, and this remakes db (mode), spare (mode), web (mode)" up
config allowRemake true
shows "servers: remakes db (mode), spare (mode), web (mode)" up
shows "mode private" ip -d link show web

step "Somebody deletes a link: a refresh says so, and pulumi up makes it again"
run ip link delete guest42
shows "farm: 1 of 110 links are gone: guest42" refresh
shows "farm: makes guest42" up
run ip -br link show guest42

step "pulumi destroy"
destroy
