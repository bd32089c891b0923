import assert from "node:assert/strict";
import type { LinkInfo, LowerDeviceInfo } from "../../../provider/lookup";
import { reachability, type ReachOptions } from "../../../provider/link/reachability";
import type { Station } from "../../../provider/link/station";

/** "bu/b-": broadcasts and unicast frames there and back; "?" is what nobody knows. */
function said(a: Station, b: Station, options: ReachOptions = {}): string {
  const word = (is: boolean | undefined, letter: string): string =>
    is === undefined ? "?" : is ? letter : "-";
  const { there, back } = reachability(a, b, options);
  return [there, back]
    .map(({ broadcast, unicast }) => word(broadcast, "b") + word(unicast, "u"))
    .join("/");
}

const off = { hairpin: false };
const on = { hairpin: true };
const MAC = "02:00:5e:00:00:01";
const bridge = { mode: "bridge", lowerDevice: "eth0" } as const;

const LOOKED_UP: LinkInfo = {
  ...{ kind: "macvlan", name: "web", ifindex: 7, operState: "UP", isManaged: true },
  ...{ mode: "bridge", lowerDevice: "eth0", macAddress: MAC, addresses: [], sysctls: {} },
};
const CARD: LowerDeviceInfo = {
  ...{ name: "eth0", ifindex: 2, operState: "UP", isWireless: false, isBridgePort: false },
  ...{
    adminState: "up",
    macAddress: "02:00:5e:00:00:99",
    addresses: [],
    links: [LOOKED_UP],
    linksElsewhere: [],
  },
};

