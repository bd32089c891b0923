"""Part 4 of the agent: the process that undoes."""
import errno, os, select, socket, struct
from time import monotonic, sleep


class Watchdog:
    """A process that keeps what undoes the session's changes, alone runs it, and outlives a killed agent."""

    def __init__(self, agent):
        self.agent, self.inbox, self.out = agent, bytearray(), bytearray()
        self.given, self.sockets = [], {}
        self.armed, self.deadlines, self.undone = {}, {}, set()  # by undo id
        self.order, self.next_deadline = 0, 0.0

    def watch(self):
        data = None
        while data != b"":
            self.look_at_deadlines()
            wait(self.next_deadline - monotonic() if self.deadlines else None,
                 (self.agent, select.POLLIN | (select.POLLOUT if self.out else 0)))
            try:
                data, passed, _, _ = self.agent.recvmsg(65536, socket.CMSG_SPACE(64))
                for _, _, descriptors in passed:
                    self.given += [number for number, in struct.iter_unpack("i", descriptors)]
            except BlockingIOError:
                data = None
            except ConnectionError:  # it was killed with answers unread
                data = b""
            self.inbox += data or b""
            for request, kind, payload in frames(self.inbox):
                self.handle(request, kind, payload)
            if data and not self.out:
                sleep(0.001)  # nobody waits for an answer: of many links, what is armed meanwhile is read at once
            if data == b"":
                self.undo(list(self.armed), END_OF_INPUT)
            try:
                del self.out[:self.agent.send(self.out) if self.out else 0]
            except OSError:  # full: later. Gone: the next read says so
                pass

    def handle(self, request, kind, payload):
        number, = struct.unpack_from(">I", payload)
        if kind == GIVE:
            self.sockets[number] = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0, fileno=self.given.pop(0))
            os.dup2(self.given[0], number)  # inverses name namespaces by the agent's own numbers
            os.close(self.given.pop(0))
        elif kind == ARM:
            deadline, space = struct.unpack_from(">dI", payload, 4)
            self.order += 1
            self.armed.setdefault(number, []).append((self.order, number, space, payload[16:]))
            self.deadlines[number] = deadline
            self.next_deadline = min(self.next_deadline, deadline)
        elif kind == DROP:
            self.forget(number, struct.unpack_from(">I", payload, 4)[0])
        else:
            self.look_at_deadlines()  # one that has passed comes first, however late we are
            status, errnos = (DISARMED if number in self.armed else UNKNOWN), []
            if kind == UNDO or number in self.undone:  # armed after the deadline struck: it goes too
                errnos = self.undo([number], payload[4] if kind == UNDO else DEADLINE).get(number, [])
            if number in self.undone:
                status = ALREADY_UNDONE
            self.forget(number, len(self.armed.get(number, [])))
            self.undone.difference_update([number] if kind == DISARM else [])
            self.out += frame(request, END, struct.pack(">B%di" % len(errnos), status, *errnos))

    def forget(self, number, count):
        entries = self.armed.get(number, [])
        del entries[max(0, len(entries) - count):]
        if not entries:
            self.armed.pop(number, None)
            self.deadlines.pop(number, None)

    def look_at_deadlines(self):
        if self.deadlines and monotonic() >= self.next_deadline:
            self.next_deadline = min(self.deadlines.values())  # the earliest may have been disarmed
            if monotonic() >= self.next_deadline:
                self.undo(list(self.armed), DEADLINE)

    def undo(self, numbers, reason):
        """Newest first over all of them: changes of one session can rest on each other."""
        errnos = {number: [] for number in numbers if number in self.armed}
        for _, number, space, message in sorted((e for number in errnos for e in self.armed.pop(number)), reverse=True):
            fault, verdict = carry_out(self.sockets[space], space, message)
            errnos[number].append((fault or errno.ENOBUFS) if verdict is None else verdict)
        for number in errnos:
            self.undone.add(number)
            self.deadlines.pop(number)
            results = struct.pack(">IB%di" % len(errnos[number]), number, reason, *errnos[number])
            self.out += frame(0, UNDONE, results)
        return errnos


def watchdog_process(agent, lock):
    try:
        os.setsid()
        null = os.open("/dev/null", os.O_RDWR)
        for number in range(3):  # whoever waits for the agent's end must not wait for this process
            os.dup2(null, number)
        for number in map(int, os.listdir("/proc/self/fd")):
            if number > 2 and number not in (agent.fileno(), lock.fileno()):
                os.closerange(number, number + 1)
        agent.setblocking(False)
        Watchdog(agent).watch()
    finally:
        os._exit(0)
