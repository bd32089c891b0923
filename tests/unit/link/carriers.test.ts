/** Which devices carry a connection, told from what the kernel shows. */
import assert from "node:assert/strict";
import { carriedBy, type Surroundings, type Traced } from "../../../provider/link/carriers";
import type { Device } from "../../../provider/link/causes";
import type { AddressMessage } from "../../../provider/netlink/address-message";
import {
  RT_SCOPE_HOST,
  RT_SCOPE_LINK,
  RTN_LOCAL,
  RTN_UNICAST,
} from "../../../provider/netlink/constants";
import type { RouteAttributes } from "../../../provider/netlink/route-message";
import { device } from "../../support/link-fixtures";

const LOCAL = "192.0.2.7";
const REMOTE = "203.0.113.1";

const address = (index: number, text: string, scope = 0): AddressMessage => ({
  ...{ family: text.includes(":") ? 10 : 2, prefixLength: 24, flags: 0, scope, index },
  attributes: { IFA_ADDRESS: text, ...(text.includes(".") && { IFA_LOCAL: text }) },
});
const socket = (
  attributes: RouteAttributes | undefined,
  {
    local = LOCAL,
    remote = REMOTE,
    type = RTN_UNICAST,
  }: Partial<Record<"local" | "remote", string> & { type: number }> = {},
): Traced => ({
  ends: { local, localPort: 22, remote, remotePort: 40_000 },
  routes:
    attributes === undefined
      ? []
      : [
          {
            ...{ family: 2, destinationLength: 0, sourceLength: 0, tos: 0, table: 254 },
            ...{ protocol: 3, scope: 0, type, flags: 0, attributes },
          },
        ],
});

const lo = device("lo", 1, { loopback: true });
const eth0 = device("eth0", 2);
const eth1 = device("eth1", 3);
const on = (lower: Device, kind: string, ifindex: number, more: Partial<Device> = {}): Device =>
  device(`${kind}0`, ifindex, { kind, lowerIfindex: lower.ifindex, ...more });

function names(seen: Partial<Surroundings>): string[] {
  const { carriers } = carriedBy({
    sockets: [socket({ RTA_OIF: 2 })],
    addresses: [],
    devices: [lo, eth0, eth1],
    ...seen,
  });
  return [...carriers.values()]
    .map(({ device: { settings }, isCertain }) => `${settings.name}${isCertain ? "" : "?"}`)
    .sort();
}

const unknown = (seen: Partial<Surroundings>): string | undefined =>
  carriedBy({ sockets: [], addresses: [], devices: [lo, eth0, eth1], ...seen }).unknown;

describe("the carriers of a connection", () => {
  it("are its route's device and the holder of its own address", () => {
    assert.deepEqual(names({}), ["eth0"]);
    assert.deepEqual(names({ addresses: [address(3, LOCAL), address(2, "192.0.2.8")] }), [
      "eth0",
      "eth1",
    ]);
    const { carriers } = carriedBy({
      ...{ sockets: [socket({ RTA_OIF: 2 })], devices: [eth0, eth1] },
      addresses: [address(3, LOCAL)],
    });
    assert.equal(carriers.get(2)?.why, `the route to ${REMOTE} leads through it`);
    assert.equal(carriers.get(3)?.why, `it has ${LOCAL}, to which the connection comes`);
  });

  it("are not the other side of a peer's address, nor loopback that has a router's address", () => {
    const peer = address(3, LOCAL);
    const ours = { ...peer, attributes: { IFA_ADDRESS: LOCAL, IFA_LOCAL: "192.0.2.6" } };
    assert.deepEqual(names({ addresses: [ours, address(1, LOCAL)] }), ["eth0"]);
  });

  it("are the devices of all next hops", () => {
    const hop = (index: number) => ({ flags: 0, hops: 0, index, attributes: {} });
    assert.deepEqual(names({ sockets: [socket({ RTA_MULTIPATH: [hop(2), hop(3)] })] }), [
      "eth0",
      "eth1",
    ]);
  });

  for (const kind of ["vlan", "macvlan", "macvtap", "ipvlan"])
    it(`are what a ${kind} stands on`, () => {
      const above = on(eth0, kind, 5);
      const devices = [lo, eth0, eth1, above, on(above, "vlan", 6)];
      assert.deepEqual(
        names({ devices, sockets: [socket({ RTA_OIF: 6 })] }).includes("eth0"),
        true,
      );
      assert.deepEqual(names({ devices, sockets: [socket({ RTA_OIF: 2 })] }), ["eth0"]);
    });

  it("are not the other end of a veth", () => {
    const devices = [lo, eth0, on(eth0, "veth", 5)];
    assert.deepEqual(names({ devices, sockets: [socket({ RTA_OIF: 5 })] }), ["veth0"]);
  });

  for (const kind of ["bridge", "bond", "team"])
    it(`are all ports of a ${kind}, and what these stand on`, () => {
      const vlan = on(eth1, "vlan", 6, { master: 5, slaveKind: kind });
      const devices = [lo, { ...eth0, master: 5 }, eth1, vlan, device(kind, 5, { kind })];
      const found = names({ devices, sockets: [socket({ RTA_OIF: 5 })] });
      assert.deepEqual(found, [kind, "eth0", "eth1", "vlan0"].sort());
    });

  it("are the ports of Open vSwitch, which name its datapath as their master", () => {
    const internal = device("ovsbr0", 5, { kind: "openvswitch" });
    const devices = [lo, { ...eth0, master: 9, slaveKind: "openvswitch" }, eth1, internal];
    assert.deepEqual(names({ devices, sockets: [socket({ RTA_OIF: 5 })] }), ["eth0", "ovsbr0"]);
  });

  it("end where a ring of devices closes", () => {
    const [a, b] = [on(eth0, "vlan", 5), on(eth0, "macvlan", 6)];
    const devices = [
      { ...a, lowerIfindex: 6 },
      { ...b, lowerIfindex: 5 },
    ];
    assert.equal(names({ devices, sockets: [socket({ RTA_OIF: 5 })] }).length, 2);
  });

  it("lead out of the namespace, and say to where", () => {
    const away = on(eth0, "macvlan", 5, { lowerNetnsId: 4 });
    const devices = [lo, eth0, eth1, away];
    const seen = { devices, addresses: [], sockets: [socket({ RTA_OIF: 5 })] };
    const { carriers, crossings } = carriedBy(seen);
    // The eth0 of this namespace has that ifindex by chance.
    assert.deepEqual([...carriers.keys()], [5]);
    assert.deepEqual(
      crossings.map(({ netnsId, ifindex }) => [netnsId, ifindex]),
      [[4, 2]],
    );
  });
});

