"""Counts who is dialled from this network namespace: a line "ADDRESS PORT" for each new TCP connection that is tried."""
import socket, struct

ETH_P_ALL, IPPROTO_TCP, SYN_ACK, SYN = 3, 6, 0x12, 0x02
port = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(ETH_P_ALL))
port.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 23)
print("ready", flush=True)
# A SYN that is sent again comes from the same port.
known = set()
while True:
    packet, address = port.recvfrom(65536)
    if address[2] != socket.PACKET_OUTGOING or packet[0] >> 4 != 4 or packet[9] != IPPROTO_TCP:
        continue
    header = (packet[0] & 15) * 4
    if packet[header + 13] & SYN_ACK != SYN:
        continue
    source, target = struct.unpack_from("!HH", packet, header)
    dial = (packet[16:20], target, source)
    if dial not in known:
        known.add(dial)
        print(socket.inet_ntoa(packet[16:20]), target, flush=True)
