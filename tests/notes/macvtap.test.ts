/** What the notes say of macvtap links: captures, guests, persistence. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import type { Mode } from "../../provider/link/model";
import {
  experimentalFrame,
  type FramePort,
  openPacketPort,
  openTapPort,
  textOf,
} from "../support/frame-ports";
import { useLab } from "../support/kernel-lab";
import { PYTHON } from "../support/python";
import { Tcpdump } from "../support/tcpdump";
import { useOpened } from "../support/use-opened";

const FIRST = "02:00:5e:63:00:01";
const SECOND = "02:00:5e:63:00:02";
const PEER = "02:00:5e:63:00:99";

describe("The notes on macvtap", function () {
  this.timeout(60_000);
  const lab = useLab();
  const opened = useOpened();

  /** A macvtap in bridge mode that is up; its device. */
  function add(netns: string, name: string, mac: string, mode: Mode = "bridge"): string {
    const named = ["name", name, "address", mac, "up"];
    lab().ip(netns, "link", "add", "link", "lower", ...named, "type", "macvtap", "mode", mode);
    return `/dev/tap${lab().link(netns, name)?.ifindex}`;
  }
  const wireOf = (netns: string): Promise<FramePort> => opened(openPacketPort(netns, "wire"));

  it("tcpdump on the macvtap shows what its guest sends and what comes in", async () => {
    const netns = lab().host();
    const tap = await opened(openTapPort(add(netns, "vm1", FIRST)));
    const [capture, wire] = [await opened(Tcpdump.on(netns, "vm1")), await wireOf(netns)];
    await tap.send(experimentalFrame(PEER, FIRST, "from the guest"));
    await capture.until("from the guest");
    await wire.send(experimentalFrame(FIRST, PEER, "to the guest"));
    await capture.until("to the guest");
    assert.equal(textOf(await tap.receive()), "to the guest");
  });

  it("tcpdump on the macvtap shows what comes in also while nobody has its device open", async () => {
    const netns = lab().host();
    add(netns, "vm1", FIRST);
    const [capture, wire] = [await opened(Tcpdump.on(netns, "vm1")), await wireOf(netns)];
    await wire.send(experimentalFrame(FIRST, PEER, "to nobody yet"));
    await capture.until("to nobody yet");
  });

  it("tcpdump on the lower device shows all traffic, that between two bridge guests too, which never leaves", async () => {
    const netns = lab().host();
    const first = await opened(openTapPort(add(netns, "vm1", FIRST)));
    const second = await opened(openTapPort(add(netns, "vm2", SECOND)));
    const [below, beyond] = [
      await opened(Tcpdump.on(netns, "lower")),
      await opened(Tcpdump.on(netns, "wire")),
    ];
    const wire = await wireOf(netns);
    await first.send(experimentalFrame(SECOND, FIRST, "guest to guest"));
    assert.equal(textOf(await second.receive()), "guest to guest");
    await wire.send(experimentalFrame(FIRST, PEER, "coming in"));
    assert.equal(textOf(await first.receive()), "coming in");
    await first.send(experimentalFrame(PEER, FIRST, "going out"));
    const shown = await below.until("going out");
    assert.match(shown, /guest to guest/);
    assert.match(shown, /coming in/);
    assert.doesNotMatch(await beyond.until("going out"), /guest to guest/);
  });

  it("a macvtap is made by netlink alone: /dev/net/tun makes taps, and knows no macvtap", () => {
    const netns = lab().host();
    lab().ip(netns, "tuntap", "add", "dev", "tap0", "mode", "tap");
    assert.equal(lab().link(netns, "tap0")?.linkinfo?.info_kind, "tun");
    add(netns, "vm1", FIRST);
    const attach = () => lab().ip(netns, "tuntap", "add", "dev", "vm1", "mode", "tap");
    assert.throws(attach, /Device or resource busy/);
    assert.doesNotMatch(lab().ip(netns, "tuntap", "show"), /vm1/);
  });

  it("it stays when whoever used it is gone; a tap goes, unless it is made to stay", async () => {
    const netns = lab().host();
    const tap = await openTapPort(add(netns, "vm1", FIRST));
    await tap.send(experimentalFrame(PEER, FIRST, "used"));
    await tap.close();
    assert.equal(lab().link(netns, "vm1")?.address, FIRST);

    const program = [
      "import fcntl, os, struct, subprocess",
      "tun = os.open('/dev/net/tun', os.O_RDWR)",
      "fcntl.ioctl(tun, 0x400454CA, struct.pack('16sH22x', b'tap0', 0x1002))",
      "subprocess.run(['ip', 'link', 'show', 'dev', 'tap0'], check=True)",
    ].join("\n");
    const enter = ["netns", "exec", netns, PYTHON, "-Ic", program];
    assert.match(execFileSync("ip", enter, { encoding: "utf8" }), /tap0/);
    assert.equal(lab().link(netns, "tap0"), undefined);
  });

  it("it stands on another interface, and goes with it", () => {
    const netns = lab().host();
    add(netns, "vm1", FIRST);
    assert.equal(lab().link(netns, "vm1")?.link, "lower");
    assert.throws(
      () => lab().ip(netns, "link", "add", "name", "vm2", "type", "macvtap"),
      /Invalid/,
    );
    lab().ip(netns, "link", "del", "dev", "lower");
    assert.equal(lab().link(netns, "vm1"), undefined);
  });

  it("a macvtap of the guest's and a macvlan of the host's reach each other in bridge mode", async () => {
    const netns = lab().host();
    const tap = await opened(openTapPort(add(netns, "vm1", FIRST)));
    const shim = ["name", "shim", "address", SECOND, "up", "type", "macvlan", "mode", "bridge"];
    lab().ip(netns, "link", "add", "link", "lower", ...shim);
    const host = await opened(openPacketPort(netns, "shim"));
    await host.send(experimentalFrame(FIRST, SECOND, "to the guest"));
    assert.equal(textOf(await tap.receive()), "to the guest");
    await tap.send(experimentalFrame(SECOND, FIRST, "to the host"));
    assert.equal(textOf(await host.receive()), "to the host");
  });

  it("a macvtap of the guest's and the lower device do not: what it sends there leaves by the wire", async () => {
    const netns = lab().host();
    const tap = await opened(openTapPort(add(netns, "vm1", FIRST)));
    const [lower, wire] = [await opened(openPacketPort(netns, "lower")), await wireOf(netns)];
    const { address = "" } = lab().link(netns, "lower") ?? {};
    await tap.send(experimentalFrame(address, FIRST, "to the host"));
    assert.equal(textOf(await wire.receive()), "to the host");
    await wire.send(experimentalFrame(address, PEER, "the first that it hears"));
    assert.equal(textOf(await lower.receive()), "the first that it hears");
  });
});