describe("reachability", () => {
  it("answers broadcasts and unicast frames apart, and each direction", () => {
    assert.equal(said(bridge, bridge, off), "bu/bu");
    assert.equal(said({}, {}, off), "--/--", "vepa, where no mode is given");
    assert.equal(said({ mode: "private" }, { mode: "vepa" }, on), "-u/-u");
    assert.equal(said({ mode: "private" }, "lower device", on), "-u/bu");
    assert.equal(said("lower device", { mode: "private" }, on), "bu/-u");
    assert.equal(said({ mode: "private" }, "outside", off), "bu/bu");
  });

  it("knows what does not depend on hairpin, where that is not said", () => {
    assert.equal(said(bridge, bridge), "bu/bu");
    assert.equal(said({}, {}), "??/??");
    assert.equal(said({ mode: "private" }, { mode: "private" }), "-?/-?");
  });

  it("takes what a lookup found, and a shim", () => {
    assert.equal(said(LOOKED_UP, CARD, off), "--/--");
    assert.equal(said(LOOKED_UP, CARD, on), "bu/bu");
    assert.equal(said(LOOKED_UP, bridge, off), "bu/bu");
    assert.equal(said({ ...LOOKED_UP, lowerDevice: "eth1" }, CARD, on), "??/??");
    assert.equal(said(CARD, "outside"), "bu/bu");
    assert.equal(said({ ...CARD, adminState: "down" }, "outside"), "--/--");
    const { lowerDevice: _, ...hidden } = LOOKED_UP;
    assert.equal(said(hidden, bridge, off), "??/??", "its lower device is in another namespace");
    assert.equal(said({ ...hidden, mode: "vepa" }, bridge, off), "??/??");
  });

  it("takes links for siblings unless both say where they are, and differ", () => {
    assert.equal(said({ mode: "bridge" }, { ...bridge, connection: "hv1" }, off), "bu/bu");
    const elsewhere: Station[] = [
      { ...bridge, lowerDevice: "eth1" },
      { ...bridge, connection: { host: "hv2" } },
      { ...bridge, connection: { host: "hv1", id: "box" } },
      { ...bridge, lowerNetns: { pid: 7 } },
    ];
    const here = { ...bridge, connection: "hv1", lowerNetns: "blue" };
    for (const there of elsewhere) {
      assert.equal(said(here, there, off), "??/??");
      assert.equal(said(here, there, { ...off, sameNetwork: true }), "bu/bu");
      assert.equal(said(here, there, { ...on, sameNetwork: false }), "--/--");
    }
    assert.equal(said(here, { ...bridge, connection: { host: "hv1" } }, off), "bu/bu");
    assert.equal(said({ ...bridge, actualLowerDevice: "eth1" }, bridge, off), "??/??");
  });

  it("does not ask the mode of links on different lower devices, but for source", () => {
    const apart = { ...off, sameNetwork: true };
    const there = { mode: "private", lowerDevice: "eth1", macAddress: MAC } as const;
    assert.equal(said({ mode: "private", lowerDevice: "eth0" }, there, apart), "bu/bu");
    const listing = { mode: "source", lowerDevice: "eth0", sourceMacAddresses: [MAC] } as const;
    assert.equal(said(listing, there, apart), "bu/bu");
    assert.equal(said({ ...listing, sourceMacAddresses: [] }, there, apart), "bu/--");
  });

  it("knows of a source link only what its list says", () => {
    const source = (...sourceMacAddresses: string[]): Station => ({
      mode: "source",
      sourceMacAddresses,
    });
    const sender = { mode: "vepa", macAddress: "02-00-5E-00-00-01" } as const;
    assert.equal(said(sender, source(MAC), on), "bu/-u");
    assert.equal(said(sender, source("02:00:5e:00:00:02"), on), "--/-u");
    assert.equal(said({ mode: "vepa" }, source(MAC), on), "??/-u");
    assert.equal(said({ mode: "vepa" }, source(), on), "--/-u");
    assert.equal(said(sender, { mode: "source" }, on), "??/-u");
    assert.equal(said(sender, { mode: "source" }, off), "--/--", "not heard, listed or not");
    assert.equal(said("outside", source(MAC), off), "??/bu");
    assert.equal(said({ outside: MAC.toUpperCase() }, source(MAC), off), "bu/bu");
    assert.equal(said({ outside: "02:00:5e:00:00:09" }, source(MAC), off), "--/bu");
  });

  it("knows passthru to be alone", () => {
    const passthru = { mode: "passthru", lowerDevice: "eth0" } as const;
    assert.equal(said(passthru, bridge, on), "--/--");
    assert.equal(said(passthru, passthru, on), "--/--");
    assert.equal(said(passthru, "outside", off), "bu/bu");
    assert.equal(said(passthru, "lower device", on), "--/bu");
    assert.equal(said(passthru, CARD, on), "--/bu", "also where the look was before it");
    const taken = { ...CARD, links: [{ mode: "passthru" }] } as const;
    assert.equal(said("outside", taken, off), "b-/bu");
  });

  it("knows that a link that is down neither sends nor hears", () => {
    assert.equal(said({ ...bridge, adminState: "down" }, bridge, on), "--/--");
    assert.equal(said("outside", { ...bridge, adminState: "down" }), "--/--");
  });

  it("claims nothing of what is outside, nor of a lower device and itself", () => {
    assert.equal(said("outside", "outside", on), "??/??");
    assert.equal(said("lower device", "lower device", on), "??/??");
    assert.equal(said(CARD, { ...CARD, name: "eth1" }, { ...off, sameNetwork: true }), "bu/bu");
  });

  it("says what comes through by a router", () => {
    const routed = (a: Station, b: Station, options: ReachOptions = off): unknown => {
      const { there, back } = reachability(a, b, options);
      return [there.routed, back.routed];
    };
    assert.deepEqual(routed({ mode: "private" }, { mode: "private" }), [true, true]);
    assert.deepEqual(routed({}, "lower device"), [true, true]);
    assert.deepEqual(routed({}, "outside"), [true, true]);
    assert.deepEqual(routed({ mode: "passthru" }, "lower device"), [false, true]);
    assert.deepEqual(routed({ mode: "passthru" }, {}), [false, false]);
    const source = { mode: "source", sourceMacAddresses: [MAC] } as const;
    assert.deepEqual(routed(source, {}), [true, undefined]);
    assert.deepEqual(routed(source, {}, { ...off, routerMacAddress: MAC }), [true, true]);
    assert.deepEqual(routed({ ...source, sourceMacAddresses: [] }, {}), [true, false]);
    assert.deepEqual(routed({ adminState: "down" }, {}), [false, false]);
  });
});
