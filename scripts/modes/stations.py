"""Sends numbered frames and packets from each station to each other one, and says who heard them.

On stdin the stations, on stdout what was heard, both JSON: see measure.ts. Nothing here knows what a mode is. All sockets are
this process's and on one processor, so that what is sent later is heard later: what has not come when others that were sent
after it have, is lost."""
import ctypes, json, os, select, socket, struct, sys, time

EXPERIMENTAL, ARP, BROADCAST = 0x88B5, 0x0806, b"\xff" * 6
SO_BINDTODEVICE, PACKET_OUTGOING, VNET_HEADER, PORT = 25, 4, 10, 40000
PATIENCE, AT_ONCE = 30, 6

libc = ctypes.CDLL(None, use_errno=True)
os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
numbers = 0
heard = {}
answers = set()
inputs = {}
poll = select.poll()


def octets(mac):
    return bytes.fromhex(mac.replace(":", ""))


def listen(source, read):
    fileno = source if isinstance(source, int) else source.fileno()
    os.set_blocking(fileno, False)
    poll.register(fileno, select.POLLIN)
    inputs[fileno] = read


class Station:
    def __init__(self, name, netns, link, mac, tap=None, flat=None, routed=None, marker=None):
        self.name, self.netns, self.link, self.marker = name, netns, link, marker
        self.mac, self.flat, self.routed = octets(mac), flat, routed
        with open("/run/netns/" + netns) as file:
            if libc.setns(file.fileno(), 0):
                raise OSError(ctypes.get_errno(), "setns " + netns)
        if tap:
            self.tap = os.open(tap, os.O_RDWR)
            listen(self.tap, self.read_tap)
            return
        self.tap = None
        # Bound to a type: such a socket hears what the device's rx handler leaves to the device.
        self.port = self.packet_socket(EXPERIMENTAL, self.read_frame)
        if flat:
            self.arp = self.packet_socket(ARP, self.read_arp)
            self.udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            self.udp.setsockopt(socket.SOL_SOCKET, SO_BINDTODEVICE, link.encode())
            self.udp.bind(("0.0.0.0", PORT))
            listen(self.udp, lambda: note(self.udp.recv(100), self, False))

    def packet_socket(self, kind, read):
        port = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(kind))
        port.bind((self.link, kind))
        listen(port, read)
        return port

    def send(self, to, source=None):
        number, payload = numbered()
        frame = to + (source or self.mac) + struct.pack("!H", EXPERIMENTAL) + payload.ljust(50, b"\0")
        if self.tap is None:
            self.port.send(frame)
        else:
            os.write(self.tap, bytes(VNET_HEADER) + frame)
        return number

    def read_tap(self):
        frame = os.read(self.tap, 65536)[VNET_HEADER:]
        if frame[12:14] == struct.pack("!H", EXPERIMENTAL):
            self.note_frame(frame)

    def read_frame(self):
        frame, address = self.port.recvfrom(65536)
        if address[2] != PACKET_OUTGOING:
            self.note_frame(frame)

    def note_frame(self, frame):
        note(frame[14:], self, frame[:6] not in (self.mac, BROADCAST))

    def ask_for(self, other):
        """An ARP request, which the other's kernel answers if it hears it."""
        head = BROADCAST + self.mac + struct.pack("!HHHBBH", ARP, 1, 0x0800, 6, 4, 1)
        self.arp.send(head + self.mac + socket.inet_aton(self.flat) + bytes(6) + socket.inet_aton(other.flat))

    def read_arp(self):
        frame, address = self.arp.recvfrom(65536)
        if frame[20:22] == b"\0\2" and address[2] == 0:
            answers.add((self, socket.inet_ntoa(frame[28:32])))

    def say_to(self, address):
        number, payload = numbered()
        self.udp.sendto(payload, (address, PORT))
        return number


def numbered():
    global numbers
    numbers += 1
    return numbers, struct.pack("!I", numbers)


def note(payload, station, strange):
    heard.setdefault(struct.unpack_from("!I", payload)[0], []).append((station, strange))


def drain(milliseconds):
    ready = poll.poll(milliseconds)
    for fileno, _ in ready:
        while True:
            try:
                inputs[fileno]()
            except BlockingIOError:
                break
    return len(ready) > 0


def settle():
    """Until what was sent from outside after all else is heard; twice, since broadcasts go a slower way."""
    for _ in range(2):
        for to in [BROADCAST] + [each.mac for each in markers if each.marker == "everything"]:
            number = outside.send(to)
            awaited = {each for each in markers if to == BROADCAST or to == each.mac and each.marker == "everything"}
            end = time.monotonic() + PATIENCE
            while not awaited <= {station for station, _ in heard.get(number, [])}:
                drain(100)
                if time.monotonic() > end:
                    raise TimeoutError("frames from outside are not heard by " + ", ".join(each.name for each in awaited))
    while drain(5):
        pass


def told(others, tell):
    """A few at a time: the kernel drops what piles up on a processor, and a broadcast becomes as many as there are links."""
    numbers = []
    for at in range(0, len(others), AT_ONCE):
        numbers += [(other, tell(other)) for other in others[at:at + AT_ONCE]]
        settle()
    return numbers


def heard_of(number):
    return [[station.name, strange] for station, strange in heard.pop(number, [])]


def each_to_each():
    result = {"frames": [], "arp": [], "datagrams": [], "routed": []}
    for sender in stations:
        others = [each for each in stations if each is not sender]
        # Addresses of one host never leave it.
        peers = [each for each in others if sender.flat and each.flat and each.netns != sender.netns]
        routed = [each for each in peers if outside not in (each, sender)]
        broadcast = sender.send(BROADCAST)
        frames = told(others, lambda other: sender.send(other.mac))
        result["frames"].append([sender.name, None, heard_of(broadcast)])
        result["frames"] += [[sender.name, other.name, heard_of(number)] for other, number in frames]
        answers.clear()
        told(peers, sender.ask_for)
        result["arp"] += [[sender.name, other.name] for other in peers if (sender, other.flat) in answers]
        for kind, whom, address in (("datagrams", peers, "flat"), ("routed", routed, "routed")):
            packets = told(whom, lambda other: sender.say_to(getattr(other, address)))
            result[kind] += [[sender.name, other.name] for other, number in packets if [other.name, False] in heard_of(number)]
    return result


def probe(probes):
    """Frames from a station to any address, as if from another one where that is given: who hears each."""
    named = {each.name: each for each in stations}
    sent = told(probes, lambda each: named[each["from"]].send(octets(each["to"]), each.get("as") and octets(each["as"])))
    return [[name for name, _ in heard_of(number)] for _, number in sent]


given = json.load(sys.stdin)
stations = [Station(**each) for each in given["stations"]]
outside = next(each for each in stations if each.name == "outside")
markers = [each for each in stations if each.marker]
settle()
json.dump(probe(given["probes"]) if "probes" in given else each_to_each(), sys.stdout)
