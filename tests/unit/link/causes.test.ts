import assert from "node:assert/strict";
import {
  causeOf,
  causesIn,
  type Device,
  lowerDeviceIn,
  sceneOf,
} from "../../../provider/link/causes";
import type { Settings } from "../../../provider/link/model";
import { Errno } from "../../../provider/netlink/errno";
import { device } from "../../support/link-fixtures";

const MAC = "02:00:00:00:00:01";
const eth0 = device("eth0", 2, { settings: { name: "", macAddress: "02:00:00:00:00:02" } });
const sibling = (more: Partial<Device> = {}, settings: Settings = {}): Device =>
  device("db", 9, {
    kind: "macvlan",
    lowerIfindex: 2,
    ...more,
    settings: { name: "", mode: "bridge", ...settings },
  });

/** "property: cause. cure" of what the kernel would answer with that errno. */
function cause(
  errno: number,
  devices: readonly Device[],
  settings: Settings = {},
): string | undefined {
  const wanted = { lowerDevice: "eth0", name: "web", mode: "vepa", ...settings } as const;
  const scene = sceneOf({ below: devices, beside: devices }, wanted, "ours");
  const found = causeOf(errno, scene);
  // Each is also found without the errno, from which preview foretells it.
  if (found !== undefined) assert.ok(causesIn(scene).some((each) => each.cause === found.cause));
  return found && `${found.property}: ${found.cause}. ${found.cure}`;
}

