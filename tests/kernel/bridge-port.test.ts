/** Settings of a bridge's port, beside what `bridge -d -j link show` and `ip -d -j link show` say of them. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { SETTING_NAMES } from "../../provider/port/properties";
import { capturedLog } from "../support/captured-log";
import { type KernelLab, useLab } from "../support/kernel-lab";
import { PortResource } from "../support/port-resource";

/** Beside what a new port has: another value, and how `ip` calls it. */
const ROWS: Readonly<Record<string, readonly [value: boolean | number, shown: string]>> = {
  hairpin: [true, "hairpin"],
  learning: [false, "learning"],
  flood: [false, "flood"],
  multicastFlood: [false, "mcast_flood"],
  broadcastFlood: [false, "bcast_flood"],
  guard: [true, "guard"],
  rootBlock: [true, "root_block"],
  fastLeave: [true, "fastleave"],
  isolated: [true, "isolated"],
  locked: [true, "locked"],
  neighSuppress: [true, "neigh_suppress"],
  proxyArp: [true, "proxy_arp"],
  proxyArpWifi: [true, "proxy_arp_wifi"],
  vlanTunnel: [true, "vlan_tunnel"],
  multicastToUnicast: [true, "mcast_to_unicast"],
  multicastRouter: [2, "mcast_router"],
  groupForwardMask: [8, "group_fwd_mask"],
  priority: [5, "priority"],
  cost: [77, "cost"],
};
/** What the bridge works out by itself, from the time and from the priority. */
const ITS_OWN =
  /_timer$|^(id|no|designated_.*|group_fwd_mask_str|multicast_router|state|flags|operstate)$/;
/** iproute2 of Debian 12 does not show them all; a backup port has a test of its own. */
const UNSHOWN = ["backupPort", "mab", "neighVlanSuppress", "multicastMaxGroups"];

