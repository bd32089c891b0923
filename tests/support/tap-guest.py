"""A guest as QEMU has one: NETNS LINK TAP. What its card LINK, in NETNS, sends is written to the tap, and what is read there comes in. TAP is a macvtap's device file, or NETNS/LINK of an ordinary tap to be made."""
import ctypes, fcntl, os, select, struct, sys

TUNSETIFF, IFF_TAP, IFF_NO_PI, IFF_VNET_HDR = 0x400454CA, 0x0002, 0x1000, 0x4000


def make(namespace, link):
    with open("/run/netns/" + namespace) as file:
        if ctypes.CDLL(None, use_errno=True).setns(file.fileno(), 0):
            raise OSError(ctypes.get_errno(), "setns")
    tap = os.open("/dev/net/tun", os.O_RDWR)
    fcntl.ioctl(tap, TUNSETIFF, struct.pack("16sH22x", link.encode(), IFF_TAP | IFF_NO_PI | IFF_VNET_HDR))
    return tap


namespace, link, place = sys.argv[1:4]
tap = os.open(place, os.O_RDWR) if place.startswith("/dev/") else make(*place.split("/"))
card = make(namespace, link)
print("ready", flush=True)
while True:
    for ready in select.select([0, tap, card], [], [])[0]:
        if ready == 0:
            sys.exit()  # whoever started it is gone
        frame = os.read(ready, 70000)
        try:
            os.write(card if ready == tap else tap, frame)
        except OSError:
            pass  # a card that is down takes none
