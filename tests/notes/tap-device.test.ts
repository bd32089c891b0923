/** What the notes say of the device file of a macvtap. */
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { constants, existsSync, readdirSync, readFileSync, readlinkSync, statSync } from "node:fs";
import { open } from "node:fs/promises";
import { experimentalFrame, openPacketPort, openTapPort, textOf } from "../support/frame-ports";
import { useLab } from "../support/kernel-lab";
import { eventually } from "../support/processes";
import { PYTHON } from "../support/python";
import { useOpened } from "../support/use-opened";

const GUEST = "02:00:5e:64:00:01";
const PEER = "02:00:5e:64:00:99";
const BROADCAST = "ff:ff:ff:ff:ff:ff";

describe("The notes on the tap device", () => {
  const lab = useLab();
  const opened = useOpened();

  function add(netns: string, mode: string): string {
    const named = ["name", "vm1", "address", GUEST, "up", "type", "macvtap", "mode", mode];
    lab().ip(netns, "link", "add", "link", "lower", ...named);
    return `/dev/tap${lab().link(netns, "vm1")?.ifindex}`;
  }

  function made(mode = "bridge"): { netns: string; device: string; mac: string } {
    const netns = lab().host();
    const device = add(netns, mode);
    return { netns, device, mac: lab().link(netns, "vm1")?.address ?? "" };
  }

  function reader(device: string): { pid: number; heard: () => string } {
    const child = spawn("cat", [device], { stdio: ["ignore", "pipe", "ignore"] });
    let heard = "";
    child.stdout.on("data", (data: Buffer) => (heard += data.toString("latin1")));
    const gone = once(child, "exit");
    const close = async (): Promise<void> => void (child.kill("SIGKILL") && (await gone));
    void opened({ close });
    return { pid: child.pid ?? 0, heard: () => heard };
  }
  const hasOpen = (pid: number, device: string): boolean =>
    readdirSync(`/proc/${pid}/fd`).some((n) => {
      try {
        return readlinkSync(`/proc/${pid}/fd/${n}`) === device;
      } catch {
        return false; // It was closed meanwhile.
      }
    });

  it("is a character device, root's alone, named after the interface's index, and goes with the link", () => {
    const { netns, device } = made();
    const { mode, uid, gid } = statSync(device);
    assert.equal(mode & constants.S_IFMT, constants.S_IFCHR);
    assert.deepEqual([mode & 0o777, uid, gid], [0o600, 0, 0]);
    lab().ip(netns, "link", "del", "dev", "vm1");
    assert(!existsSync(device));
  });

  it("has the major number that /proc/devices has for macvtap, which is no fixed one", () => {
    const major = (statSync(made().device).rdev >> 8) & 0xfff;
    const [, listed] = /^ *(\d+) macvtap$/m.exec(readFileSync("/proc/devices", "utf8")) ?? [];
    assert.equal(major, Number(listed));
    // The kernel gives these numbers from 254 downwards, then from 511, to whoever asks first.
    assert((major >= 234 && major <= 254) || (major >= 384 && major <= 511), `${major}`);
  });

  it("is not made for a tap", () => {
    const netns = lab().host();
    lab().ip(netns, "tuntap", "add", "dev", "tap0", "mode", "tap");
    add(netns, "bridge");
    const entries = (link: string): string => {
      const enter = ["netns", "exec", netns, "ls", `/sys/class/net/${link}`];
      return execFileSync("ip", enter, { encoding: "utf8" });
    };
    assert.match(entries("vm1"), /^macvtap$/m);
    assert.doesNotMatch(entries("tap0"), /^macvtap$/m);
  });

  it("is found by the one-liner of the notes, in the link's own namespace", () => {
    const netns = lab().host();
    lab().ip(netns, "link", "add", "link", "lower", "name", "eth1_macvtap", "type", "macvtap");
    const { ifindex } = lab().link(netns, "eth1_macvtap") ?? {};
    const line = "echo /dev/tap$(< /sys/class/net/eth1_macvtap/ifindex)";
    const enter = ["netns", "exec", netns, "bash", "-c", line];
    assert.equal(execFileSync("ip", enter, { encoding: "utf8" }).trim(), `/dev/tap${ifindex}`);
    assert.match(lab().ip(netns, "link", "show", "eth1_macvtap"), new RegExp(`^${ifindex}: `));
  });

  it("gives frames with ten bytes before each", async () => {
    const { netns, device } = made();
    const wire = await opened(openPacketPort(netns, "wire"));
    const tap = await open(device, constants.O_RDWR);
    try {
      const frame = experimentalFrame(GUEST, PEER, "to the guest");
      await wire.send(frame);
      for (;;) {
        const { buffer, bytesRead } = await tap.read(Buffer.alloc(2000), 0, 2000, null);
        if (!buffer.subarray(10, bytesRead).equals(frame)) continue;
        assert.equal(bytesRead, frame.length + 10);
        break;
      }
    } finally {
      await tap.close();
    }
  });

  it("gives a frame to one reader only: cat, beside the guest, takes some flows away whole", async () => {
    const netns = lab().namespace();
    const outside = lab().namespace();
    lab().veth(netns, "lower", "wire", outside);
    const device = add(netns, "bridge");
    lab().ip(outside, "address", "add", "192.0.2.1/24", "dev", "wire");
    const entry = ["192.0.2.2", "lladdr", GUEST, "dev", "wire", "nud", "permanent"];
    lab().ip(outside, "neigh", "add", ...entry);
    const readers = [reader(device), reader(device)];
    await eventually("both have it open", () => readers.every(({ pid }) => hasOpen(pid, device)));
    const program = [
      "import socket",
      "for flow in range(64):",
      " with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:",
      "  sock.bind(('192.0.2.1', 20000 + flow))",
      "  for _ in range(2): sock.sendto(b'flow %d;' % flow, ('192.0.2.2', 9))",
    ].join("\n");
    execFileSync("ip", ["netns", "exec", outside, PYTHON, "-Ic", program]);
    const flows = (): string[][] => readers.map(({ heard }) => heard().match(/flow \d+;/g) ?? []);
    await eventually("all have come", () => flows().flat().length === 128, 30_000);
    const [guest, cat] = flows().map((all) => new Set(all));
    assert(guest && cat);
    assert(guest.size > 0 && cat.size > 0, `${guest.size} and ${cat.size}`);
    assert.equal(guest.size + cat.size, 64, "no flow is split");
  });

  it("shows a second reader nothing of what the guest sends", async () => {
    const { netns, device } = made();
    const [guest, other] = [await opened(openTapPort(device)), await opened(openTapPort(device))];
    const wire = await opened(openPacketPort(netns, "wire"));
    for (const to of [PEER, BROADCAST]) await guest.send(experimentalFrame(to, GUEST, to));
    for (const to of [PEER, BROADCAST]) assert.equal(textOf(await wire.receive()), to);
    // With the first gone, all that comes in is the second one's.
    await guest.close();
    await wire.send(experimentalFrame(GUEST, PEER, "the first that it sees"));
    assert.equal(textOf(await other.receive()), "the first that it sees");
  });

  for (const mode of ["vepa", "bridge", "private", "passthru"])
    it(`${mode}: lets a second opener send to the network, in the guest's name`, async () => {
      const { netns, device, mac } = made(mode);
      const ports = [await opened(openTapPort(device)), await opened(openTapPort(device))];
      const wire = await opened(openPacketPort(netns, "wire"));
      await ports[1]?.send(experimentalFrame(PEER, mac, "as if from the guest"));
      assert.equal(textOf(await wire.receive()), "as if from the guest");
    });

  it("bridge: lets a second opener send to the guest itself; vepa sends that out", async () => {
    const { netns, device } = made("bridge");
    const [guest, other] = [await opened(openTapPort(device)), await opened(openTapPort(device))];
    await other.send(experimentalFrame(GUEST, PEER, "to the guest itself"));
    assert.equal(textOf(await guest.receive()), "to the guest itself");
    lab().ip(netns, "link", "set", "dev", "vm1", "type", "macvtap", "mode", "vepa");
    const wire = await opened(openPacketPort(netns, "wire"));
    await other.send(experimentalFrame(GUEST, PEER, "to the guest itself"));
    assert.equal(textOf(await wire.receive()), "to the guest itself");
  });
});
