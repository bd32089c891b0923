/** The notes' commands, as they stand there, and what iproute2 says to them. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { useLab } from "../support/kernel-lab";

describe("The notes on iproute2", () => {
  const lab = useLab();

  /** A host whose card is called as in the notes. */
  function host(): { netns: string; ip: (line: string) => string } {
    const netns = lab().namespace();
    lab().veth(netns, "eth2", "wire");
    return { netns, ip: (line) => lab().ip(netns, ...line.split(" ").slice(1)) };
  }
  const said = (...args: string[]): string => {
    const { stdout, stderr } = spawnSync("ip", args, { encoding: "utf8" });
    return stdout + stderr;
  };

  for (const kind of ["macvlan", "macvtap"])
    it(`ip link help ${kind} says how to set the mode; ip link help does not`, () => {
      const help = said("link", "help", kind);
      assert.match(help, new RegExp(`${kind} mode MODE`));
      assert.match(help, /MODE: private \| vepa \| bridge \| passthru \| source/);
      assert.doesNotMatch(said("link", "help"), /vepa|passthru/);
    });

  it("a wrong mode is answered with the five that there are", () => {
    const { ip } = host();
    assert.throws(
      () => ip("ip link add link eth2 macvlan2 type macvlan mode aaa"),
      /Error: argument of "mode" must be "private", "vepa", "bridge", "passthru" or "source", not "aaa"/,
    );
  });

  it("ip -d link show shows the mode, and more than it did; M-DOWN says that the lower device is down", () => {
    const { ip } = host();
    ip("ip link add link eth2 macvlan2 type macvlan");
    const shown = () => ip("ip -d link show macvlan2");
    assert.match(
      shown(),
      /^\d+: macvlan2@eth2: <BROADCAST,MULTICAST> mtu 1500 qdisc noop state DOWN/,
    );
    assert.match(shown(), /^ +macvlan +mode vepa bcqueuelen 1000 usedbcqueuelen 1000 /m);
    ip("ip link set eth2 down");
    assert.match(shown(), /<BROADCAST,MULTICAST,M-DOWN> .* state DOWN/);
    assert.doesNotMatch(ip("ip link show macvlan2"), /vepa/);
  });

  it("the MAC address is made up, or given with name and mode", () => {
    const { netns, ip } = host();
    ip("ip link add link eth2 macvlan2 type macvlan");
    ip("ip link add link eth2 macvlan3 type macvlan");
    const [one = "", two = ""] = ["macvlan2", "macvlan3"].map(
      (name) => lab().link(netns, name)?.address,
    );
    assert.notEqual(one, two);
    // Locally administered, and of one card alone.
    for (const address of [one, two]) assert.equal(parseInt(address.slice(0, 2), 16) & 3, 2);
    ip("ip link add link eth2 FOOMACVLAN address 56:61:4f:7c:77:db type macvlan mode bridge");
    const made = lab().link(netns, "FOOMACVLAN");
    assert.equal(made?.address, "56:61:4f:7c:77:db");
    assert.equal(made.linkinfo?.info_data?.mode, "bridge");
  });

  it("a virtual router's MAC address is taken as any other", () => {
    const { netns, ip } = host();
    ip("ip link add link eth2 vrrp.51 address 00:00:5e:00:01:33 type macvlan mode private");
    ip("ip link set vrrp.51 up");
    assert.equal(lab().link(netns, "vrrp.51")?.address, "00:00:5e:00:01:33");
  });

  it("moved to a container's namespace, a link keeps its MAC address, and is DOWN and without addresses", () => {
    const { netns, ip } = host();
    const container = lab().namespace();
    ip("ip link add link eth2 macvlan2 up type macvlan");
    ip("ip address add 192.0.2.10/24 dev macvlan2");
    const before = lab().link(netns, "macvlan2");
    ip(`ip link set macvlan2 netns ${container} name eth0`);
    const after = lab().link(container, "eth0");
    assert.equal(after?.address, before?.address);
    assert(before?.flags.includes("UP") && !after?.flags.includes("UP"));
    assert.equal(lab().ip(container, "-4", "address", "show", "dev", "eth0"), "");
  });

  it("passthru takes no MAC address: one that is given is ignored", () => {
    const { netns, ip } = host();
    ip("ip link add link eth2 macvlan2 address 56:61:4f:7c:77:db type macvlan mode passthru");
    assert.equal(lab().link(netns, "macvlan2")?.address, lab().link(netns, "eth2")?.address);
  });

  it("a macvtap is made, brought up and shown as in the notes, but for its state, which is UP", () => {
    const { ip } = host();
    ip("ip link add link eth2 macvtap2 address 00:22:33:44:55:66 type macvtap mode bridge");
    ip("ip link set macvtap2 up");
    const shown = ip("ip link show macvtap2");
    assert.match(shown, /^\d+: macvtap2@eth2: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 /);
    assert.match(shown, / mode DEFAULT .*qlen 500$/m);
    assert.match(shown, /link\/ether 00:22:33:44:55:66 brd ff:ff:ff:ff:ff:ff/);
    assert.match(shown, / state UP /);
    assert.match(ip("ip -d link show macvtap2"), /macvtap mode bridge/);
  });

  it("it has a queue of its own for its 500 frames, and a macvlan has none", () => {
    const { netns, ip } = host();
    ip("ip link add link eth2 macvtap2 up type macvtap");
    ip("ip link add link eth2 macvlan2 up type macvlan");
    assert.notEqual(lab().link(netns, "macvtap2")?.qdisc, "noqueue");
    assert.equal(lab().link(netns, "macvlan2")?.qdisc, "noqueue");
    assert.equal(lab().link(netns, "macvlan2")?.txqlen, 1000);
  });

  for (const kind of ["macvlan", "macvtap"])
    it(`ip link del takes a ${kind} away`, () => {
      const { netns, ip } = host();
      ip(`ip link add link eth2 macvtap2 type ${kind}`);
      ip("ip link del macvtap2");
      assert.equal(lab().link(netns, "macvtap2"), undefined);
    });
});
