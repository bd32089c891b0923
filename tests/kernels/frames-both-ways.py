"""Which frames pass between two links: NETNS LINK [TAP DEVICE] -- NETNS LINK. Prints, one a line, those of
"out to all", "out to one", "in to all", "in to one" that arrive; "out" is from the first to the second."""
import ctypes, os, select, socket, sys, time

ETH_P_ALL, TYPE, VNET_HEADER, PATIENCE, AGAIN = 3, b"\x88\xb5", 10, 3.0, 0.3
EVERYBODY = b"\xff" * 6


class Packets:
    """A link's packet socket."""

    def __init__(self, namespace, link):
        with open("/run/netns/" + namespace) as file:
            if ctypes.CDLL(None, use_errno=True).setns(file.fileno(), 0):
                raise OSError(ctypes.get_errno(), "setns")
        self.socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
        self.socket.bind((link, ETH_P_ALL))
        self.mac = self.socket.getsockname()[4]
        self.send = self.socket.send

    def fileno(self):
        return self.socket.fileno()

    def receive(self):
        frame, address = self.socket.recvfrom(65536)
        return b"" if address[2] == socket.PACKET_OUTGOING else frame


class Tap:
    """What a guest has of a macvtap."""

    def __init__(self, namespace, link, path):
        self.mac = Packets(namespace, link).mac
        self.file = os.open(path, os.O_RDWR | os.O_NONBLOCK)

    def fileno(self):
        return self.file

    def send(self, frame):
        os.write(self.file, bytes(VNET_HEADER) + frame)

    def receive(self):
        return os.read(self.file, 65536)[VNET_HEADER:]


words = sys.argv[1:]
here, there = words[:words.index("--")], words[words.index("--") + 1:]
first = Tap(*here) if len(here) == 3 else Packets(*here)
second = Packets(*there)
sent = {
    "out to all": (first, second, EVERYBODY),
    "out to one": (first, second, second.mac),
    "in to all": (second, first, EVERYBODY),
    "in to one": (second, first, first.mac),
}
arrived, end, again = set(), time.monotonic() + PATIENCE, 0
while time.monotonic() < end and len(arrived) < len(sent):
    if time.monotonic() > again:
        again = time.monotonic() + AGAIN
        for name, (sender, _, to) in sent.items():
            sender.send(to + sender.mac + TYPE + name.encode().ljust(50, b"\0"))
    for ready in select.select([first, second], [], [], AGAIN)[0]:
        frame = ready.receive()
        name = frame[14:].rstrip(b"\0").decode("ascii", "replace")
        if frame[12:14] == TYPE and name in sent and sent[name][1] is ready:
            arrived.add(name)
print("\n".join(sorted(arrived)))
