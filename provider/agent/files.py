"""Part 3 of the agent: the few files that netlink has no word for, and what they tell of processes."""
import errno, grp, json, os, pwd, re, signal, socket, stat, struct, sys

# All that may be read, and written where it says so; a path with "." or ".." in it is refused before.
OF_LINKS = re.compile(r"/sys/class/net/[^/]+/(macvtap/tap[0-9]+/dev|phy80211)")
OF_PROCESSES = re.compile(r"/proc/[0-9]+/(comm|stat|ns/net)")
OF_MANAGERS = re.compile(r"/proc/[0-9]+/root/run/(systemd/netif/links|NetworkManager/devices)/[0-9]+")
OF_SYSCTLS = re.compile(r"/proc/sys/net(/[^/]+)+")  # these may be written


def contents(path):
    with open(path, encoding="utf-8", errors="replace") as file:
        return {"text": file.read(65536)}


def write(path, text):
    with open(path, "w") as file:  # close() reports what the kernel refuses
        file.write(text)
    return {}


def is_write(message):
    """Of a step: JSON instead of a netlink message, which would be half a gigabyte long if it began like that."""
    return message[:2] == b'{"'


def check_write(message):
    query = json.loads(message.decode())
    path = query["path"]
    if b"\0" in str.encode(path + query["text"]):  # what fails otherwise, and not for the kernel's reasons, ends a watchdog
        raise ValueError("a NUL in a path or a text")
    if re.search(r"/\.\.?(/|$)", path) or not OF_SYSCTLS.fullmatch(path):
        raise OSError(errno.EACCES, "not among the files that the agent writes: %s" % path)


def carry_out(sock, descriptor, message, forward=lambda datagram: None):
    """A step or an inverse, in a namespace; answers as converse() does."""
    if not is_write(message):
        return converse(sock, message, forward)
    query = json.loads(message.decode())
    try:
        within(descriptor, lambda: write(query["path"], query["text"]))
        return 0, 0
    except OSError as error:
        return error.errno, error.errno


def file_operation(space, query):
    """The whole of what a client may do to files."""
    operation, path = query["op"], query.get("path", "")
    if operation == "tap":
        return tap(space, query)
    if operation == "netns-list":
        return namespaces()
    if operation == "end-agent":
        return end_agent(query["pid"], query["started"], query["lock"])
    if operation == "connections":
        return connections()
    if operation == "announce":
        return announce(space, query["ifindex"], [bytes.fromhex(text) for text in query["frames"]])
    if operation == "processes":
        return processes(space, query["names"])
    if operation == "openers":
        return openers([os.makedev(major, minor) for major, minor in query["devices"]])
    if operation in ("read", "write") and not re.search(r"/\.\.?(/|$)", path):
        if operation == "read" and OF_PROCESSES.fullmatch(path):
            return dict(zip(("device", "inode"), identity(os.stat(path)))) if path.endswith("net") else contents(path)
        if operation == "read" and OF_MANAGERS.fullmatch(path):
            return contents(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC))
        if operation == "read" and OF_LINKS.fullmatch(path):
            return of_link(space.sysfs(), path[len("/sys/"):])
        if OF_SYSCTLS.fullmatch(path):
            work = (lambda: contents(path)) if operation == "read" else (lambda: write(path, query["text"]))
            return within(space.descriptor, work)
    raise OSError(errno.EACCES, "not among the files that the agent touches: %s %s" % (operation, path))


def of_link(sysfs, path):
    if not path.endswith("phy80211"):
        return contents(os.open(path, os.O_RDONLY | os.O_CLOEXEC, dir_fd=sysfs))
    try:
        os.stat(path, dir_fd=sysfs)
        return {"exists": True}
    except FileNotFoundError:
        return {"exists": False}