describe("A bridge port", () => {
  const lab = useLab();

  function bridged(): string {
    const netns = lab().host();
    for (const name of ["br0", "br1"]) {
      lab().ip(netns, "link", "add", "name", name, "type", "bridge");
      lab().ip(netns, "link", "set", "dev", name, "up");
    }
    lab().ip(netns, "link", "set", "dev", "lower", "master", "br0");
    return netns;
  }

  function shown(netns: string): Readonly<Record<string, unknown>> {
    const one = ["-d", "-j", "link", "show", "dev", "lower"];
    const [ip] = JSON.parse(lab().ip(netns, ...one)) as [
      { linkinfo: { info_slave_data: Record<string, unknown> } },
    ];
    const bridge = execFileSync("bridge", ["-n", netns, ...one], { encoding: "utf8" });
    const [flags] = JSON.parse(bridge) as [Record<string, unknown>];
    const all = { ...ip.linkinfo.info_slave_data, ...flags };
    return Object.fromEntries(Object.entries(all).filter(([word]) => !ITS_OWN.test(word)));
  }

  it("has a row here for each setting", () => {
    assert.deepEqual([...Object.keys(ROWS), ...UNSHOWN].sort(), [...SETTING_NAMES].sort());
  });

  for (const [name, [value, word]] of Object.entries(ROWS))
    it(`${name}: set, drifted and repaired, and put back`, async () => {
      const netns = bridged();
      const before = shown(netns);
      const inWords = (each: unknown): unknown =>
        typeof value === "number" && typeof each === "string" ? Number(each) : each;
      const port = new PortResource(lab(), { device: "lower", netns, [name]: value });
      await port.create();
      assert.deepEqual(inWords(shown(netns)[word]), value);
      assert.deepEqual({ ...shown(netns), [word]: before[word] }, before, "nothing else");
      assert.equal((await port.diff()).changes, "none");

      const other = typeof value === "boolean" ? (value ? "off" : "on") : `${value + 1}`;
      const by = ["link", "set", "dev", "lower", "type", "bridge_slave"];
      lab().ip(netns, ...by, word, other);
      const drifted = await port.refresh();
      const expected = typeof value === "boolean" ? !value : value + 1;
      assert.deepEqual((drifted as unknown as Record<string, unknown>)[name], expected);
      await port.update(port.args);
      assert.deepEqual(inWords(shown(netns)[word]), value);

      await port.delete();
      assert.deepEqual(shown(netns), before);
    });

  it("gets back what each setting was, when it leaves the program and when the resource goes", async () => {
    const netns = bridged();
    const by = ["link", "set", "dev", "lower", "type", "bridge_slave"];
    lab().ip(netns, ...by, "cost", "9", "isolated", "on");
    const before = shown(netns);
    const where = { device: "lower", netns };
    const port = new PortResource(lab(), { ...where, cost: 20, isolated: false, hairpin: true });
    await port.create();
    assert.deepEqual(port.state.before, { cost: 9, isolated: true, hairpin: false });
    await port.update({ ...where, cost: 30, hairpin: true });
    const { cost, isolated, hairpin } = shown(netns);
    assert.deepEqual([cost, isolated, hairpin], [30, true, true]);
    assert.deepEqual(port.state.before, { cost: 9, hairpin: false });
    await port.delete();
    assert.deepEqual(shown(netns), before);
  });

  it("is gone when it is a port no more, and made anew in another bridge has nothing of ours to put back", async () => {
    const netns = bridged();
    const port = new PortResource(lab(), { device: "lower", netns, hairpin: true });
    await port.create();
    assert.equal(port.state.bridge, "br0");
    lab().ip(netns, "link", "set", "dev", "lower", "nomaster");
    assert.equal(await port.read(), undefined);
    lab().ip(netns, "link", "set", "dev", "lower", "master", "br1");
    const drifted = await port.refresh();
    assert.deepEqual([drifted.hairpin, drifted.bridge], [false, "br1"]);
    await port.update(port.args);
    assert.equal(shown(netns)["hairpin"], true);
    lab().ip(netns, "link", "set", "dev", "lower", "nomaster");
    lab().ip(netns, "link", "set", "dev", "lower", "master", "br0");
    lab().ip(netns, "link", "set", "dev", "lower", "type", "bridge_slave", "hairpin", "on");
    await port.delete();
    assert.equal(shown(netns)["hairpin"], true, "somebody else's by now");
  });

  it("that is none, is not there, or belongs to two resources is refused at preview", async () => {
    const netns = bridged();
    const refused = async (args: object): Promise<string[]> => {
      const { failures } = await new PortResource(lab(), { netns, ...args }).check();
      return failures.map(({ property, reason }) => `${property}: ${reason}`);
    };
    const [none = ""] = await refused({ device: "wire" });
    assert.match(none, /^device: "wire" is no port of a bridge. Put it into a bridge first/);
    const [missing = ""] = await refused({ device: "nothere" });
    assert.match(missing, /^device: There is no device "nothere"/);
    const [first] = await refused({ device: "lower", hairpin: true });
    const [second = ""] = await refused({ device: "lower", hairpin: true, cost: 5 });
    assert.equal(first, undefined);
    assert.match(
      second,
      /^hairpin: Another resource of this program sets hairpin of the port lower/,
    );
    const wrong = await refused({ device: "lower", hairpni: true, cost: 0 });
    assert.match(
      wrong.join(),
      /hairpni: .*did you mean hairpin.*cost: 0 is no integer, 1 to 65535/,
    );
  });

  it("has a backup port by its name: set, drifted and repaired, put back, and refused where it is none", async () => {
    const netns = bridged();
    lab().ip(netns, "link", "set", "dev", "wire", "master", "br0");
    lab().veth(netns, "third", "fourth");
    lab().ip(netns, "link", "set", "dev", "third", "master", "br1");
    const by = (...words: string[]): string =>
      lab().ip(netns, "link", "set", "dev", "lower", "type", "bridge_slave", ...words);
    const backup = (): unknown => shown(netns)["backup_port"];
    const where = { device: "lower", netns };
    const port = new PortResource(lab(), { ...where, backupPort: "wire" });
    await port.create();
    assert.equal(backup(), "wire");
    by("nobackup_port");
    assert.equal((await port.refresh()).backupPort, "");
    await port.update(port.args);
    assert.equal(backup(), "wire");
    await port.update({ ...where, hairpin: true });
    assert.equal(backup(), undefined);
    await port.delete();

    by("backup_port", "wire");
    const other = new PortResource(lab(), { ...where, backupPort: "wire", cost: 9 });
    await other.create();
    await other.delete();
    assert.equal(backup(), "wire", "as it was");
    // Resources of one run claim what they set.
    await other.check(where);
    for (const [name, why] of [
      ["third", /^"third" is no port of br0, the bridge of lower$/],
      ["lower", /^"lower" cannot be its own backup$/],
      ["nothere", /^There is no device "nothere"$/],
    ] as const) {
      const wrong = new PortResource(lab(), { ...where, backupPort: name });
      const { failures } = await wrong.check();
      assert.deepEqual([failures.length, failures[0]?.property], [1, "backupPort"]);
      assert.match(failures[0]?.reason ?? "", why);
      await assert.rejects(wrong.createUnchecked(), /backupPort: .*Name another port/s);
      await wrong.check(where);
    }
    assert.equal(backup(), "wire");
  });

  it("gets settings back that the kernel takes together only", async () => {
    const netns = bridged();
    const off = ["link", "set", "dev", "lower", "type", "bridge_slave", "learning", "off"];
    lab().ip(netns, ...off);
    const before = shown(netns);
    const together = { learning: true, locked: true, mab: true };
    const port = new PortResource(lab(), { device: "lower", netns, ...together });
    assert.equal((await port.create()).mab, true);
    await port.update({ device: "lower", netns, cost: 9 });
    await port.update(port.args);
    await port.delete();
    assert.deepEqual(shown(netns), before);
  });

  it("keeps what a resource of another name set, when that takes the first one's place", async () => {
    const netns = bridged();
    const where = { device: "lower", netns };
    const first = new PortResource(lab(), { ...where, hairpin: true, cost: 20 });
    await first.create();
    // In a run in which it is gone from the program it claims nothing, and is deleted last.
    await first.check(where);
    const second = new PortResource(lab(), { ...where, hairpin: true });
    await second.create();
    const lines = await capturedLog(() => first.delete());
    const { hairpin, cost } = shown(netns);
    assert.deepEqual([hairpin, cost], [true, 2]);
    assert.equal(lines.length, 1);
    assert.match(lines.join(), /lower: another resource sets .* before them hairpin was false/);
  });

  it("that is refused a setting keeps all as it was, and the error names it", async () => {
    const netns = bridged();
    const before = shown(netns);
    // "mab" needs a locked port.
    const port = new PortResource(lab(), { device: "lower", netns, hairpin: true, mab: true });
    await assert.rejects(port.create(), /mab: the kernel does not take this value/);
    assert.deepEqual(shown(netns), before);
  });
});