describe("a cause found by looking", () => {
  it("is none where there is none", () => {
    const scene = sceneOf(
      { below: [eth0], beside: [eth0] },
      { lowerDevice: "eth0", name: "web", macAddress: MAC, mtu: 1500 },
      "ours",
    );
    assert.deepEqual(causesIn(scene), []);
    for (const errno of Object.values(Errno)) assert.equal(causeOf(errno, scene), undefined);
  });

  it("a lower device that is not there", () => {
    const devices = [device("lo", 1), device("eth1", 3), device("enp3s0", 4)];
    assert.equal(
      cause(Errno.ENODEV, devices),
      'lowerDevice: there is no device "eth0". Did you mean eth1? The devices there are lo, eth1, enp3s0. If another resource of the program makes it, say so with dependsOn',
    );
    assert.doesNotMatch(cause(Errno.EINVAL, [device("wlan", 1)]) ?? "", /Did you mean/);
    const many = Array.from({ length: 30 }, (_, n) => device(`card${n}`, n + 1));
    assert.match(cause(Errno.ENODEV, many) ?? "", /card19, …\./);
    const elsewhere = cause(Errno.ENODEV, [], { lowerNetns: "blue" });
    assert.match(elsewhere ?? "", /no device "eth0" in the namespace blue/);
    assert.match(cause(Errno.ENODEV, []) ?? "", /no device "eth0"/);
  });

  it("a lower device that is the loopback one, or not an Ethernet one", () => {
    assert.equal(
      cause(Errno.EINVAL, [device("lo", 1, { loopback: true, hardwareType: 772 })], {
        lowerDevice: "lo",
      }),
      "lowerDevice: lo is the loopback device, and a macvlan needs an Ethernet one. Choose a network card, bond, VLAN, bridge or veth as lowerDevice",
    );
    assert.match(
      cause(Errno.EINVAL, [device("tun0", 1, { hardwareType: 65534 })], { lowerDevice: "tun0" }) ??
        "",
      /^lowerDevice: tun0 is no Ethernet device/,
    );
  });

  it("an MTU above the lower device's", () => {
    assert.equal(
      cause(Errno.EINVAL, [eth0], { mtu: 1501 }),
      "mtu: an MTU of 1501 does not fit the lower device eth0, whose MTU is 1500. Declare at most 1500, or raise the MTU of eth0 first",
    );
    assert.equal(cause(Errno.EINVAL, [eth0], { mtu: 1500 }), undefined);
  });

  it("a passthru link beside, or a passthru link's siblings", () => {
    assert.equal(
      cause(Errno.EINVAL, [eth0, sibling({}, { mode: "passthru" })]),
      "mode: the passthru link db has the lower device eth0 to itself. Delete what stands there first, or use another lower device",
    );
    assert.match(
      cause(Errno.EINVAL, [eth0, sibling()], { mode: "passthru" }) ?? "",
      /^mode: passthru needs the lower device eth0 to itself, and db stands on it\./,
    );
    const two = [sibling(), { ...sibling(), ifindex: 10, settings: { name: "app" } }];
    assert.match(
      cause(Errno.EINVAL, [eth0, ...two], { mode: "passthru" }) ?? "",
      /and db, app stand on it/,
    );
    assert.equal(
      cause(Errno.EINVAL, [eth0, sibling({ lowerIfindex: 3 }, { mode: "passthru" })]),
      undefined,
    );
    // Not the link itself; but the old one of a replacement that is made first.
    const ours = { mark: "ours" };
    const again = [eth0, sibling(ours)];
    assert.equal(cause(Errno.EINVAL, again, { mode: "passthru", name: "db" }), undefined);
    assert.match(cause(Errno.EINVAL, again, { mode: "passthru" }) ?? "", /and db stands on it/);
  });

  it("a lower device of a kind that lets nothing stand on it", () => {
    for (const kind of ["vrf", "ipvlan", "ipvtap"])
      assert.equal(
        cause(Errno.EINVAL, [{ ...eth0, kind }]),
        `lowerDevice: eth0 is of kind ${kind}, and the kernel lets no link stand on one. Choose the device below it as lowerDevice, or a network card, bond, VLAN, bridge or veth`,
      );
    assert.equal(cause(Errno.EINVAL, [{ ...eth0, kind: "vlan" }]), undefined);
  });

  it("a bridge, bond or team that has the lower device as its port", () => {
    const port = { ...eth0, master: 5, slaveKind: "bridge" };
    assert.equal(
      cause(Errno.EBUSY, [port, device("br0", 5, { kind: "bridge" })]),
      "lowerDevice: eth0 is a port of the bridge br0, which takes all of its frames. Use br0 itself as lowerDevice, or take eth0 out of it",
    );
    assert.match(cause(Errno.EBUSY, [port]) ?? "", /a port of the bridge ifindex 5/);
    // A VRF leaves its members' frames alone.
    assert.equal(cause(Errno.EBUSY, [{ ...port, slaveKind: "vrf" }]), undefined);
  });

  it("an ipvlan on the lower device", () => {
    const ipvlan = device("ip0", 6, { kind: "ipvlan", lowerIfindex: 2 });
    assert.equal(
      cause(Errno.EBUSY, [eth0, ipvlan]),
      "lowerDevice: the ipvlan ip0 stands on eth0, and the kernel allows either ipvlan or macvlan on one device. Delete ip0, or use another lower device",
    );
    assert.equal(cause(Errno.EBUSY, [eth0, { ...ipvlan, lowerIfindex: 7 }]), undefined);
  });

  for (const errno of [Errno.EADDRINUSE, Errno.EBUSY])
    it(`the holder of the MAC address (errno ${errno})`, () => {
      const up = sibling({}, { macAddress: MAC, adminState: "up" });
      assert.equal(
        cause(errno, [eth0, up], { macAddress: MAC }),
        `macAddress: the link db has the MAC address ${MAC} already. Give the link another macAddress, or leave it out and get one of its own`,
      );
      assert.match(
        cause(errno, [eth0], { macAddress: "02:00:00:00:00:02" }) ?? "",
        /^macAddress: the lower device eth0 has .*; only a passthru link shares its lower device's$/,
      );
      const down = sibling({}, { macAddress: MAC, adminState: "down" });
      assert.equal(cause(errno, [eth0, down], { macAddress: MAC }), undefined);
      assert.equal(cause(errno, [eth0, up], { macAddress: MAC, adminState: "down" }), undefined);
    });

  it("the holder of the name", () => {
    const card = device("web", 8);
    assert.equal(
      cause(Errno.EEXIST, [eth0, card]),
      'name: the name "web" is taken by a device that something else made. Choose another name, delete that device, or take it over with adopt: true where it is the link you mean',
    );
    const altNames = ["web"];
    const veth = device("veth1", 8, { kind: "veth", settings: { name: "", altNames } });
    assert.match(
      cause(Errno.EEXIST, [eth0, veth]) ?? "",
      /taken by a veth called veth1, which has it as alternative name that something else made/,
    );
    assert.match(
      cause(Errno.EEXIST, [eth0, device("web", 8, { kind: "macvlan", mark: "theirs" })]) ?? "",
      /a macvlan of another resource of this package \(in another stack, or under its old logical name/,
    );
    assert.match(
      cause(Errno.EEXIST, [eth0, device("front", 8)], { altNames: ["a", "front"] }) ?? "",
      /^altNames: the name "front"/,
    );
    assert.equal(cause(Errno.EEXIST, [eth0, device("web", 8, { mark: "ours" })]), undefined);
  });
});

describe("the lower device", () => {
  const named = device("mac0", 9, { kind: "macvtap", lowerIfindex: 2 });

  it("is found by its names, and a macvlan leads to what it stands on", () => {
    const other = device("eth1", 3, { settings: { name: "", altNames: ["uplink"] } });
    const devices = [eth0, other, named];
    assert.equal(lowerDeviceIn(devices, "eth0"), eth0);
    assert.equal(lowerDeviceIn(devices, "uplink"), other);
    assert.equal(lowerDeviceIn(devices, "mac0"), eth0);
    assert.equal(lowerDeviceIn([named], "mac0"), undefined);
    assert.equal(lowerDeviceIn(devices, "eth9"), undefined);
  });

  it("has the macvlans that stand on it, but for ours, as siblings", () => {
    const mine = sibling({ mark: "ours" });
    const foreign = sibling({ mark: "theirs", kind: "macvtap" });
    const below = [
      eth0,
      mine,
      foreign,
      sibling({ lowerIfindex: 3 }),
      device("v", 4, { kind: "vlan", lowerIfindex: 2 }),
    ];
    const { siblings, lower } = sceneOf(
      { below, beside: [] },
      { lowerDevice: "eth0", name: "db" },
      "ours",
    );
    assert.deepEqual([lower, siblings()], [eth0, [foreign]]);
  });
});
