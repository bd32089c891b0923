# Needs root: sshd serves hosts as root only
step "Two routers with sshd, a client, and the switch between them"
switch
plug here 192.0.2.200
plug r1 192.0.2.11
plug r2 192.0.2.12
plug client 192.0.2.77
for n in 1 2; do
  sshd "r$n" "192.0.2.1$n"
  config --path "routers[$((n - 1))].name" "r$n"
  config --path "routers[$((n - 1))].host" "192.0.2.1$n"
done
# A peer is to find the virtual address behind the virtual MAC address, not behind one router's card.
for each in r1 r2; do
  run ip netns exec "$each" sysctl -q -w net.ipv4.conf.eth0.arp_ignore=1 net.ipv4.conf.eth0.arp_announce=2
done

step "pulumi up: the virtual MAC address on both"
up
for each in r1 r2; do shows "link/ether 00:00:5e:00:01:0a" ip -n "$each" -d link show vmac10; done

step "keepalived on both: r1 has the higher priority"
keepalived_on() { # ROUTER PRIORITY
  cat >"$work/$1.conf" <<TEXT
global_defs {
  router_id $1
}
vrrp_instance gateway {
  interface eth0
  state BACKUP
  version 3
  virtual_router_id 10
  priority $2
  advert_int 0.3
  virtual_ipaddress {
    192.0.2.1/24 dev vmac10
  }
}
TEXT
  background "$1.keepalived" ip netns exec "$1" keepalived --dont-fork --log-console --log-detail \
    --vrrp --use-file "$work/$1.conf" --pid "$work/$1.pid" --vrrp_pid "$work/$1.vrrp.pid"
}
keepalived_on r1 150
keepalived_on r2 100
run cat "$work/r1.conf"
has_it() { ip -n "$1" addr show vmac10 | grep -q 192.0.2.1/24; }
does_not_have_it() { ! has_it "$1"; }
within 30 has_it r1
within 30 does_not_have_it r2
reaches client 192.0.2.1
shows "lladdr 00:00:5e:00:01:0a" ip -n client neigh show 192.0.2.1

# A ping, five times a second, that goes on until `survived`.
ping_on() {
  background "$1" ip netns exec client ping -n -i 0.2 192.0.2.1
  pinging=$!
  within 10 grep time= "$work/$1.log"
}
answered() { grep -c time= "$work/$1.log"; }
more_than() { (($(answered "$1") > $2)); }
survived() { # LOG ROUTER
  within 30 has_it "$2"
  within 30 more_than "$1" $(($(answered "$1") + 5))
  kill -INT "$pinging"
  within 10 gone "$pinging"
  shows "packets transmitted" tail -n 2 "$work/$1.log"
  shows "lladdr 00:00:5e:00:01:0a" ip -n client neigh show 192.0.2.1
}

step "r1's cable is pulled, under a ping: r2 has the address"
ping_on pulled
run ip -n switch link set to-r1 down
survived pulled r2

step "It is put back: r1 has it again, by its priority"
run ip -n switch link set to-r1 up
within 30 has_it r1
within 30 does_not_have_it r2

step "keepalived ends on r1, under a ping: r2 has it"
ping_on ended
run kill "$(<"$work/r1.pid")"
survived ended r2
shows no "inet 192.0.2.1/24" ip -n r1 addr show vmac10

step "keepalived took no link away: pulumi up has nothing to do"
shows "3 unchanged" up

step "pulumi destroy"
destroy