describe("Two VEPA guests on one host", () => {
  const lab = useLab();

  /** A host with a card, a cable to a switch with a bridge, and two guests. */
  function guests(lab: KernelLab): { readonly ping: () => boolean; readonly netns: string } {
    const [host, netns, ...guests] = Array.from({ length: 4 }, () => lab.namespace());
    lab.veth(host ?? "", "card", "port", netns);
    const on = (...args: string[]): string => lab.ip(netns ?? "", "link", ...args);
    on("add", "name", "br0", "type", "bridge");
    on("set", "dev", "br0", "up");
    on("set", "dev", "port", "master", "br0");
    guests.forEach((guest, n) => {
      const kind = ["type", "macvlan", "mode", "vepa"];
      lab.ip(host ?? "", "link", "add", "g", "link", "card", "netns", guest, ...kind);
      lab.ip(guest, "address", "add", `192.0.2.${n + 1}/24`, "dev", "g");
      lab.ip(guest, "link", "set", "dev", "g", "up");
    });
    const ping = (): boolean => {
      const words = "ping -n -c 2 -i 0.2 -W 1 192.0.2.2".split(" ");
      try {
        execFileSync("ip", ["netns", "exec", guests[0] ?? "", ...words], { stdio: "ignore" });
        return true;
      } catch {
        return false;
      }
    };
    return { ping, netns: netns ?? "" };
  }

  it("reach each other exactly while the switch's port is a BridgePort with hairpin", async function () {
    this.timeout(60_000);
    const { ping, netns } = guests(lab());
    assert.equal(ping(), false);
    const port = new PortResource(lab(), { device: "port", netns, hairpin: true });
    await port.create();
    assert.equal(ping(), true);
    await port.update({ ...port.args, hairpin: false });
    assert.equal(ping(), false);
    await port.update(port.args);
    assert.equal(ping(), true);
    await port.delete();
    assert.equal(ping(), false);
  });
});
