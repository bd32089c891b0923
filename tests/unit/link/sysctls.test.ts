/** The sysctls and the bridge of a link, as a program spells them. */
import assert from "node:assert/strict";
import { failuresOf, inputsFor } from "../../support/link-fixtures";

const named = (sysctls: object): Readonly<Record<string, unknown>> => ({ name: "web", sysctls });

describe("sysctls", () => {
  it("are one by any spelling, in one order", () => {
    const given = { "net/ipv6/conf/web/accept_ra": "0", "net.ipv4.conf.web.arp_ignore": 1 };
    const { sysctls } = inputsFor(named(given));
    assert.deepEqual(Object.entries(sysctls ?? {}), [
      ["ipv4.arp_ignore", 1],
      ["ipv6.accept_ra", 0],
    ]);
    const dotted = { name: "eth0.7", sysctls: { "net.ipv4.conf.eth0.7.arp_ignore": 1 } };
    assert.deepEqual(inputsFor(dotted).sysctls, { "ipv4.arp_ignore": 1 });
  });

  const REFUSED: readonly [given: object, failure: RegExp][] = [
    [{ "net.ipv4.conf.all.arp_ignore": 1 }, /conf\.all\.arp_ignore"\]: .*write "ipv4\.arp_ignore"/],
    [{ "net/ipv6/conf/eth0/accept_ra": 1 }, /one of "eth0", and the link is called "web"/],
    [{ "ipv4.arp_ignore": 1, "net.ipv4.conf.web.arp_ignore": 2 }, /is 1 by another spelling/],
    [{ "ipv4.arp_ignore": "" }, /^sysctls\["ipv4\.arp_ignore"\]: "" is no integer/],
    [{ "ipv4.arp_ignore": [] }, /\[\] is no integer/],
    [{ "ipv4.rp_filter": 3 }, /3 is no integer, 0 to 2/],
    [{ "ipv4.arp_ingore": 1 }, /did you mean ipv4\.arp_ignore/],
    [{ "ipv6.stable_secret": "::1" }, /no such sysctl of a link/],
  ];
  for (const [given, failure] of REFUSED)
    it(`are not ${JSON.stringify(given)}`, () => {
      const failures = failuresOf(named(given));
      assert.equal(failures.length, 1, failures.join());
      assert.match(failures[0] ?? "", failure);
    });
});

describe("bridge", () => {
  it("is not the lower device itself, and may be one of its name elsewhere", () => {
    const loop = { lowerDevice: "br0", bridge: "br0" };
    assert.match(failuresOf(loop).join(), /^bridge: "br0" is the link's own lower device/);
    assert.match(failuresOf({ ...loop, netns: "a", lowerNetns: "a" }).join(), /^bridge: /);
    assert.deepEqual(failuresOf({ ...loop, netns: "a" }), []);
  });

  it("is for a macvlan only", () => {
    const failures = failuresOf({ kind: "macvtap", bridge: "br0" });
    assert.match(failures.join(), /^bridge: a macvtap cannot be a port of a bridge/);
  });
});
