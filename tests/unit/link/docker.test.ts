import assert from "node:assert/strict";
import type { Device } from "../../../provider/link/causes";
import { ancestryIn, isDockersOwn, warningOfContainers } from "../../../provider/link/docker";

const device = (kind: string, name: string): Device => ({ kind, settings: { name } }) as Device;

describe("Docker", () => {
  it("is known by the names and kinds of the devices that it makes for its networks", () => {
    assert.ok(isDockersOwn(device("bridge", "docker0")));
    // As the real one of the kernel tests calls it, and what macvlan_setup.go makes without a parent.
    assert.ok(isDockersOwn(device("bridge", "br-c731160bbebf")));
    assert.ok(isDockersOwn(device("dummy", "dm-c731160bbebf")));
    for (const [kind, name] of [
      ["bridge", "br-lan"],
      ["bridge", "br-c731160bbebff"],
      ["veth", "docker0"],
      ["vlan", "dm-c731160bbebf"],
    ] as const)
      assert.equal(isDockersOwn(device(kind, name)), false, name);
  });

  it("has containers, whose processes descend from a shim", () => {
    assert.deepEqual(ancestryIn("201 (busybox) S 183 201 201 0 -1"), {
      comm: "busybox",
      parent: 183,
    });
    assert.deepEqual(ancestryIn("201 (a) S 7 (b) R 183 1"), { comm: "a) S 7 (b", parent: 183 });
    assert.deepEqual(ancestryIn(""), { comm: "", parent: 0 });
  });

  it("is told with few of many containers", () => {
    assert.match(
      warningOfContainers("eth0", [1, 2, 3, 4, 5, 6]),
      /^eth0: Docker has links of 6 containers \(processes 1, 2, 3, 4, 5, …\) on this/,
    );
  });
});
