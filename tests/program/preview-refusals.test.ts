/** What can be known at preview is said at preview, with the name of the property. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { useLinkProgram } from "../support/link-program";

const refused: readonly [what: string, body: string, why: RegExp][] = [
  [
    "a bad name",
    'new Macvlan("one", { ...host, name: "far too long a name" })',
    /property name value .*"far too long a name"/,
  ],
  [
    "a bad MAC address",
    'new Macvlan("one", { ...host, macAddress: "01:00:5e:00:00:01" })',
    /property macAddress .*01:00:5e/,
  ],
  [
    "an unknown property",
    'new Macvlan("one", { ...host, moed: "bridge" })',
    /property moed .*did you mean mode\?/,
  ],
  [
    "a lower device that is not there",
    'new Macvlan("one", { ...host, lowerDevice: "lowre" })',
    /property lowerDevice .*lowre/,
  ],
  [
    "a namespace that is not there",
    'new Macvlan("one", { ...host, netns: "nowhere" })',
    /property netns .*nowhere/,
  ],
  [
    "an MTU above the lower device's",
    'new Macvlan("one", { ...host, mtu: 9000 })',
    /property mtu .*1500/,
  ],
  [
    "two resources that want one name",
    'new Macvlan("one", { ...host, name: "same" }); new Macvtap("two", { ...host, name: "same" })',
    /property name .*Another resource of this program makes a link called "same"/,
  ],
  [
    "a passthru link beside a sibling",
    'new Macvlan("one", { ...host, mode: "passthru" }); new Macvlan("two", host)',
    /property mode .*passthru link must be the only one/,
  ],
  [
    "two links of one MAC address",
    'const mac = { ...host, macAddress: "02:00:00:00:00:01" }; new Macvlan("one", mac); new Macvlan("two", mac)',
    /property macAddress .*"(one|two)" on the same lower device lower has this MAC address too/,
  ],
  [
    "an address without its prefix length",
    'new Macvlan("one", { ...host, addresses: ["192.0.2.10"] })',
    /property addresses\[0\] .*has no prefix length; write "192\.0\.2\.10\/24"/,
  ],
  [
    "an address that no link can have",
    'new Macvlan("one", { ...host, addresses: ["224.0.0.1/24"] })',
    /property addresses\[0\] .*is a multicast address/,
  ],
  [
    "a route to an address in a network",
    'new Macvlan("one", { ...host, routes: [{ destination: "198.51.100.7/24" }] })',
    /property routes\[0\]\.destination .*write "198\.51\.100\.0\/24"/,
  ],
  [
    "routes of a link that is down",
    'new Macvlan("one", { ...host, adminState: "down", routes: [{ destination: "default" }] })',
    /property routes .*a link that is down has no routes/,
  ],
  [
    "IPv6 without room for it",
    'new Macvlan("one", { ...host, mtu: 1000, addresses: ["2001:db8::1/64"] })',
    /property addresses\[0\] .*an MTU of 1000 has no IPv6, which needs 1280/,
  ],
  [
    "a sysctl that there is not",
    'new Macvlan("one", { ...host, sysctls: { "ipv4.arp_ingore": 1 } })',
    /property sysctls\["ipv4\.arp_ingore"\] .*did you mean ipv4\.arp_ignore\?/,
  ],
  [
    "a macvtap in a bridge",
    'new Macvtap("one", { ...host, bridge: "br0" })',
    /property bridge .*a macvtap cannot be a port of a bridge/,
  ],
  [
    "a bridge that there is not",
    'new Macvlan("one", { ...host, bridge: "br7" })',
    /property bridge .*There is no device "br7"/,
  ],
  [
    "a wish to have no other addresses than none",
    'new Macvlan("one", { ...host, exclusive: true })',
    /property exclusive .*declare addresses/,
  ],
  [
    "a lower device that is a port of a bridge",
    'new Macvlan("one", { ...host, lowerDevice: "port" })',
    /property lowerDevice .*port is a port of the bridge br0, which takes all of its frames/i,
  ],
  [
    "a passthru link on a device that has links already",
    'new Macvlan("one", { ...host, lowerDevice: "busy", mode: "passthru" })',
    /property mode .*passthru needs the lower device busy to itself, and theirs/i,
  ],
  [
    "a bridge port that is none",
    'new BridgePort("one", { netns: host.lowerNetns, device: "lower", hairpin: true })',
    /property device .*"lower" is no port of a bridge/,
  ],
];

const warned: readonly [what: string, body: string, of: RegExp][] = [
  [
    "a lower device that is a macvlan itself",
    'new Macvlan("one", { ...host, mode: "bridge", lowerDevice: "theirs" })',
    /WARNING: one: lowerDevice: theirs is a macvlan itself, and the kernel puts the link on what is below it, busy/,
  ],
  [
    "a lower device that is down",
    'new Macvlan("one", { ...host, mode: "bridge", lowerDevice: "sleeping" })',
    /WARNING: one: lowerDevice: sleeping is down, and so will the link be/,
  ],
  [
    "a lower device without room for IPv6",
    'new Macvlan("one", { ...host, mode: "bridge", lowerDevice: "narrow" })',
    /WARNING: one: mtu: narrow has an MTU of 1200, which leaves the link without IPv6/,
  ],
  [
    "two modes on one lower device",
    'new Macvlan("one", { ...host, mode: "bridge" }); new Macvlan("two", { ...host, mode: "vepa" })',
    /warning: one \(mode bridge\) and two \(mode vepa\) on lower do not reach each other without a switch/,
  ],
  [
    "a private link beside others",
    'new Macvlan("one", { ...host, mode: "bridge" }); new Macvlan("two", { ...host, mode: "private" })',
    /warning: .*do not reach each other: broadcasts do not pass between these modes, whatever the switch does/,
  ],
  [
    "VEPA without a switch in sight",
    'new Macvlan("one", host); new Macvlan("two", host)',
    /warning: one and two on lower are in VEPA mode: .*Use mode bridge, or a BridgePort/,
  ],
  [
    "siblings that disagree on their broadcast limit",
    'const b = { ...host, mode: "bridge" }; new Macvlan("one", { ...b, broadcastLimit: 2 }); new Macvlan("two", { ...b, broadcastLimit: 3 })',
    /warning: one wants a broadcastLimit of 2, two one of 3; lower has one for all of its links/,
  ],
  [
    "somebody else's link of another mode",
    'new Macvlan("one", { ...host, mode: "vepa", lowerDevice: "busy" })',
    /WARNING: one: mode: "vepa" and theirs \(mode bridge\) on busy do not reach each other/,
  ],
  [
    "somebody else's VEPA link, with the switch's port in sight",
    'new Macvlan("one", { ...host, mode: "vepa", lowerDevice: "cable" })',
    /WARNING: one: mode: in VEPA mode the link and vepa0 on cable reach each other through the switch only, and the bridge port at the other end, port, does not send frames back/,
  ],
  [
    "somebody else's broadcast limit",
    'new Macvlan("one", { ...host, mode: "bridge", lowerDevice: "busy", broadcastLimit: 5 })',
    /WARNING: one: broadcastLimit: it is one value for all links on busy.*theirs, which has 1 now/,
  ],
  [
    "a MAC address that somebody else's link has, which is down",
    'new Macvlan("one", { ...host, mode: "bridge", lowerDevice: "busy", macAddress: "02:00:00:00:00:77" })',
    /WARNING: one: macAddress: theirs on the same lower device has 02:00:00:00:00:77 too/,
  ],
];

describe("a preview", function () {
  this.timeout(60_000);
  const story = useLinkProgram();
  before(() => {
    const stack = story();
    const ip = (line: string): string => stack.ip(...line.split(" "));
    // Beside the lab's own: a busy device, one that is down, a narrow one, and a cable to a bridge.
    for (const name of ["busy", "sleeping", "narrow"])
      ip(`link add name ${name} type veth peer name ${name}-end`);
    for (const name of ["busy", "busy-end", "narrow", "narrow-end"]) ip(`link set dev ${name} up`);
    ip("link set dev narrow mtu 1200");
    ip("link add name theirs link busy address 02:00:00:00:00:77 type macvlan mode bridge");
    ip("link add name cable type veth peer name port");
    ip("link add name br0 type bridge");
    ip("link set dev port master br0");
    for (const name of ["cable", "port", "br0"]) ip(`link set dev ${name} up`);
    ip("link add name vepa0 link cable type macvlan mode vepa");
    ip("link set dev vepa0 up");
  });

  for (const [what, body, why] of refused) {
    it(`refuses ${what}`, async () => {
      const stack = story();
      stack.write(body);
      assert.match(await stack.fail("preview"), why);
    });
  }

  for (const [what, body, of] of warned)
    it(`warns of ${what}`, async () => {
      const stack = story();
      stack.write(body);
      const { stdout, stderr } = await stack.succeed("preview");
      assert.match(stdout + stderr, of);
      const lines = (stdout + stderr).split("\n").filter((line) => of.test(line));
      // Pulumi itself shows each while it works, and once more in the end.
      assert.ok(lines.length <= 2, lines.join("\n"));
    });

  it("warns of nothing where it is told not to, and where there is nothing", async () => {
    const stack = story();
    const env = { PULUMI_MACVLAN_WARNINGS: "off" };
    stack.write('new Macvlan("one", host); new Macvlan("two", { ...host, mode: "bridge" })');
    const silenced = await stack.succeed("preview", { env });
    assert.doesNotMatch(silenced.stdout + silenced.stderr, /warning/i);
    stack.write(
      'const b = { ...host, mode: "bridge" }; new Macvlan("one", b); new Macvtap("two", b)',
    );
    const fine = await stack.succeed("preview");
    assert.doesNotMatch(fine.stdout + fine.stderr, /warning/i);
  });

  it("refuses to replace a link whose tap device a program holds open, by name and pid", async () => {
    const stack = story();
    await stack.up('new Macvtap("vm1", { ...host, mode: "bridge" })');
    const { ifindex } = stack.link("vm1");
    const descriptor = openSync(`/dev/tap${ifindex}`, "r+");
    const args = "-machine none -nodefaults -display none -netdev tap,id=t,fd=3".split(" ");
    const qemu = spawn("qemu-system-x86_64", args, {
      stdio: ["ignore", "ignore", "ignore", descriptor],
    });
    closeSync(descriptor);
    try {
      const held = `qemu-system-x86 \\(pid ${qemu.pid}\\)`;
      stack.write('new Macvtap("vm1", { ...host, mode: "vepa" })');
      const refusal = await stack.fail("preview");
      assert.match(refusal, new RegExp(`property mode .*${held} holds its tap device`));
      const kept = await stack.fail("destroy");
      assert.match(kept, new RegExp(`${held} holds the tap device /dev/tap${ifindex} open`));
      assert.equal(stack.link("vm1").ifindex, ifindex);
      const env = { PULUMI_MACVLAN_DELETE_IN_USE: "true" };
      await stack.succeed("destroy", { env });
    } finally {
      qemu.kill("SIGKILL");
    }
  });

  it("names every fault of a resource at once", async () => {
    const stack = story();
    stack.write('new Macvlan("one", { ...host, name: "a/b", mtu: 12, mode: "brigde" })');
    const said = await stack.fail("preview");
    for (const property of ["name", "mtu", "mode"])
      assert.match(said, new RegExp(`property ${property} `));
  });

  it("does not refuse a lower device that something else will make first", async () => {
    const stack = story();
    stack.write(`
      const first = new Macvlan("first", host);
      new Macvlan("later", { ...host, lowerDevice: "made-later" }, { dependsOn: [first] });
    `);
    assert.match((await stack.succeed("preview")).stdout, /3 to create/);
  });

  it("made nothing in all this", () => assert.deepEqual(story().links(), ["theirs", "vepa0"]));
});
