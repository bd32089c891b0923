"""Part 5, the agent itself: passes netlink messages between its stdin and stdout and the kernel.

It runs on the host that has the links, knows nothing of links, and leaves nothing behind. The five parts are sent as
one program, in this order. Frames, payloads and what a client may rely on are described in docs/agent-protocol.md.
Python 3.6 or newer, standard library alone.
"""
import errno, gc, json, os, select, signal, socket, struct
from time import monotonic

# How payloads begin: of a CHANGE, of a message in it, of its inverses, of an ARM, of an END.
CHANGE_HEAD, ADDRESSED, COUNT, ARMED, RESULT = map(struct.Struct, (">IIH", ">II", ">H", ">IdI", ">iI"))


class Agent:
    def __init__(self):
        self.out, self.flushed, self.heard = bytearray(), 0.0, bytearray()
        self.unsent_cap = UNSENT_CAP
        self.spaces, self.handles = {}, {}  # by (device, inode), by the client's number
        self.patience, self.silent_until = None, 0.0  # seconds without a word after which the client counts as gone
        self.dog, self.pid, self.given = None, 0, set()
        self.order, self.mirror = 0, {}  # undo id → what the watchdog holds, should it be killed
        self.next_deadline = float("inf")  # of these, or of one that was disarmed
        self.lock = new_lock()
        self.asked, self.undone = {}, set()  # questions not answered yet, undo ids that are over
        self.open(None)

    def serve(self):
        self.emit(0, HELLO, json.dumps(hello(PROTOCOL, self.lock)).encode())
        inbox, data = bytearray(), b" "
        while data:
            self.flush()
            wait(self.patience and self.silent_until - monotonic(), (0, select.POLLIN),
                 *[(self.dog, select.POLLIN)] * bool(self.dog) + [(1, select.POLLOUT)] * bool(self.out))
            self.hear()
            try:
                data = os.read(0, 65536)
            except BlockingIOError:
                if self.patience and monotonic() >= self.silent_until:
                    break  # the connection is dead, though nobody could tell us
                continue
            self.silent_until = monotonic() + (self.patience or 0)
            inbox += data
            for request, kind, payload in frames(inbox):
                try:
                    self.handle(request, kind, payload)
                except OSError as error:
                    self.end(request, error.errno, payload=words(error).encode())
                except (ValueError, LookupError, TypeError, OverflowError, RecursionError, struct.error) as error:
                    self.end(request, errno.EINVAL, payload=("malformed: %r" % error).encode())
                if len(self.out) > 16384 or monotonic() - self.flushed > 0.005:
                    self.flush()  # the client need not wait for the rest of what it sent
        self.leave()

    def leave(self):
        """What is armed is undone before the agent is gone, if that takes no longer than ten seconds."""
        self.unsent_cap = float("inf")  # a client that does not read holds up nothing any more
        until = monotonic() + 10
        while self.mirror and monotonic() < until:
            self.dog.shutdown(socket.SHUT_WR)
            if wait(until - monotonic(), (self.dog, select.POLLIN)):
                self.hear()
        while self.out and wait(1, (1, select.POLLOUT)):
            self.flush()
        os._exit(0)

    def emit(self, request, kind, payload=b""):
        self.out += frame(request, kind, payload)
        if len(self.out) > self.unsent_cap:
            self.flush(0)

    def end(self, request, error=0, done=0, payload=b""):
        self.emit(request, END, RESULT.pack(error, done) + payload)

    def flush(self, allowed=None):
        while self.out:
            try:
                del self.out[:os.write(1, self.out)]
            except BlockingIOError:
                if len(self.out) <= (self.unsent_cap if allowed is None else allowed):
                    break
                if not wait(self.patience, (1, select.POLLOUT)):
                    self.leave()
            except OSError:  # nobody reads any more
                self.out.clear()
                self.leave()
        self.flushed = monotonic()

    def handle(self, request, kind, payload):
        if kind == OPEN:
            query = json.loads(payload.decode())
            space = self.handles[query["handle"]] = self.open(query["netns"])
            answer = {"fd": space.descriptor, "device": space.device, "inode": space.inode}
            self.end(request, payload=json.dumps(answer).encode())
        elif kind == FILE:
            query = json.loads(payload.decode())
            space = self.space(query["handle"]) if "handle" in query else Space.home
            self.end(request, payload=json.dumps(file_operation(space, query)).encode())
        elif kind == REQUEST:
            fault, _ = converse(self.space(struct.unpack_from(">I", payload)[0]).socket, payload[4:],
                                lambda datagram: self.emit(request, DATA, datagram))
            self.end(request, fault)
        elif kind == CHANGE:
            self.change(request, payload)
        elif kind in (DISARM, UNDO):
            number, = struct.unpack(">I", payload)
            self.ask(request, kind, number, REQUESTED, 0, 0)
        elif kind == PING:
            self.patience = struct.unpack(">I", payload)[0] / 1000 or None
            self.silent_until = monotonic() + (self.patience or 0)
            self.end(request)
        else:
            self.end(request, errno.EOPNOTSUPP)

    def space(self, handle):
        if handle not in self.handles:
            raise OSError(errno.EBADF, "no such handle: %d" % handle)
        return self.handles[handle]

    def open(self, netns):
        descriptor = open_namespace(netns)
        key = identity(os.fstat(descriptor))
        if key in self.spaces:
            os.close(descriptor)
        else:
            self.spaces[key] = Space(descriptor, key)
        return self.spaces[key]

    def addressed(self, payload, at):
        """A message for a namespace, and where it ends."""
        handle, length = ADDRESSED.unpack_from(payload, at)
        end = at + ADDRESSED.size + length
        message = payload[end - length:end]
        if end > len(payload) or length < 16:
            raise ValueError("a message of %d bytes" % length)
        if is_write(message):
            check_write(message)
        return (self.space(handle), message), end

    def change(self, request, payload):
        (number, milliseconds, count), at, steps = CHANGE_HEAD.unpack_from(payload), CHANGE_HEAD.size, []
        for _ in range(count):
            step, at = self.addressed(payload, at)
            (armed,), at, inverses = COUNT.unpack_from(payload, at), at + COUNT.size, []
            for _ in range(armed):
                inverse, at = self.addressed(payload, at)
                inverses.append(inverse)
            steps.append(step + (inverses,))
        deadline = monotonic() + milliseconds / 1000
        for done, (space, change, inverses) in enumerate(steps):
            self.look_at_deadlines()
            if number in self.undone:
                return self.end(request, errno.ECANCELED, done)
            for inverse in inverses:  # first, so that there is no moment in which the change stands unarmed
                self.arm(number, deadline, *inverse)
            _, verdict = carry_out(space.socket, space.descriptor, change,
                                   lambda datagram: self.emit(request, DATA, datagram))
            if inverses and not verdict:
                self.look_at_deadlines()
                if number in self.undone or monotonic() >= deadline:
                    for inverse in inverses:  # this process was stopped, and they may have run before the change: again
                        self.arm(number, deadline, *inverse)
            if verdict is None:  # it may have happened: what is armed stays armed
                return self.end(request, errno.ENOBUFS, done)
            if verdict:
                self.drop(number, len(inverses))
                return self.ask(request, UNDO, number, REFUSED, verdict, done)
        self.end(request, 0, len(steps))

    def look_at_deadlines(self):
        """Only where one has passed can the watchdog have undone anything unasked, and be heard of it."""
        if monotonic() >= self.next_deadline:
            self.hear()
            deadlines = [deadline for entries in self.mirror.values() for _, _, deadline, *_ in entries]
            self.next_deadline = min(deadlines, default=float("inf"))

    def arm(self, number, deadline, *inverse):
        self.order += 1
        self.next_deadline = min(self.next_deadline, deadline)
        entry = (self.order, number, deadline) + inverse
        while True:
            try:
                self.pass_on(entry)
                break
            except ConnectionError:
                self.start_watchdog()
        self.mirror.setdefault(number, []).append(entry)

    def pass_on(self, entry):
        _, number, deadline, space, message = entry
        if self.dog and len(self.given) < len(self.spaces):  # an inverse may name any of them
            for other in set(self.spaces.values()) - self.given:
                with other.new_socket() as sock:
                    self.post(frame(0, GIVE, struct.pack(">I", other.descriptor)), sock.fileno(), other.descriptor)
                self.given.add(other)
        self.post(frame(0, ARM, ARMED.pack(number, deadline, space.descriptor) + message))

    def drop(self, number, count):
        if count:
            del self.mirror[number][-count:]
            if not self.mirror[number]:
                del self.mirror[number]
            self.tell(frame(0, DROP, struct.pack(">II", number, count)))

    def ask(self, request, kind, number, reason, error, done):
        """The request ends when the watchdog has answered; the loop goes on meanwhile."""
        status = ALREADY_UNDONE if number in self.undone else UNKNOWN
        if kind == UNDO:
            self.undone.add(number)
        if number in self.mirror:
            question = frame(request, kind, struct.pack(">IB", number, reason))
            self.asked[request] = (question, kind, number, error, done)
            self.tell(question)
        else:
            self.undone.difference_update([number] if kind == DISARM else [])
            self.end(request, error, done, b"" if error else bytes([status]))

    def tell(self, data):
        try:
            self.post(data)
        except ConnectionError:
            self.start_watchdog()  # which gets the mirror and the questions, this among them

    def post(self, data, *descriptors):
        """Returns when it is in the socket: from then on it holds, even if this process is killed."""
        if not self.dog:
            raise ConnectionError
        rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, struct.pack("2i", *descriptors))] if descriptors else []
        while data:
            try:
                data, rights = data[self.dog.sendmsg([data], rights) if rights else self.dog.send(data):], []
            except BlockingIOError:
                wait(None, (self.dog, select.POLLOUT))

    def hear(self):
        """Takes in what the watchdog has said; one that was killed is replaced."""
        try:
            data = self.dog.recv(65536) if self.dog else None
        except BlockingIOError:
            data = None
        except ConnectionError:
            data = b""
        if data == b"":
            self.start_watchdog()
        self.heard += data or b""
        for request, kind, payload in frames(self.heard):
            if kind == UNDONE:
                number, = struct.unpack_from(">I", payload)
                self.undone.add(number)
                self.mirror.pop(number, None)  # before it is told: that may be when we leave
                self.emit(0, UNDONE, payload)
            else:
                _, kind, number, error, done = self.asked.pop(request)
                self.undone.difference_update([number] if kind == DISARM else [])
                self.mirror.pop(number, None)
                self.end(request, error, done, payload)

    def start_watchdog(self):
        """At the first arm, and after it was killed: then it gets all that is armed, and the open questions."""
        while True:
            if self.dog:
                self.dog.close()
                os.waitpid(self.pid, 0)
                self.dog = None
            ours, theirs = socket.socketpair()
            getattr(gc, "freeze", gc.collect)()  # so that the collector does not unshare the child's memory
            self.pid = os.fork()
            if self.pid == 0:
                watchdog_process(theirs, self.lock)
            ours.setblocking(False)
            theirs.close()
            self.dog, self.given, self.heard = ours, set(), bytearray()
            try:
                for entry in sorted((e for entries in self.mirror.values() for e in entries), key=lambda e: e[0]):
                    self.pass_on(entry)
                for question, *_ in self.asked.values():
                    self.post(question)
                return
            except ConnectionError:
                pass


if __name__ == "__main__":
    for number in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    os.set_blocking(0, False)
    os.set_blocking(1, False)
    try:
        Agent().serve()
    except Exception as error:
        die(1, "%s: %s" % (type(error).__name__, error))
