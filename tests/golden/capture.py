#!/usr/bin/env python3
"""Captures the fixtures of this folder from the running kernel, in a network namespace of its own.

    sudo python3 tests/golden/capture.py [--only PART]

A fixture is one JSON file: `command` (what was run to get there, one line each), `kernel`, `iproute2`
where its own bytes were taken, and `hex`: one datagram as it came from the kernel (links, acks,
dumps, namespaces) or one message as `ip` sent it, read off with strace (requests).

Two runs differ in time stamps within IFLA_AF_SPEC and in nothing else: MAC addresses and the port
number are given, and the sequence number of `ip`, a clock reading, is replaced by 1.
Needs root, iproute2, strace and the modules veth, bridge, macvlan and macvtap.
"""
import argparse
import json
import os
import pathlib
import re
import shlex
import socket
import struct
import subprocess
import sys
import tempfile

FOLDER = pathlib.Path(__file__).resolve().parent
KERNEL = "Linux " + ".".join(os.uname().release.split(".")[:2])
PORT = 4242
SOL_NETLINK, NETLINK_CAP_ACK, NETLINK_EXT_ACK, NETLINK_GET_STRICT_CHK = 270, 10, 11, 12
NLM_F_REQUEST, NLM_F_ACK, NLM_F_ECHO, NLM_F_EXCL, NLM_F_CREATE = 1, 4, 8, 0x200, 0x400
NLM_F_DUMP = 0x300
NLMSG_DONE = 3
RTM_NEWLINK, RTM_GETLINK, RTM_GETADDR, RTM_GETROUTE, RTM_GETNSID = 16, 18, 22, 26, 90
RTM_F_LOOKUP_TABLE, RTM_F_FIB_MATCH = 0x1000, 0x2000
RTA_DST, RTA_SRC, RTA_OIF, RTA_IP_PROTO, RTA_SPORT, RTA_DPORT = 1, 2, 4, 27, 28, 29
TCP = 6
IFLA_IFNAME, IFLA_MTU, IFLA_LINK, IFLA_LINKINFO, IFLA_EXT_MASK, IFLA_TARGET_NETNSID = 3, 4, 5, 18, 29, 46
IFLA_INFO_KIND, IFLA_INFO_DATA, IFLA_MACVLAN_BC_CUTOFF = 1, 2, 9
NETNSA_PID = 2
SKIP_STATS = struct.pack("=I", 8)

written = []


# -- bytes ---------------------------------------------------------------------------------------


def attribute(number, payload):
    return struct.pack("=HH", 4 + len(payload), number) + payload + b"\0" * (-len(payload) % 4)


def u32(number, value):
    return attribute(number, struct.pack("=I", value))


def i32(number, value):
    return attribute(number, struct.pack("=i", value))


def text(number, value):
    return attribute(number, value.encode() + b"\0")


def link_body(attributes, index=0):
    return struct.pack("=BxHiII", 0, 0, index, 0, 0) + attributes