describe("who may carry a connection of which that is not known", () => {
  const addresses = [
    address(1, "127.0.0.1", RT_SCOPE_HOST),
    address(1, "203.0.113.9"),
    address(2, "192.0.2.8"),
    address(3, "fe80::3", RT_SCOPE_LINK),
  ];

  it("is each device that has an address, and what it stands on", () => {
    const shim = on(eth1, "macvlan", 5);
    const devices = [lo, eth0, eth1, shim];
    const some = [...addresses, address(5, "2001:db8::5")];
    const sockets = [socket({ RTA_OIF: 1 }, { local: "127.0.0.1", remote: "127.0.0.1" })];
    assert.deepEqual(names({ devices, sockets, addresses: some }), ["eth0?", "eth1?", "macvlan0?"]);
    assert.deepEqual(names({ devices, sockets, addresses }), ["eth0?"]);
  });

  it("has a link-local address only where a connection uses it", () => {
    const sockets = [
      socket(undefined, { local: "fe80::3", remote: "fe80::1" }),
      socket(undefined, { local: "::1", remote: "::1" }),
    ];
    assert.deepEqual(names({ sockets, addresses }), ["eth0?", "eth1?"]);
  });

  it("stays beside what is known", () => {
    const sockets = [socket({ RTA_OIF: 3 }), socket(undefined, { remote: "127.0.0.1" })];
    assert.deepEqual(names({ sockets, addresses }), ["eth0?", "eth1"]);
  });

  const reasons: readonly [what: string, seen: Partial<Surroundings>, why: RegExp | undefined][] = [
    ["a known route", { sockets: [socket({ RTA_OIF: 2 })] }, undefined],
    [
      "loopback",
      { sockets: [socket({ RTA_OIF: 1 }, { local: "::1", remote: "::1" })] },
      /loopback/,
    ],
    [
      "the host itself",
      { sockets: [socket({ RTA_OIF: 1 }, { type: RTN_LOCAL })] },
      /the host itself/,
    ],
    ["no route", { sockets: [socket(undefined)] }, /names no route to 203\.0\.113\.1/],
    ["a route by loopback", { sockets: [socket({ RTA_OIF: 1 })] }, /no device that can be seen/],
    ["a device that is not there", { sockets: [socket({ RTA_OIF: 99 })] }, /no device that can be/],
    ["a route without one", { sockets: [socket({})] }, /names no device/],
    ["nothing to be seen", { blind: "hidden" }, /^hidden$/],
    ...["tun", "wireguard", "ppp", "vxlan", "gre"].map(
      (kind): [string, Partial<Surroundings>, RegExp] => [
        kind,
        { sockets: [socket({ RTA_OIF: 5 })], devices: [lo, eth0, device("t", 5, { kind })] },
        new RegExp(`t is a device of the kind ${kind}`),
      ],
    ),
  ];
  for (const [what, seen, why] of reasons)
    it(`comes of ${what}`, () => {
      if (why === undefined) assert.equal(unknown(seen), undefined);
      else assert.match(unknown(seen) ?? "", why);
    });
});
