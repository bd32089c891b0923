"""Part 1 of the agent: the frames it speaks, and one conversation with the kernel."""
import errno, os, select, socket, struct
from time import monotonic

PROTOCOL = 1
FRAME_CAP = 1 << 20  # bytes after a frame's length field
UNSENT_CAP = 1 << 20  # above this, neither stdin nor the kernel is read until the client has caught up
RECEIVE = memoryview(bytearray(FRAME_CAP - 64))
HEAD = struct.Struct(">IIB")  # of a frame: its length from then on, request, kind
ANSWER = struct.Struct("=IHHIIi")  # how an acknowledgement begins: a netlink header, and its errno

OPEN, REQUEST, CHANGE, DISARM, UNDO, FILE, PING = range(1, 8)  # client to agent; DISARM and UNDO also agent to watchdog
GIVE, ARM, DROP = range(33, 36)  # agent to watchdog: a socket, an inverse, forget an id's last inverses
HELLO, DATA, END, UNDONE = range(65, 69)  # agent to client; END and UNDONE also watchdog to agent
DEADLINE, END_OF_INPUT, REQUESTED, REFUSED = range(1, 5)  # why something was undone
DISARMED, ALREADY_UNDONE, UNKNOWN = range(3)  # what the watchdog answers
NLMSG_ERROR = 2
MSG_TRUNC = int(socket.MSG_TRUNC)  # an enumeration, whose "&" is slow


def die(status, text):
    os.write(2, ("pulumi-macvlan agent: %s\n" % text).encode())
    os._exit(status)  # the watchdog then sees the end of its input, and undoes what is armed


def words(error):
    """Of an OSError, without its number, which has a field of its own."""
    return error.strerror + (": %s" % error.filename if error.filename else "")


def frame(request, kind, payload=b""):
    return HEAD.pack(len(payload) + 5, request, kind) + payload


def frames(inbox):
    """Takes every complete frame from the front of inbox."""
    data, at = bytes(inbox), 0  # whose slices are copied once
    while len(data) - at >= HEAD.size:
        length, request, kind = HEAD.unpack_from(data, at)
        if not 5 <= length <= FRAME_CAP:
            die(3, "a frame of %d bytes: 5 to %d are allowed" % (length, FRAME_CAP))
        end = at + 4 + length
        if end > len(data):
            break
        yield request, kind, data[at + HEAD.size:end]
        at = end
    del inbox[:at]


def wait(seconds, *wanted):
    poll = select.poll()
    for descriptor, events in wanted:
        poll.register(descriptor, events)
    return [descriptor for descriptor, _ in poll.poll(None if seconds is None else max(0, seconds) * 1000)]


def converse(sock, message, forward=lambda datagram: None):
    """Sends one message and hands every datagram of the answer to forward.

    Returns what went wrong on the way, and the errno of the message's ack (None without one). rtnetlink works inside
    send(), so the answer is complete with its ack, which comes last; where there is none, as with a dump, when reading
    would block. A dump goes on with each read.
    """
    fault, verdict, sequence = 0, None, struct.unpack_from("=I", message, 8)[0]
    try:
        sock.send(message)
    except OSError as error:
        return error.errno, error.errno  # the kernel did not look at it
    while verdict is None or fault:
        try:
            size, _, flags, sender = sock.recvmsg_into([RECEIVE])
        except BlockingIOError:
            return fault, verdict
        except OSError as error:
            fault = error.errno
            if fault != errno.ENOBUFS:  # then something was lost, and what follows must still be read
                return fault, verdict
            continue
        if flags & MSG_TRUNC:
            fault = errno.EMSGSIZE
            continue
        at = 0 if sender[0] == 0 else size  # the kernel is 0; nobody else has a say
        while at + 20 <= size and verdict is None:
            length, kind, _, its_sequence, _, code = ANSWER.unpack_from(RECEIVE, at)
            if kind == NLMSG_ERROR and its_sequence == sequence:
                verdict = -code
            at += max(16, length + 3 & ~3)
        if sender[0] == 0:
            forward(RECEIVE[:size])
    return fault, verdict