def route_body(address, source=None, flags=0, ports=None, device=None):
    """Which route is taken to an address; with ports, by TCP."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    bits = 128 if family == socket.AF_INET6 else 32
    attributes = attribute(RTA_DST, socket.inet_pton(family, address))
    if source:
        attributes += attribute(RTA_SRC, socket.inet_pton(family, source))
    if device:
        attributes += u32(RTA_OIF, index_of(device))
    if ports:
        attributes += attribute(RTA_IP_PROTO, bytes([TCP]))
        attributes += attribute(RTA_SPORT, struct.pack(">H", ports[0])) + attribute(RTA_DPORT, struct.pack(">H", ports[1]))
    return struct.pack("=BBBBBBBBI", family, bits, bits if source else 0, 0, 0, 0, 0, 0, flags) + attributes


def namespace_body(attributes):
    return b"\0\0\0\0" + attributes


def message(kind, flags, body, sequence=1):
    return struct.pack("=IHHII", 16 + len(body), kind, flags, sequence, 0) + body


def netlink(*options):
    sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0)
    sock.bind((PORT, 0))
    for option in options:
        sock.setsockopt(SOL_NETLINK, option, 1)
    return sock


def ask(request, *options):
    """The first datagram of the answer."""
    with netlink(*options) as sock:
        sock.send(request)
        return sock.recv(1 << 20)


# -- running and writing -------------------------------------------------------------------------


def sh(*commands):
    for command in commands:
        subprocess.run(command, shell=True, check=True, executable="/bin/bash")


def index_of(name):
    return socket.if_nametoindex(name)


def keep(name, commands, datagram, **more):
    fixture = {"command": "\n".join(commands), "kernel": KERNEL, **more, "hex": datagram.hex()}
    path = FOLDER / f"{name}.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(fixture, indent=2) + "\n")
    written.append(path.name)


def read_link(name):
    body = link_body(attribute(IFLA_EXT_MASK, SKIP_STATS), index_of(name))
    return ask(message(RTM_GETLINK, NLM_F_REQUEST, body))


def lower_device():
    sh(
        "ip link add v0 address 02:00:5e:00:53:a0 type veth peer name v1 address 02:00:5e:00:53:a1",
        "ip link set v0 up",
        "ip link set v1 up",
    )


def capture_link(name, device, *commands):
    """Runs the commands, reads the link back, and clears the table for the next."""
    sh(*commands)
    keep(f"links/{name}", [*commands, f"# RTM_GETLINK of {device}, RTEXT_FILTER_SKIP_STATS"], read_link(device))


def delete(*names):
    for name in names:
        sh(f"ip link del {name}")


# -- the parts -----------------------------------------------------------------------------------


def capture_links():
    mac = "address 02:00:5e:00:53:01"
    for mode in ("private", "vepa", "bridge", "passthru", "source"):
        capture_link(f"macvlan-{mode}", "m0", f"ip link add link v0 name m0 {mac} type macvlan mode {mode}")
        delete("m0")
    capture_link(
        "macvlan-flags", "m0", f"ip link add link v0 name m0 {mac} type macvlan mode passthru flag nopromisc flag nodst"
    )
    delete("m0")
    capture_link(
        "macvlan-source-list",
        "m0",
        f"ip link add link v0 name m0 {mac} type macvlan mode source"
        " macaddr set 02:00:5e:00:53:11 02:00:5e:00:53:12 02:00:5e:00:53:13",
    )
    delete("m0")
    capture_link(
        "macvlan-bcqueuelen",
        "m0",
        f"ip link add link v0 name m0 {mac} type macvlan mode bridge bcqueuelen 200",
        "ip link add link v0 name m1 address 02:00:5e:00:53:02 type macvlan mode bridge bcqueuelen 4000",
    )
    data = attribute(IFLA_INFO_DATA, i32(IFLA_MACVLAN_BC_CUTOFF, -1))
    info = attribute(IFLA_LINKINFO, text(IFLA_INFO_KIND, "macvlan") + data)
    ask(message(RTM_NEWLINK, NLM_F_REQUEST | NLM_F_ACK, link_body(info, index_of("m0"))))
    bclim = "# RTM_NEWLINK with IFLA_MACVLAN_BC_CUTOFF = -1 (`bclim -1` of a newer iproute2)"
    keep("links/macvlan-bclim", [f"ip link add link v0 name m0 {mac} type macvlan mode bridge", bclim], read_link("m0"))
    delete("m0", "m1")
    capture_link("macvtap", "t0", f"ip link add link v0 name t0 {mac} type macvtap mode bridge", "ip link set t0 up")
    delete("t0")
    capture_link(
        "macvlan-dressed",
        "m0",
        f"ip link add link v0 name m0 mtu 1400 txqueuelen 33 numtxqueues 2 numrxqueues 3 {mac} type macvlan mode bridge",
        "ip link property add dev m0 altname uplink altname a-name-that-is-longer-than-fifteen-bytes",
        "ip link set m0 alias 'web, zweite Strasse [pulumi-macvlan:1]' group 77 addrgenmode none",
        "ip link add br0 address 02:00:5e:00:53:b0 type bridge",
        "ip link set m0 master br0",
        "ip link set m0 up",
    )
    delete("m0")
    capture_link(
        "macvlan-not-utf8",
        "m0",
        f"ip link add link v0 name m0 {mac} type macvlan mode bridge",
        r"ip link set m0 alias $'caf\xe9'",
    )
    delete("m0")
    capture_link("veth-bridge-port", "v1", "ip link set v1 master br0")
    capture_link("bridge", "br0")
    delete("br0")
    capture_link("loopback", "lo", "ip link set lo up")


def capture_namespaces():
    """A lower device elsewhere, and a link that is read elsewhere; the other namespace is a process."""
    holder = subprocess.Popen(["unshare", "-n", "sh", "-c", "echo; exec sleep 60"], stdout=subprocess.PIPE)
    holder.stdout.readline()
    other, here = holder.pid, os.getpid()
    try:
        commands = [
            "ip link add w0 address 02:00:5e:00:53:c0 type veth peer name w1 address 02:00:5e:00:53:c1",
            "ip link add link w0 name far0 address 02:00:5e:00:53:21 netns {here} type macvlan mode vepa",
            "ip link add link w0 name near0 address 02:00:5e:00:53:22 type macvlan mode vepa",
        ]
        for command in commands:
            sh(f"nsenter -t {other} -n {command.format(here=here)}")
        notes = [f"nsenter -t OTHER -n {command.format(here='HERE')}" for command in commands]
        keep("links/macvlan-lower-elsewhere", [*notes, "# RTM_GETLINK of far0"], read_link("far0"))

        body = namespace_body(u32(NETNSA_PID, other))
        id_of_other = ask(message(RTM_GETNSID, NLM_F_REQUEST, body))
        keep("namespaces/known", [*notes, "# RTM_GETNSID, NETNSA_PID = OTHER"], id_of_other)
        (nsid,) = struct.unpack_from("=i", id_of_other, 24)
        elsewhere = i32(IFLA_TARGET_NETNSID, nsid) + attribute(IFLA_EXT_MASK, SKIP_STATS) + text(IFLA_IFNAME, "near0")
        near = ask(message(RTM_GETLINK, NLM_F_REQUEST, link_body(elsewhere)))
        keep("links/macvlan-read-elsewhere", [*notes, f"# RTM_GETLINK of near0, IFLA_TARGET_NETNSID = {nsid}"], near)
    finally:
        holder.kill()
        holder.wait()
    stranger = subprocess.Popen(["unshare", "-n", "sh", "-c", "echo; exec sleep 60"], stdout=subprocess.PIPE)
    stranger.stdout.readline()
    try:
        body = namespace_body(u32(NETNSA_PID, stranger.pid))
        keep(
            "namespaces/unknown",
            ["# RTM_GETNSID, NETNSA_PID = a process in a namespace without a number"],
            ask(message(RTM_GETNSID, NLM_F_REQUEST, body)),
        )
    finally:
        stranger.kill()
        stranger.wait()


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


def capture_acks():
    sh("ip link add link v0 name m0 address 02:00:5e:00:53:01 type macvlan mode bridge")
    made = "ip link add link v0 name m0 type macvlan mode bridge"
    index = index_of("m0")
    mtu = link_body(u32(IFLA_MTU, 1400), index)
    acked = NLM_F_REQUEST | NLM_F_ACK
    keep("acks/success", [made, "# RTM_NEWLINK m0, IFLA_MTU = 1400"], ask(message(RTM_NEWLINK, acked, mtu)))
    too_large = message(RTM_NEWLINK, acked, link_body(u32(IFLA_MTU, 9000), index))
    note = [made, "# RTM_NEWLINK m0, IFLA_MTU = 9000, more than the lower device has"]
    keep("acks/bare-errno", note, ask(too_large))
    keep("acks/capped", [*note, "# with NETLINK_CAP_ACK"], ask(too_large, NETLINK_CAP_ACK))
    beyond = message(RTM_NEWLINK, acked, link_body(u32(IFLA_MTU, 90000), index))
    note = [made, "# RTM_NEWLINK m0, IFLA_MTU = 90000, more than any macvlan can have; NETLINK_EXT_ACK"]
    keep("acks/text", note, ask(beyond, NETLINK_EXT_ACK))
    keep("acks/text-capped", [*note, "# with NETLINK_CAP_ACK"], ask(beyond, NETLINK_EXT_ACK, NETLINK_CAP_ACK))
    long_name = message(RTM_NEWLINK, acked, link_body(text(IFLA_IFNAME, "sixteen-bytes-is"), index))
    note = [made, '# RTM_NEWLINK m0, IFLA_IFNAME = "sixteen-bytes-is"; NETLINK_EXT_ACK']
    keep("acks/text-and-offset", note, ask(long_name, NETLINK_EXT_ACK))
    missing = message(RTM_GETLINK, acked, link_body(text(IFLA_IFNAME, "nowhere")))
    keep("acks/no-such-device", ['# RTM_GETLINK, IFLA_IFNAME = "nowhere"'], ask(missing))

    info = attribute(IFLA_LINKINFO, text(IFLA_INFO_KIND, "macvlan"))
    attributes = u32(IFLA_LINK, index_of("v0")) + text(IFLA_IFNAME, "m1") + info
    flags = acked | NLM_F_ECHO | NLM_F_CREATE | NLM_F_EXCL
    with netlink() as sock:
        sock.send(message(RTM_NEWLINK, flags, link_body(attributes), 9))
        keep("links/echo-of-creation", ["# RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL | NLM_F_ECHO"], sock.recv(1 << 20))
    delete("m0", "m1")


def capture_dumps():
    sh("ip link add link v0 name m0 address 02:00:5e:00:53:01 type macvlan mode bridge")
    note = ["# RTM_GETLINK, NLM_F_DUMP, of lo, v0, v1 and a macvlan"]
    body = link_body(attribute(IFLA_EXT_MASK, SKIP_STATS))
    with netlink() as sock:
        sock.send(message(RTM_GETLINK, NLM_F_REQUEST | NLM_F_DUMP, body, 5))
        part = 0
        while True:
            datagram = sock.recv(1 << 20)
            if struct.unpack_from("=H", datagram, 4) == (NLMSG_DONE,):
                keep("dumps/done", note, datagram)
                break
            part += 1
            keep(f"dumps/links-{part}", note, datagram)
    refused = message(RTM_GETLINK, NLM_F_REQUEST | NLM_F_DUMP, link_body(i32(IFLA_TARGET_NETNSID, 99)))
    keep(
        "dumps/refused",
        ["# RTM_GETLINK, NLM_F_DUMP, IFLA_TARGET_NETNSID = 99, which is nothing; NETLINK_GET_STRICT_CHK"],
        ask(refused, NETLINK_EXT_ACK, NETLINK_GET_STRICT_CHK),
    )
    delete("m0")


def capture_requests():
    """What `ip` itself sends. A read by name is its first RTM_GETLINK (later ones look up the lower
    device), anything else its last message (earlier ones look up indexes)."""
    made = "ip link add link v0 name m0 address 02:00:5e:00:53:01 mtu 1400 type macvlan mode bridge"
    requests = {
        "add-macvlan": made,
        "add-macvtap": "ip link add link v0 name t0 up type macvtap mode vepa flag nodst",
        "add-source-list": "ip link add link v0 name s0 type macvlan mode source macaddr set 02:00:5e:00:53:11 02:00:5e:00:53:12",
        "add-source-address": "ip link set s0 type macvlan macaddr add 02:00:5e:00:53:13",
        "change-queue-length": "ip link set m0 type macvlan bcqueuelen 2000",
        "set-alias": "ip link set m0 alias some-text",
        "set-group": "ip link set m0 group 77",
        "set-address-generation": "ip link set m0 addrgenmode none",
        "add-alternative-names": "ip link property add dev m0 altname uplink altname a-name-that-is-longer-than-fifteen-bytes",
        "get-by-name": "ip link show dev m0",
        "get-by-alternative-name": "ip link show dev a-name-that-is-longer-than-fifteen-bytes",
        "delete-alternative-name": "ip link property del dev m0 altname uplink",
        "dump": "ip -d link show",
        "delete-group": "ip link del group 77",
        "delete": "ip link del s0",
    }
    requests_of({name: (command, RTM_GETLINK if name.startswith("get") else None) for name, command in requests.items()})
    delete("t0")


def requests_of(commands, before={}):
    """name → (command, type): its first message of that type, or its last one; what is run before one of them is none."""
    version = subprocess.run(["ip", "-V"], capture_output=True, text=True, check=True).stdout
    iproute2 = re.search(r"iproute2-([\d.]+)", version).group(1)
    for name, (command, kind) in commands.items():
        sh(*before.get(command, []))
        messages = sent_by(command)
        wanted = [sent for sent in messages if struct.unpack_from("=H", sent, 4) == (kind,)]
        sent = messages[-1] if kind is None else wanted[0]
        (length,) = struct.unpack_from("=I", sent)  # a dump of addresses is sent with an unused buffer behind it
        keep(f"requests/{name}", [command], sent[:8] + struct.pack("=I", 1) + sent[12:length], iproute2=iproute2)


def sent_by(command):
    """Every message that a command sends over netlink."""
    with tempfile.NamedTemporaryFile("r") as trace:
        options = ["-o", trace.name, "-e", "trace=sendmsg,sendto", "-e", "write=3,4,5", "-s", "0"]
        subprocess.run(["strace", *options, *shlex.split(command)], check=True, stdout=subprocess.DEVNULL)
        messages = []
        for line in trace:
            if line.startswith("send"):
                messages.append(b"")
            dump = re.match(r" \| [0-9a-f]{5}  ((?:[0-9a-f]{2}  ?)+)", line)
            if dump is not None:
                messages[-1] += bytes.fromhex(dump.group(1))
    return [sent for sent in messages if sent]


PARTS = {
    "links": capture_links,
    "namespaces": capture_namespaces,
    "acks": capture_acks,
    "dumps": capture_dumps,
    "requests": capture_requests,
    "addresses": capture_addresses,
    "routes": capture_routes,
}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", choices=PARTS, help="one part only")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if not arguments.inside:
        os.execvp("unshare", ["unshare", "-n", sys.executable, __file__, "--inside", *sys.argv[1:]])
    lower_device()
    for name, part in PARTS.items():
        if arguments.only in (None, name):
            part()
    print(f"{len(written)} fixtures written")


if __name__ == "__main__":
    main()