def tap(space, query):
    """The device node of a macvtap, and who may use it; found by number, since ifindexes of namespaces collide."""
    link, ifindex = query["link"], query["ifindex"]
    source = {"op": "read", "path": "/sys/class/net/%s/macvtap/tap%d/dev" % (link, ifindex)}
    major, minor = map(int, file_operation(space, source)["text"].split(":"))
    answer, path = {"major": major, "minor": minor, "path": None}, "/dev/tap%d" % ifindex
    try:
        node = os.open(path, os.O_PATH | os.O_NOFOLLOW | os.O_CLOEXEC)
    except FileNotFoundError:  # not yet: udev may be at work
        # devtmpfs makes it with the device, or not at all: when another link's was there, which is gone by now
        return dict(answer, mismatch=True) if on_devtmpfs() else answer
    try:
        status, through = os.fstat(node), "/proc/self/fd/%d" % node
        if not stat.S_ISCHR(status.st_mode) or status.st_rdev != os.makedev(major, minor):
            return dict(answer, mismatch=True)
        owner = number_of(query.get("owner"), status.st_uid, lambda name: pwd.getpwnam(name).pw_uid)
        group = number_of(query.get("group"), status.st_gid, lambda name: grp.getgrnam(name).gr_gid)
        if (owner, group) != (status.st_uid, status.st_gid):
            os.chown(through, owner, group)
        if query.get("mode") is not None and int(query["mode"], 8) != stat.S_IMODE(status.st_mode):
            os.chmod(through, int(query["mode"], 8) & 0o777)
        status = os.fstat(node)
    finally:
        os.close(node)
    return dict(answer, path=path, uid=status.st_uid, gid=status.st_gid, mode="%04o" % stat.S_IMODE(status.st_mode),
                owner=name_of(lambda: pwd.getpwuid(status.st_uid).pw_name),
                group=name_of(lambda: grp.getgrgid(status.st_gid).gr_name))


def on_devtmpfs():
    with open("/proc/self/mounts", errors="replace") as mounts:
        return [line.split()[2] for line in mounts if line.split()[1] == "/dev"][-1:] == ["devtmpfs"]


def number_of(wanted, present, look_up):
    if wanted is None or isinstance(wanted, int):
        return present if wanted is None else wanted
    try:
        return look_up(wanted)
    except KeyError:
        raise OSError(errno.ENOENT, "no such user or group: %s" % wanted)


def name_of(look_up):
    try:
        return look_up()
    except KeyError:
        return None


def namespaces():
    """Every network namespace that has a name or a process in it, once."""
    found = {}
    named = ["/run/netns/" + name for name in (os.listdir("/run/netns") if os.path.isdir("/run/netns") else [])]
    for path in named + ["/proc/%s/ns/net" % name for name in os.listdir("/proc") if name.isdigit()]:
        try:
            found.setdefault(identity(os.stat(path)), path)
        except OSError:  # gone since, or not ours to see
            pass
    return [{"path": path, "device": device, "inode": inode} for (device, inode), path in found.items()]


LOCK = re.compile(r"pulumi-macvlan-[0-9a-f]{32}")


def new_lock():
    """A name of the network namespace that is taken as long as this agent or its watchdog lives; no file has it."""
    lock = socket.socket(socket.AF_UNIX)
    lock.bind("\0pulumi-macvlan-" + os.urandom(16).hex())
    return lock


def started(pid):
    """When a process started: with it a number names one process and no other."""
    return contents("/proc/%s/stat" % pid)["text"].rpartition(")")[2].split()[19]


def end_agent(pid, start, lock):
    """Kills an agent that its client has lost, so that its watchdog undoes; says whether that is over."""
    if not LOCK.fullmatch(lock):
        raise OSError(errno.EACCES, "not an agent's lock: %s" % lock)
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.bind("\0" + lock)
            return {"gone": True}
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise
    try:
        if start and started(pid) == start:
            os.kill(pid, signal.SIGKILL)
    except OSError:  # it has ended, or is not ours to end
        pass
    return {"gone": False}


