/** What the notes say of a link and the device below it. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { MODES } from "../../provider/link/model";
import { experimentalFrame, type FramePort, openPacketPort, textOf } from "../support/frame-ports";
import { useLab } from "../support/kernel-lab";
import { PYTHON } from "../support/python";
import { SwitchedGuests } from "../support/switched-guests";
import { useOpened } from "../support/use-opened";

const OWN = "02:00:00:62:00:01";
const BEHIND = "02:00:5e:62:00:02";
const PEER = "02:00:5e:62:00:99";
const BROADCAST = "ff:ff:ff:ff:ff:ff";

describe("The notes on the lower device", function () {
  this.timeout(60_000);
  const lab = useLab();
  const opened = useOpened();

  const port = (netns: string, link: string): Promise<FramePort> =>
    opened(openPacketPort(netns, link));
  const inside = (netns: string, ...command: string[]): string =>
    execFileSync("ip", ["netns", "exec", netns, ...command], { encoding: "utf8", stdio: "pipe" });

  it("the kernel calls it the lower, and the link the upper", () => {
    const netns = lab().host();
    lab().ip(netns, "link", "add", "link", "lower", "name", "link0", "type", "macvlan");
    const entries = (link: string): string[] =>
      inside(netns, "ls", `/sys/class/net/${link}`).split("\n");
    assert(entries("link0").includes("lower_lower"));
    assert(entries("lower").includes("upper_link0"));
  });

  it("each link has a MAC address of its own; passthru alone has the lower device's", () => {
    const netns = lab().host();
    for (const name of ["link0", "link1"])
      lab().ip(netns, "link", "add", "link", "lower", "name", name, "type", "macvlan");
    const addresses = ["lower", "link0", "link1"].map((name) => lab().link(netns, name)?.address);
    assert.equal(new Set(addresses).size, 3);
    // The kernel makes sure of it when a link goes up.
    const same = ["address", addresses[1] ?? "", "type", "macvlan"];
    lab().ip(netns, "link", "add", "link", "lower", "name", "link2", ...same);
    lab().ip(netns, "link", "set", "dev", "link0", "up");
    assert.throws(() => lab().ip(netns, "link", "set", "dev", "link2", "up"), /in use/);
    const alone = lab().host();
    const passthru = ["type", "macvlan", "mode", "passthru"];
    lab().ip(alone, "link", "add", "link", "lower", "name", "link0", ...passthru);
    assert.equal(lab().link(alone, "link0")?.address, lab().link(alone, "lower")?.address);
  });

  it("a program can bind to a link's address; its frames leave by the device that the routes name, with that one's MAC address", () => {
    const netns = lab().namespace();
    const outside = lab().namespace();
    lab().veth(netns, "lower", "wire", outside);
    lab().ip(outside, "address", "add", "192.0.2.254/24", "dev", "wire");
    lab().ip(netns, "address", "add", "192.0.2.1/24", "dev", "lower");
    lab().ip(netns, "link", "add", "link", "lower", "name", "link0", "up", "type", "macvlan");
    lab().ip(netns, "address", "add", "192.0.2.10/24", "dev", "link0");
    const program =
      "import socket; s = socket.socket(); s.bind(('192.0.2.10', 0)); print(s.getsockname()[0])";
    assert.equal(inside(netns, PYTHON, "-Ic", program).trim(), "192.0.2.10");

    /** The MAC address behind which the one outside finds the address, by what comes from there. */
    const seenOutside = (): string => {
      for (const each of [netns, outside]) lab().ip(each, "neigh", "flush", "all");
      inside(netns, ..."ping -n -c 1 -W 5 -I 192.0.2.10 192.0.2.254".split(" "));
      return lab().ip(outside, "neigh", "show", "192.0.2.10");
    };
    const macOf = (name: string): string => lab().link(netns, name)?.address ?? "";
    assert.match(seenOutside(), new RegExp(macOf("lower")));
    lab().ip(netns, "route", "add", "192.0.2.254/32", "dev", "link0");
    assert.match(seenOutside(), new RegExp(macOf("link0")));
  });

  for (const mode of MODES)
    it(`${mode}: what a link and its lower device send each other leaves by the wire`, async () => {
      const netns = lab().host();
      const heard = mode === "source" ? ["macaddr", "add", PEER] : [];
      const typed = ["type", "macvlan", "mode", mode, ...heard];
      lab().ip(netns, "link", "add", "link", "lower", "name", "link0", "up", ...typed);
      const macOf = (name: string): string => lab().link(netns, name)?.address ?? "";
      const [link, lower] = [await port(netns, "link0"), await port(netns, "lower")];
      const wire = await port(netns, "wire");
      await link.send(experimentalFrame(macOf("lower"), macOf("link0"), "down"));
      assert.equal(textOf(await wire.receive()), "down");
      await lower.send(experimentalFrame(macOf("link0"), macOf("lower"), "up"));
      assert.equal(textOf(await wire.receive()), "up");
      await wire.send(experimentalFrame(BROADCAST, PEER, "the first that they hear"));
      for (const each of [link, lower])
        assert.equal(textOf(await each.receive()), "the first that they hear");
    });

  it("so a guest and its host do not reach each other, by broadcast nor without", () => {
    const site = new SwitchedGuests(lab());
    const guest = site.guest("bridge");
    assert(!site.reaches(guest, site.host));
    assert(!site.reachesUnicast(site.host, guest));
    assert(site.reaches(guest, site.outside));
  });

  for (const mode of ["vepa", "bridge"] as const)
    it(`${mode}: a guest and the lower device reach each other through a port with hairpin`, () => {
      const site = new SwitchedGuests(lab());
      const guest = site.guest(mode);
      site.hairpin(true);
      assert(site.reaches(guest, site.host));
      assert(site.reaches(site.host, guest));
    });

  it("a macvlan of the host's own on it is the way to a guest when both are in bridge mode, and not in vepa mode", () => {
    for (const mode of ["bridge", "vepa"] as const) {
      const site = new SwitchedGuests(lab());
      const guest = site.guest(mode);
      const { netns } = site.host;
      const shim = site.guest(mode, netns);
      lab().ip(netns, "route", "add", `${guest.address}/32`, "dev", shim.link);
      assert.equal(site.reaches(guest, shim), mode === "bridge");
      assert.equal(site.reaches(shim, guest), mode === "bridge");
    }
  });

  /** A macvlan in a bridge of the host's, by the notes' own command. */
  async function bridged() {
    const netns = lab().host();
    const named = ["name", "macvlan2", "address", OWN];
    lab().ip(netns, "link", "add", "link", "lower", ...named, "type", "macvlan", "mode", "bridge");
    inside(netns, "brctl", "addbr", "br0");
    inside(netns, "brctl", "addif", "br0", "macvlan2");
    lab().veth(netns, "member", "behind");
    lab().ip(netns, "link", "set", "dev", "member", "master", "br0");
    for (const name of ["macvlan2", "br0"]) lab().ip(netns, "link", "set", "dev", name, "up");
    return { netns, wire: await port(netns, "wire"), behind: await port(netns, "behind") };
  }

  it("a macvlan can be put into a bridge: what is behind the bridge sends out, and hears broadcasts", async () => {
    const { netns, wire, behind } = await bridged();
    assert.equal(lab().link(netns, "macvlan2")?.master, "br0");
    await behind.send(experimentalFrame(PEER, BEHIND, "out"));
    assert.equal(textOf(await wire.receive()), "out");
    await wire.send(experimentalFrame(BROADCAST, PEER, "to all"));
    assert.equal(textOf(await behind.receive()), "to all");
  });

  it("what is for an address behind that bridge does not come in; what is for the macvlan's own does", async () => {
    const { netns, wire, behind } = await bridged();
    const bridge = await port(netns, "br0");
    await behind.send(experimentalFrame(PEER, BEHIND, "out"));
    await wire.receive();
    await wire.send(experimentalFrame(BEHIND, PEER, "back"));
    await wire.send(experimentalFrame(OWN, PEER, "to the bridge's own address"));
    await wire.send(experimentalFrame(BROADCAST, PEER, "mark"));
    assert.equal(textOf(await behind.receive()), "mark");
    assert.equal(lab().link(netns, "br0")?.address, OWN);
    assert.equal(textOf(await bridge.receive()), "to the bridge's own address");
  });

  it("a macvtap cannot be put into a bridge", async () => {
    const { netns } = await bridged();
    lab().ip(netns, "link", "add", "link", "lower", "name", "tap0", "type", "macvtap");
    const addif = (): string => inside(netns, "brctl", "addif", "br0", "tap0");
    assert.throws(addif, /tap0/);
    const set = (): string => lab().ip(netns, "link", "set", "dev", "tap0", "master", "br0");
    assert.throws(set, /busy/);
    assert.equal(lab().link(netns, "tap0")?.master, undefined);
  });
});
