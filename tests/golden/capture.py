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
import os
import socket
import struct
import subprocess
import sys

from asking import *
from capture_routes import capture_addresses, capture_routes, capture_rules


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


PARTS = {
    "links": capture_links,
    "namespaces": capture_namespaces,
    "acks": capture_acks,
    "dumps": capture_dumps,
    "requests": capture_requests,
    "addresses": capture_addresses,
    "routes": capture_routes,
    "rules": capture_rules,
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
