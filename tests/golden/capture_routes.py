"""The parts about addresses and routes."""
import socket
import struct

from asking import *


def dump_of(kind, family, name, commands):
    """The first datagram, which has all that there is here."""
    body = bytes([family]) + b"\0" * (7 if kind == RTM_GETADDR else 11)
    keep(name, [*commands, f"# a dump of family {family}"], ask(message(kind, NLM_F_REQUEST | NLM_F_DUMP, body, 5)))


def capture_addresses():
    commands = [
        "ip addr add 192.0.2.1/24 broadcast 192.0.2.255 dev v0 label v0:web",
        "ip addr add 192.0.2.2/24 dev v0 valid_lft 3600 preferred_lft 1800",
        "ip addr add 198.51.100.1 peer 198.51.100.2/31 dev v0 scope link metric 77 noprefixroute",
        "ip addr add 2001:db8::1/64 dev v0 nodad",
        "ip addr add 2001:db8:1::1 peer 2001:db8:1::2/128 dev v0 nodad metric 77",
        "ip addr add fe80::53/64 dev v1 nodad",
        "ip addr add 203.0.113.1/32 dev lo",
    ]
    sh("ip link set lo up", "sysctl -qw net.ipv6.conf.v0.addr_gen_mode=1 net.ipv6.conf.v1.addr_gen_mode=1")
    requests_of(
        {
            "add-address": (commands[1], None),
            "add-address-with-peer": (commands[2], None),
            "add-address-ipv6": (commands[3], None),
            "dump-addresses": ("ip addr show", RTM_GETADDR),
        },
        {commands[1]: commands[:1]},
    )
    sh(*commands[4:])
    dump_of(RTM_GETADDR, socket.AF_INET, "addresses/dump-ipv4", commands)
    dump_of(RTM_GETADDR, socket.AF_INET6, "addresses/dump-ipv6", commands)
    sh("ip addr flush dev v0", "ip addr flush dev v1", "ip addr flush dev lo")


def capture_routes():
    """Two cards in one subnet each, and rules that choose a table by source and by port."""
    addresses = [
        "ip addr add 192.0.2.1/24 dev v0",
        "ip addr add 198.51.100.1/24 dev v1",
        "ip addr add 2001:db8::1/64 dev v0 nodad",
        "ip addr add 2001:db8:1::1/64 dev v1 nodad",
        "ip addr add fe80::53/64 dev v1 nodad",
    ]
    routes = [
        "ip route add default via 192.0.2.254 metric 100 mtu lock 1400 advmss 1360 congctl reno realm 7",
        "ip route add 203.0.113.0/24 proto static nexthop via 192.0.2.253 weight 3 nexthop via 198.51.100.253",
        "ip route add 203.0.113.128/25 via inet6 2001:db8::fe dev v0 src 192.0.2.1 onlink",
        "ip route add default via 198.51.100.254 table 1000",
        "ip route add blackhole 203.0.113.7",
        "ip -6 route add default via 2001:db8::fe pref high expires 600",
        "ip -6 route add 2001:db8:2::/48 nexthop via 2001:db8::fd nexthop via 2001:db8:1::fd weight 2",
        "ip nexthop add id 42 via 192.0.2.252 dev v0",
        "ip route add 203.0.113.64/26 nhid 42",
    ]
    rules = [
        "ip rule add from 198.51.100.1 lookup 1000",
        "ip rule add ipproto tcp sport 22 dport 40000 lookup 1000",
    ]
    sh("ip link set lo up", *addresses)
    by_ports = "ip route get 203.0.113.200 from 198.51.100.1 ipproto tcp sport 22 dport 40000"
    requests_of(
        {
            "add-route": (routes[0], None),
            "add-route-multipath": (routes[1], None),
            "add-route-via-ipv6": (routes[2], None),
            "add-route-ipv6": (routes[5], None),
            "add-route-ipv6-multipath": (routes[6], None),
            "get-route": (by_ports, RTM_GETROUTE),
        },
        {routes[5]: routes[3:5], by_ports: routes[7:] + rules},
    )
    note = [*addresses, *routes, *rules]
    for name, words, body in (
        ("by-destination", "to 192.0.2.9", route_body("192.0.2.9", flags=RTM_F_LOOKUP_TABLE)),
        ("default", "to 192.88.99.1", route_body("192.88.99.1", flags=RTM_F_FIB_MATCH)),
        (
            "by-ports",
            "to 192.88.99.1 from 192.0.2.1, TCP from port 22 to 40000; RTM_F_FIB_MATCH",
            route_body("192.88.99.1", "192.0.2.1", RTM_F_FIB_MATCH, (22, 40000)),
        ),
        ("by-source", "to 192.88.99.1 from 198.51.100.1", route_body("192.88.99.1", "198.51.100.1")),
        ("multipath", "to 203.0.113.9; RTM_F_FIB_MATCH", route_body("203.0.113.9", flags=RTM_F_FIB_MATCH)),
        ("via-ipv6", "to 203.0.113.200", route_body("203.0.113.200")),
        ("local", "to 192.0.2.1", route_body("192.0.2.1")),
        ("ipv6", "to 2001:db8:9::1 from 2001:db8::1", route_body("2001:db8:9::1", "2001:db8::1")),
        ("ipv6-multipath", "to 2001:db8:2::1; RTM_F_FIB_MATCH", route_body("2001:db8:2::1", flags=RTM_F_FIB_MATCH)),
        (
            "ipv6-link-local",
            "to fe80::99 on v1, TCP from port 22 to 40000",
            route_body("fe80::99", "fe80::53", RTM_F_FIB_MATCH, (22, 40000), "v1"),
        ),
        ("blackhole", "to 203.0.113.7; RTM_F_FIB_MATCH", route_body("203.0.113.7", flags=RTM_F_FIB_MATCH)),
    ):
        keep(f"routes/{name}", [*note, f"# RTM_GETROUTE {words}"], ask(message(RTM_GETROUTE, NLM_F_REQUEST, body)))
    dump_of(RTM_GETROUTE, socket.AF_INET, "routes/dump-ipv4", note)
    dump_of(RTM_GETROUTE, socket.AF_INET6, "routes/dump-ipv6", note)


def capture_rules():
    command = "ip rule add from 192.0.2.10 lookup 1000 priority 10000 protocol static"
    requests_of({"add-rule": (command, None)})
    body = bytes([socket.AF_INET]) + b"\0" * 11
    answer = ask(message(RTM_GETRULE, NLM_F_REQUEST | NLM_F_DUMP, body, 5))
    keep("rules/dump-ipv4", [command, "# a dump of family 2"], answer)
