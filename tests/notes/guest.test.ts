/** What the notes say of virtual machines on a macvtap, and what passthru is for. */
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import type { Mode } from "../../provider/link/model";
import { experimentalFrame, openPacketPort } from "../support/frame-ports";
import { useLab } from "../support/kernel-lab";
import { startTapGuest } from "../support/tap-guest";
import { Tcpdump } from "../support/tcpdump";
import { useOpened } from "../support/use-opened";

const OWN = "02:00:5e:65:00:01";
const OTHER = "02:00:5e:65:00:02";
const PEER = "02:00:5e:65:00:99";
const OUTSIDE = "192.0.2.254";

describe("The notes on guests", function () {
  this.timeout(60_000);
  const opened = useOpened();
  // After that, so that nobody listens any more when its namespaces go.
  const lab = useLab();

  const mac = (netns: string, link: string): string => lab().link(netns, link)?.address ?? "";

  /** A guest with the MAC address of its macvtap, and somebody outside. */
  async function guest(mode: Mode) {
    const [host, netns, outside] = [lab().namespace(), lab().namespace(), lab().namespace()];
    lab().veth(host, "lower", "wire", outside);
    const ip = (...args: string[]): void => void lab().ip(netns, ...args);
    const named = ["name", "vm1", "address", OWN, "up", "type", "macvtap", "mode", mode];
    lab().ip(host, "link", "add", "link", "lower", ...named);
    lab().ip(outside, "address", "add", `${OUTSIDE}/24`, "dev", "wire");
    await opened(startTapGuest(netns, `/dev/tap${lab().link(host, "vm1")?.ifindex}`));
    ip("link", "set", "dev", "eth0", "address", mac(host, "vm1"), "up");
    const reaches = (address = OUTSIDE, from = netns): boolean => {
      // A question that was asked in vain is asked anew.
      lab().ip(from, "neigh", "flush", "all");
      const words = `ping -n -c 3 -i 0.2 -W 2 ${address}`.split(" ");
      return spawnSync("ip", ["netns", "exec", from, ...words], { stdio: "ignore" }).status === 0;
    };
    return { host, netns, outside, ip, reaches };
  }

  it("a macvtap's MAC address is the guest's: with another one the guest sends, and hears no answer", async () => {
    const { host, outside, ip, reaches } = await guest("vepa");
    ip("address", "add", "192.0.2.10/24", "dev", "eth0");
    assert(reaches());
    ip("link", "set", "dev", "eth0", "address", OTHER);
    lab().ip(outside, "neigh", "flush", "all");
    assert(!reaches());
    const asked = lab().ip(outside, "neigh", "show", "192.0.2.10");
    assert.match(asked, new RegExp(OTHER), "its question came through");
    lab().ip(host, "link", "set", "dev", "vm1", "address", OTHER);
    assert(reaches());
  });

  it("passthru lets a guest have another MAC address", async () => {
    const { outside, ip, reaches } = await guest("passthru");
    ip("address", "add", "192.0.2.10/24", "dev", "eth0");
    ip("link", "set", "dev", "eth0", "address", OTHER);
    assert(reaches());
    assert.match(lab().ip(outside, "neigh", "show", "192.0.2.10"), new RegExp(OTHER));
  });

  it("an ordinary tap has a MAC address of its own, and its guest another", async () => {
    const [host, netns] = [lab().namespace(), lab().namespace()];
    await opened(startTapGuest(netns, `${host}/vnet0`));
    lab().ip(netns, "link", "set", "dev", "eth0", "address", OWN, "up");
    lab().ip(netns, "address", "add", "192.0.2.10/24", "dev", "eth0");
    lab().ip(host, "link", "set", "dev", "vnet0", "up");
    lab().ip(host, "address", "add", "192.0.2.1/24", "dev", "vnet0");
    execFileSync("ip", `netns exec ${host} ping -n -c 3 -i 0.2 -W 2 192.0.2.10`.split(" "));
    assert.notEqual(mac(host, "vnet0"), OWN);
    assert.match(lab().ip(host, "neigh", "show", "192.0.2.10"), new RegExp(OWN));
  });

  it("QEMU gives its guest the MAC address that it is told, and else one of its own", async () => {
    const { host } = await guest("vepa");
    const card = (told: string): string => {
      const descriptor = openSync(`/dev/tap${lab().link(host, "vm1")?.ifindex}`, "r+");
      const machine = "-accel tcg -machine q35 -m 16 -nodefaults -display none -S -monitor stdio";
      const words = `${machine} -netdev tap,id=t,fd=3 -device virtio-net-pci,romfile=,netdev=t${told}`;
      const options = { input: "info network\nquit\n", encoding: "utf8" } as const;
      const stdio = ["pipe", "pipe", "inherit", descriptor] as const;
      try {
        const said = execFileSync("qemu-system-x86_64", words.split(" "), {
          ...options,
          stdio: [...stdio],
        });
        return /macaddr=([0-9a-f:]+)/.exec(said)?.[1] ?? said;
      } finally {
        closeSync(descriptor);
      }
    };
    assert.equal(card(`,mac=${OWN}`), OWN);
    assert.equal(card(""), "52:54:00:12:34:56");
    assert.equal(mac(host, "vm1"), OWN);
  });

  it("tagged frames of a guest's VLANs go both ways in vepa mode", async () => {
    const { netns, outside } = await guest("vepa");
    const [inside, beyond] = [
      await opened(openPacketPort(netns, "eth0")),
      await opened(openPacketPort(outside, "wire")),
    ];
    const [seenInside, seenBeyond] = [
      await opened(Tcpdump.on(netns, "eth0")),
      await opened(Tcpdump.on(outside, "wire")),
    ];
    const tagged = (to: string, from: string, text: string): Buffer => {
      const frame = experimentalFrame(to, from, text);
      return Buffer.concat([
        frame.subarray(0, 12),
        Buffer.from("81000005", "hex"),
        frame.subarray(12),
      ]);
    };
    await inside.send(tagged(PEER, OWN, "out of the VLAN"));
    assert.match(await seenBeyond.until("out of the VLAN"), /vlan 5,/);
    await beyond.send(tagged(OWN, PEER, "into the VLAN"));
    assert.match(await seenInside.until("into the VLAN"), new RegExp(`${PEER} > ${OWN}.* vlan 5,`));
  });

  for (const [mode, hears] of [
    ["vepa", false],
    ["passthru", true],
  ] as const) {
    const does = hears ? "work" : "can be made, and hear no answer";

    it(`${mode}: promiscuity in a guest ${hears ? "shows" : "is allowed, and shows no"} frames for others`, async () => {
      const { netns, outside, ip } = await guest(mode);
      ip("link", "set", "dev", "eth0", "promisc", "on");
      const capture = await opened(Tcpdump.on(netns, "eth0"));
      const wire = await opened(openPacketPort(outside, "wire"));
      await wire.send(experimentalFrame(OTHER, PEER, "for somebody else"));
      await wire.send(experimentalFrame("ff:ff:ff:ff:ff:ff", PEER, "for all"));
      assert.equal(/for somebody else/.test(await capture.until("for all")), hears);
    });

    it(`${mode}: sub-macvlans in a guest ${does}`, async () => {
      const { netns, ip, reaches } = await guest(mode);
      for (const kind of ["macvlan", "macvtap"])
        ip("link", "add", "link", "eth0", "name", `${kind}0`, "up", "type", kind);
      assert.equal(lab().link(netns, "macvtap0")?.link, "eth0");
      ip("address", "add", "192.0.2.20/24", "dev", "macvlan0");
      assert.equal(reaches(), hears);
    });

    it(`${mode}: machines behind a bridge in a guest ${does}; the guest itself hears it in both`, async () => {
      const { netns, ip, reaches } = await guest(mode);
      const behind = lab().namespace();
      ip("link", "add", "name", "br0", "type", "bridge");
      ip("link", "set", "dev", "eth0", "master", "br0");
      ip("link", "set", "dev", "br0", "address", mac(netns, "eth0"), "up");
      lab().veth(netns, "member", "c0", behind);
      ip("link", "set", "dev", "member", "master", "br0");
      lab().ip(behind, "address", "add", "192.0.2.20/24", "dev", "c0");
      ip("address", "add", "192.0.2.10/24", "dev", "br0");
      assert(reaches());
      assert.equal(reaches(OUTSIDE, behind), hears);
    });
  }
});
