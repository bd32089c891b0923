import assert from "node:assert/strict";
import type { Mode } from "../../../provider/link/model";
import type { LinkStation } from "../../../provider/link/station";
import { whyUnreachable } from "../../../provider/link/why-unreachable";

const WEB = "02:00:5e:00:00:01";
const DB = "02:00:5e:00:00:02";
const web = (mode: Mode, more: LinkStation = {}): LinkStation => ({
  ...{ name: "web", mode, lowerDevice: "eth0", macAddress: WEB },
  ...more,
});
const db = (mode: Mode, more: LinkStation = {}): LinkStation =>
  web(mode, { name: "db", macAddress: DB, ...more });
const off = { hairpin: false };
const on = { hairpin: true };

const BY_ROUTER = "Packets that go by a router beyond the switch come through all the same";
const NO_BOUNDARY =
  "A switch that sends frames back (hairpin) does bring unicast frames, for whoever knows the MAC address (a static neighbour): this is no security boundary";

describe("why links do not reach each other", () => {
  it("is nothing where they do", () => {
    assert.deepEqual(whyUnreachable(web("bridge"), db("bridge"), off), []);
    assert.deepEqual(whyUnreachable(web("vepa"), db("bridge"), on), []);
    assert.deepEqual(whyUnreachable(web("private"), "outside"), []);
  });

  it("is a switch that sends nothing back, and each way out of that", () => {
    assert.deepEqual(whyUnreachable(web("vepa"), db("bridge"), off), [
      "Frames between web (mode vepa) and db (mode bridge) go out to the switch, which does not send them back (hairpin is off)",
      `What helps: hairpin: true on the switch's port (BridgePort); or mode: "bridge" on web`,
      BY_ROUTER,
    ]);
    assert.match(
      whyUnreachable(web("vepa"), db("bridge")).join(),
      /go out to the switch, and whether that sends them back was not said \(hairpin\)/,
    );
  });

  it("is private mode's ear for broadcasts, and that no boundary", () => {
    assert.deepEqual(whyUnreachable(web("private"), db("private"), on), [
      "Broadcasts of web (mode private) never come to db (mode private), which web thus cannot find by ARP",
      "Broadcasts of db (mode private) never come to web (mode private), which db thus cannot find by ARP",
      NO_BOUNDARY,
      'What helps: mode: "bridge" on web and mode: "bridge" on db',
    ]);
  });

  it("is a lower device, which a HostShim stands in for", () => {
    assert.deepEqual(whyUnreachable(web("bridge"), "lower device", off), [
      "Frames between web (mode bridge) and eth0 go out to the switch, which does not send them back (hairpin is off)",
      "What helps: hairpin: true on the switch's port (BridgePort); or a HostShim on eth0, as the host's own end",
      BY_ROUTER,
    ]);
  });

  it("is a list on which the sender is not, or may not be", () => {
    const source = db("source", { sourceMacAddresses: ["02:00:5e:00:00:09"] });
    assert.deepEqual(whyUnreachable(source, "outside"), [
      "db (mode source) hears only whom its sourceMacAddresses name, and whether the MAC address of what is outside is among them was not said",
      'What helps: the MAC address of what is outside in sourceMacAddresses of db; or mode: "bridge" on db',
    ]);
    assert.deepEqual(whyUnreachable({ outside: WEB }, source), [
      `db (mode source) hears only whom its sourceMacAddresses name, and ${WEB} outside is not among them`,
      `What helps: ${WEB} in sourceMacAddresses of db; or mode: "bridge" on db`,
    ]);
    const [first = ""] = whyUnreachable(web("vepa"), source, on);
    assert.match(first, new RegExp(`and ${WEB}, which is web, is not among them`));
  });

  it("is passthru, which has its lower device alone", () => {
    assert.deepEqual(whyUnreachable(web("passthru"), db("bridge"), off), [
      "web is in passthru mode: the kernel takes no other link beside it on eth0",
      'What helps: mode: "bridge" on web; or another lower device for web, in the same network',
    ]);
    assert.match(
      whyUnreachable(web("passthru"), "lower device", on).join("\n"),
      /^eth0 has a passthru link, which gets all unicast frames that come in\nWhat helps: mode: "bridge" on web/,
    );
  });

  it("is the way between lower devices, of which nobody said anything", () => {
    const there = db("bridge", { lowerDevice: "eth1", connection: "hv2", lowerNetns: "blue" });
    const here = web("bridge", { connection: "hv1", lowerNetns: "" });
    const [why, help] = whyUnreachable(here, there, off);
    assert.equal(
      why,
      "eth0 of hv1 and eth1 in blue of hv2 may be in different networks (sameNetwork was not said)",
    );
    assert.match(
      help ?? "",
      /^What helps: both lower devices in one network .*; or one lower device/,
    );
    const [known] = whyUnreachable(here, there, { ...off, sameNetwork: false });
    assert.match(known ?? "", /are in different networks$/);
    assert.deepEqual(whyUnreachable(here, there, { ...off, sameNetwork: true }), []);
  });

  it("is a link that is down", () => {
    assert.deepEqual(whyUnreachable(web("bridge", { adminState: "down" }), db("bridge"), off), [
      "web is down (adminState): it sends nothing and hears nothing",
      'What helps: adminState: "up" on web',
    ]);
  });

  it("is not known of what is outside, and links without names are told apart", () => {
    assert.deepEqual(whyUnreachable("outside", "outside"), [
      "Both are outside: of what is beyond the switch nothing is known here",
    ]);
    assert.deepEqual(whyUnreachable("lower device", "lower device", on), [
      "Both are one and the same lower device",
    ]);
    assert.match(
      whyUnreachable({}, {}, off).join(),
      /Frames between the first link \(mode vepa\) and the second link \(mode vepa\)/,
    );
  });
});
