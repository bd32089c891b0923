"""What iproute2 cannot do: NETNS LINK limit [VALUE], the broadcast limit; NETNS LINK group VALUE, above 2^31."""
import ctypes, os, socket, struct, sys

RTM_NEWLINK, RTM_GETLINK, NLM_F_REQUEST, NLM_F_ACK, NLMSG_ERROR = 16, 18, 1, 4, 2
IFLA_IFNAME, IFLA_LINKINFO, IFLA_INFO_KIND, IFLA_INFO_DATA, IFLA_MACVLAN_BC_CUTOFF, IFLA_GROUP = 3, 18, 1, 2, 9, 27


def attribute(number, payload):
    return struct.pack("=HH", 4 + len(payload), number) + payload + b"\0" * (-len(payload) % 4)


def attributes(data):
    while len(data) >= 4:
        length, number = struct.unpack_from("=HH", data)
        yield number & 0x3FFF, data[4:length]
        data = data[(length + 3) & ~3:]


def find(data, number):
    return next((payload for each, payload in attributes(data) if each == number), b"")


def ask(sock, kind, flags, index, body):
    payload = struct.pack("=BxHiII", 0, 0, index, 0, 0) + body
    sock.send(struct.pack("=IHHII", 16 + len(payload), kind, NLM_F_REQUEST | flags, 1, 0) + payload)
    answer = sock.recv(1 << 20)
    if struct.unpack_from("=IH", answer)[1] == NLMSG_ERROR and struct.unpack_from("=i", answer, 16)[0]:
        raise OSError(-struct.unpack_from("=i", answer, 16)[0], "refused")
    return answer


namespace, link, what = sys.argv[1:4]
with open("/run/netns/" + namespace) as file:
    if ctypes.CDLL(None, use_errno=True).setns(file.fileno(), 0):
        raise OSError(ctypes.get_errno(), "setns")
netlink = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0)
answer = ask(netlink, RTM_GETLINK, 0, 0, attribute(IFLA_IFNAME, link.encode() + b"\0"))
index, info = struct.unpack_from("=i", answer, 20)[0], find(answer[32:], IFLA_LINKINFO)
if what == "group":
    ask(netlink, RTM_NEWLINK, NLM_F_ACK, index, attribute(IFLA_GROUP, struct.pack("=I", int(sys.argv[4]))))
elif len(sys.argv) > 4:
    data = attribute(IFLA_MACVLAN_BC_CUTOFF, struct.pack("=i", int(sys.argv[4])))
    kind = attribute(IFLA_INFO_KIND, find(info, IFLA_INFO_KIND))
    ask(netlink, RTM_NEWLINK, NLM_F_ACK, index, attribute(IFLA_LINKINFO, kind + attribute(IFLA_INFO_DATA, data)))
else:
    limit = find(find(info, IFLA_INFO_DATA), IFLA_MACVLAN_BC_CUTOFF)
    print(struct.unpack("=i", limit)[0] if limit else 1)
