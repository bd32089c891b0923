"""The peer: pyroute2, one socket, as its documentation has it.

What to do comes in a line of its standard input, and "done" goes out when it is done.
"""
import json
import sys

from pyroute2 import IPRoute

with open(sys.argv[1]) as file:
    job = json.load(file)
links = job["links"]
indexes = {}


def create(ip, link):
    ip.link(
        "add",
        ifname=link["name"],
        address=link["macAddress"],
        link=job["lower"]["ifindex"],
        group=job["group"],
        kind="macvlan",
        macvlan_mode="bridge",
        state="up",
    )


def read(ip, link):
    (found,) = ip.link("get", ifname=link["name"])
    indexes[link["name"]] = found["index"]


def change(ip, link):
    ip.link("set", index=indexes[link["name"]], mtu=job["mtu"])


def delete(ip, link):
    ip.link("del", index=indexes[link["name"]])


DOES = {"create": create, "read": read, "change": change, "delete": delete}
with IPRoute() as ip:
    print("done", flush=True)
    for line in sys.stdin:
        for link in links:
            DOES[line.strip()](ip, link)
        print("done", flush=True)
