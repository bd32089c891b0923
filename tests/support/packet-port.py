"""Frames on a link, by AF_PACKET: NETNS LINK. Prints what it receives and sends what it reads, as lines of hex."""
import ctypes, os, select, socket, sys

ETH_P_ALL = 3
namespace, link = sys.argv[1:3]
with open("/run/netns/" + namespace) as file:
    if ctypes.CDLL(None, use_errno=True).setns(file.fileno(), 0):
        raise OSError(ctypes.get_errno(), "setns")
port = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
port.bind((link, ETH_P_ALL))
print("ready", flush=True)
inbox = b""
while True:
    for ready in select.select([0, port], [], [])[0]:
        if ready is port:
            frame, address = port.recvfrom(65536)
            if address[2] != socket.PACKET_OUTGOING:
                print(frame.hex(), flush=True)
        else:
            data = os.read(0, 65536)
            if not data:
                sys.exit()
            *lines, inbox = (inbox + data).split(b"\n")
            for line in lines:
                port.send(bytes.fromhex(line.decode()))