def connections():
    """The TCP connections of this process and of all that it descends from: sudo keeps no SSH_CONNECTION."""
    pid, spaces, sockets, hidden = os.getpid(), {}, set(), False
    while pid:
        folder, this = "/proc/%d" % pid, pid
        try:
            pid = int(contents(folder + "/stat")["text"].rpartition(")")[2].split()[1])
            spaces.setdefault(identity(os.stat(folder + "/ns/net")), folder + "/net/")
            for number in os.listdir(folder + "/fd"):
                try:
                    sockets.update(re.findall(r"^socket:\[(\d+)\]$", os.readlink(folder + "/fd/" + number)))
                except FileNotFoundError:  # closed since
                    pass
        except OSError:  # not ours to see
            hidden, pid = True, pid if pid != this else 0
        hidden = hidden or (pid == 0 and this != 1)  # its parent is in a process namespace further out
    found = []
    for (device, inode), folder in spaces.items():  # all of them: a socket stays where it was made
        for name in ("tcp", "tcp6"):
            try:
                with open(folder + name) as table:
                    lines = [line.split() for line in table if " 01 " in line]  # ESTABLISHED
            except FileNotFoundError:  # no IPv6 here; or the process is gone
                hidden = hidden or name == "tcp"
                continue
            for _, local, remote, state, _, _, _, _, _, number, *_ in lines:
                if state == "01" and number in sockets:
                    ends = dict(zip(("local", "localPort", "remote", "remotePort"), tcp_end(local) + tcp_end(remote)))
                    found.append(dict(ends, device=device, inode=inode, pid=int(folder.split("/")[2])))
    return {"sockets": found, "hidden": hidden}


def announce(space, ifindex, sent):
    """Sends what tells neighbours of an address, and nothing else: ARP, and neighbour advertisements of IPv6."""
    def is_one(data):
        is_advertisement = data[12:14] == b"\x86\xdd" and data[20:21] == b"\x3a" and data[54:55] == b"\x88"
        return 14 < len(data) <= 128 and data[0] & 1 and (data[12:14] == b"\x08\x06" or is_advertisement)
    if len(sent) > 64 or not all(map(is_one, sent)):
        raise OSError(errno.EACCES, "not an announcement of an address")
    def send():
        with socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0) as port:
            port.bind((socket.if_indextoname(ifindex), 0))
            for data in sent:
                port.send(data)
        return {}
    return within(space.descriptor, send)


def processes(space, names):
    """The processes of a network namespace that have one of these names."""
    found = []
    for pid in map(int, filter(str.isdigit, os.listdir("/proc"))):
        try:
            comm = contents("/proc/%d/comm" % pid)["text"].strip()
            if comm in names and identity(os.stat("/proc/%d/ns/net" % pid)) == (space.device, space.inode):
                found.append({"pid": pid, "comm": comm})
        except OSError:  # it has ended, or is not ours to see
            pass
    return found


def openers(devices):
    """The processes that have each of these character devices open, under whatever name."""
    found, hidden = {device: [] for device in devices}, False
    for pid in filter(str.isdigit, os.listdir("/proc")):
        folder, held = "/proc/%s/fd/" % pid, set()
        try:
            for number in os.listdir(folder):
                try:
                    if os.readlink(folder + number)[:1] == "/":  # neither a socket nor a pipe
                        status = os.stat(folder + number)
                        if stat.S_ISCHR(status.st_mode) and status.st_rdev in found:
                            held.add(status.st_rdev)
                except FileNotFoundError:  # closed since, or on a file system of its own
                    pass
            for device in held:
                found[device].append({"pid": int(pid), "comm": contents("/proc/%s/comm" % pid)["text"].strip()})
        except (FileNotFoundError, ProcessLookupError):  # it has ended
            pass
        except PermissionError:
            hidden = True
    return {"openers": [found[device] for device in devices], "hidden": hidden}


def tcp_end(text):
    """One end as /proc/net/tcp has it: words in the machine's byte order, and the port."""
    words, port = text.split(":")
    address = b"".join(struct.pack("=I", int(words[at:at + 8], 16)) for at in range(0, len(words), 8))
    if address[:12] == b"\0" * 10 + b"\xff\xff":  # IPv4 on a socket of both families
        address = address[12:]
    return socket.inet_ntop(socket.AF_INET if len(address) == 4 else socket.AF_INET6, address), int(port, 16)


def hello(protocol, lock):
    def first(*paths):
        return next((contents(path)["text"].strip() for path in paths if os.path.exists(path)), "")
    return {"protocol": protocol, "python": sys.version.split()[0], "kernel": os.uname().release,
            "uid": os.getuid(), "pid": os.getpid(), "started": started("self") if os.path.exists("/proc/self/stat") else "",
            "lock": lock.getsockname()[1:].decode(), "bootId": first("/proc/sys/kernel/random/boot_id"),
            "machineId": first("/etc/machine-id", "/var/lib/dbus/machine-id")}
