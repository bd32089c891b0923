import assert from "node:assert/strict";
import { HostError } from "../../../provider/errors";
import { sceneOf } from "../../../provider/link/causes";
import { explain } from "../../../provider/link/explain";
import { Errno } from "../../../provider/netlink/errno";
import { device } from "../../support/link-fixtures";

const REFUSAL = { operation: "create macvlan web on eth0", host: "this machine" };
const text = (errno: number, property?: string, scene?: Parameters<typeof explain>[1]): string =>
  new HostError(explain({ ...REFUSAL, errno, property }, scene)).message;

const scene = sceneOf(
  { below: [device("eth0", 2)], beside: [] },
  { lowerDevice: "eth0", mtu: 9000 },
  "ours",
);

describe("a refusal in words", () => {
  it("names operation, host, property, cause, errno and cure", () => {
    assert.equal(
      text(Errno.EINVAL, undefined, scene),
      "Cannot create macvlan web on eth0 on this machine: mtu: an MTU of 9000 does not fit the lower device eth0, whose MTU is 1500 (EINVAL). Declare at most 1500, or raise the MTU of eth0 first.",
    );
  });

  it("keeps what a program may ask of it", () => {
    const failure = explain({ ...REFUSAL, errno: Errno.EBUSY, kernelText: "no" }, undefined);
    assert.equal(failure.kind, "refused");
    assert.equal(failure.errno, Errno.EBUSY);
    assert.equal(failure.kernelText, "no");
    assert.match(new HostError(failure).message, /\(EBUSY\) \(the kernel: "no"\)\./);
  });

  it("prefers what was seen to what an errno usually means", () => {
    assert.match(text(Errno.EINVAL), /the kernel finds the request invalid/);
    assert.doesNotMatch(
      text(Errno.EINVAL, undefined, scene),
      /the kernel finds the request invalid/,
    );
    // Nothing seen explains that one.
    assert.match(text(Errno.EPERM, undefined, scene), /lacks CAP_NET_ADMIN/);
  });

  const meanings = [
    [Errno.EPERM, /Run Pulumi as root, or set connection: \{ sudo: true \}\.$/],
    [Errno.EOPNOTSUPP, /modprobe macvtap/],
    [Errno.EBUSY, /something else has the lower device to itself/],
    [Errno.EADDRINUSE, /in use on the lower device, by a link in a namespace that cannot be seen/],
    [Errno.EADDRNOTAVAIL, /Use a unicast MAC address that is not zero/],
    [Errno.EEXIST, /the name is taken \(EEXIST\)\. Choose another name\.$/],
    [Errno.ENODEV, /Run pulumi refresh/],
    [Errno.ERANGE, /out of the range/],
    [Errno.ENOMEM, /no memory for a queue of that size/],
    [Errno.EOVERFLOW, /Set the passthru link up before noPromisc changes/],
  ] as const;
  for (const [errno, meaning] of meanings)
    it(`has a meaning and a cure for errno ${errno}`, () => {
      assert.match(text(errno), meaning);
    });

  it("has a word for an errno that nobody foresaw", () => {
    assert.equal(
      text(4000),
      "Cannot create macvlan web on eth0 on this machine: the kernel refused it (errno 4000).",
    );
  });

  it("says whose own message was refused", () => {
    assert.match(
      text(Errno.ERANGE, "txQueueLength"),
      /: txQueueLength: a value is out of the range/,
    );
  });

  it("knows what addrGenMode was refused for, whatever else is to be seen", () => {
    assert.match(text(Errno.EINVAL, "addrGenMode", scene), /: addrGenMode: .*stable_secret/);
    assert.match(text(Errno.EAFNOSUPPORT, "addrGenMode"), /its MTU is below 1280/);
  });
});
