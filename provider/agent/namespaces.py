"""Part 2 of the agent: network namespaces."""
import errno, fcntl, json, os, socket, stat, struct

MS_READ_ONLY, MS_REC, MS_PRIVATE, CLONE_NEWNS, CLONE_NEWNET = 1, 0x4000, 0x40000, 0x20000, 0x40000000
SOL_NETLINK, NETLINK_CAP_ACK, NETLINK_EXT_ACK, NETLINK_GET_STRICT_CHK, SO_RCVBUFFORCE = 270, 10, 11, 12, 33


def call(function, *arguments):
    import ctypes  # a megabyte and some milliseconds that a session in one namespace does without
    libc = ctypes.CDLL(None, use_errno=True)
    if getattr(libc, function)(*arguments):
        raise OSError(ctypes.get_errno(), "%s: %s" % (function, os.strerror(ctypes.get_errno())))


def within(descriptor, work):
    """What work() gives in that network namespace; a process that cannot come back ends."""
    if descriptor == Space.home.descriptor:  # needs no privilege
        return work()
    call("setns", descriptor, CLONE_NEWNET)
    try:
        return work()
    finally:
        try:
            call("setns", Space.home.descriptor, CLONE_NEWNET)
        except OSError as error:
            die(4, "cannot return to its own network namespace: %s" % error)


class Space:
    """A network namespace: its descriptor, and the socket through which it is asked."""

    home = None  # the one in which the agent was started

    def __init__(self, descriptor, identity):
        # High, since the watchdog has it under the same number, and must have that free.
        self.descriptor = fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, 512)
        os.close(descriptor)
        self.device, self.inode = identity
        self.mounted = None
        Space.home = Space.home or self
        self.socket = self.new_socket()

    def new_socket(self):
        made = within(self.descriptor, lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0))
        made.setblocking(False)
        try:
            made.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 8 << 20)
        except PermissionError:  # as in a user namespace
            made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8 << 20)
        for option in (NETLINK_EXT_ACK, NETLINK_CAP_ACK):
            made.setsockopt(SOL_NETLINK, option, 1)
        try:
            made.setsockopt(SOL_NETLINK, NETLINK_GET_STRICT_CHK, 1)  # dumps of one device's addresses and routes
        except OSError:  # before Linux 4.20 they are of all
            pass
        return made

    def sysfs(self):
        """/sys shows the namespace it was mounted in: a child mounts it in this one, and hands it over before it ends."""
        if self.mounted is None:
            ours, childs = socket.socketpair()
            pid = os.fork()
            if pid == 0:
                try:
                    os.closerange(0, 3)  # whoever waits for the agent's end must not wait for this child
                    self.hand_over_sysfs(childs)
                except OSError as error:
                    childs.send(json.dumps([error.errno, words(error)]).encode())
                finally:
                    os._exit(0)
            childs.close()
            answer, handed, _, _ = ours.recvmsg(4096, socket.CMSG_SPACE(4), socket.MSG_CMSG_CLOEXEC)
            ours.close()
            os.waitpid(pid, 0)
            if not handed:
                raise OSError(*json.loads(answer.decode()) if answer else (errno.EIO, "the child died"))
            self.mounted = struct.unpack("=i", handed[0][2][:4])[0]
        return self.mounted

    def hand_over_sysfs(self, to):
        call("setns", self.descriptor, CLONE_NEWNET) if self is not Space.home else None
        call("unshare", CLONE_NEWNS)
        call("mount", b"none", b"/", None, MS_REC | MS_PRIVATE, None)
        try:
            call("mount", b"sysfs", b"/sys", b"sysfs", MS_READ_ONLY, None)
        except OSError as error:
            if error.errno != errno.EBUSY:  # which says that this namespace's own is there already
                raise
        sysfs = os.open("/sys", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        to.sendmsg([b"[]"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, struct.pack("=i", sysfs))])


def open_namespace(netns):
    """null, {name}, {pid} or {path} → a descriptor. setns() is what says whether it is a network namespace."""
    if netns is None:
        paths = ["/proc/self/ns/net"]
    elif "name" in netns:
        if netns["name"] in ("", ".", "..") or "/" in netns["name"]:
            raise OSError(errno.EINVAL, "not the name of a network namespace: %s" % netns["name"])
        paths = [folder + netns["name"] for folder in ("/run/netns/", "/var/run/netns/")]
    else:
        paths = ["/proc/%d/ns/net" % netns["pid"] if "pid" in netns else netns["path"]]
    path = next((path for path in paths if os.path.exists(path)), paths[0])
    if not path.startswith("/") or not stat.S_ISREG(os.stat(path).st_mode):  # opening a device can do harm
        raise OSError(errno.EINVAL, "not a network namespace: %s" % path)
    return os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)


def identity(status):
    return status.st_dev, status.st_ino
