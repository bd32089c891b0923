# Needs root: sshd serves hosts as root only
step "Three hosts with sshd, and the network between us and them"
switch
plug here 192.0.2.200
for n in 1 2 3; do
  plug "hv$n" "192.0.2.1$n"
  sshd "hv$n" "192.0.2.1$n"
  config --path "hosts[$((n - 1))].name" "hv$n"
  config --path "hosts[$((n - 1))].host" "192.0.2.1$n"
done

step "pulumi up: the same links on each"
up
for each in hv1 hv2 hv3; do
  shows "web@eth0" ip -n "$each" -br link show type macvlan
  shows "vm1@eth0" ip -n "$each" -br link show type macvtap
done

step "One of them dies; the others are refreshed, and it is believed"
kill -KILL "${started[1]}"
export PULUMI_MACVLAN_UNREACHABLE=keep PULUMI_MACVLAN_DIAL_ERROR_LIMIT=0
shows "believed, unseen" refresh
unset PULUMI_MACVLAN_UNREACHABLE PULUMI_MACVLAN_DIAL_ERROR_LIMIT

step "It is back; pulumi destroy"
rm "$work/hv2.sshd.log"
background hv2.sshd ip netns exec hv2 /usr/sbin/sshd -D -e -f "$work/hv2.sshd_config"
within 20 grep -q 'Server listening' "$work/hv2.sshd.log"
destroy
