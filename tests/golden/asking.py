"""What a capture is made with: bytes by hand, a question to the kernel, and a fixture from its answer."""
import json
import os
import pathlib
import re
import shlex
import socket
import struct
import subprocess
import tempfile

FOLDER = pathlib.Path(__file__).resolve().parent
KERNEL = "Linux " + ".".join(os.uname().release.split(".")[:2])
PORT = 4242
SOL_NETLINK, NETLINK_CAP_ACK, NETLINK_EXT_ACK, NETLINK_GET_STRICT_CHK = 270, 10, 11, 12
NLM_F_REQUEST, NLM_F_ACK, NLM_F_ECHO, NLM_F_EXCL, NLM_F_CREATE = 1, 4, 8, 0x200, 0x400
NLM_F_DUMP = 0x300
NLMSG_DONE = 3
RTM_NEWLINK, RTM_GETLINK, RTM_GETADDR, RTM_GETROUTE, RTM_GETRULE, RTM_GETNSID = 16, 18, 22, 26, 34, 90
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
