/** Programs that build on what is there: lookups, beside what `ip` says. */
import assert from "node:assert/strict";
import { statSync } from "node:fs";
import { useLinkProgram } from "../support/link-program";

describe("a lookup", function () {
  this.timeout(60_000);
  const story = useLinkProgram();
  const lookups = 'const look = require("pulumi-macvlan");';
  let elsewhere = "";
  before(() => {
    const stack = story();
    elsewhere = stack.lab.namespace();
    const ip = (line: string): string => stack.ip(...line.split(" "));
    ip("link set dev lower mtu 1400");
    ip("address add 192.0.2.1/24 dev lower");
    ip("link add name theirs link lower address 02:00:00:00:00:77 type macvlan mode bridge");
    ip("address add 192.0.2.77/24 dev theirs");
    ip("link add name tapped link lower type macvtap mode bridge");
    ip("link set dev tapped up");
    ip("address add 192.0.2.78/24 dev tapped");
    ip("route add 203.0.113.0/24 via 192.0.2.9 dev tapped metric 7");
    ip("route add 2001:db8:7::/64 dev tapped proto static table 77");
    ip(
      `link add name eth0 link lower netns ${elsewhere} address 02:00:00:00:00:78 type macvlan mode private`,
    );
    ip("link add name br0 type bridge");
    ip("link set dev wire master br0");
  });

  it("of a lower device tells what a program makes its links of", async () => {
    const stack = story();
    const where = `netns: "${stack.netns}"`;
    await stack.up(`${lookups}
      module.exports = async () => {
        const lower = await look.getLowerDevice({ ${where}, name: "lower" });
        const port = await look.getLowerDevice({ ${where}, name: "wire" });
        const web = new Macvlan("web", { ...host, mode: "bridge", mtu: lower.mtu - 50 });
        return { lower, port, mtu: web.mtu };
      };
    `);
    const { lower, port, mtu } = (await stack.project.outputs()) as {
      lower: Record<string, unknown> & {
        links: { name: string; kind: string; mode: string }[];
        linksElsewhere: unknown;
      };
      port: Record<string, unknown>;
      mtu: number;
    };
    const shown = stack.link("lower");
    assert.equal(stack.link("web").mtu, 1350);
    assert.equal(mtu, 1350);
    const { links, linksElsewhere, ...rest } = lower;
    assert.deepEqual(linksElsewhere, [
      {
        netns: elsewhere,
        kind: "macvlan",
        name: "eth0",
        mode: "private",
        macAddress: "02:00:00:00:00:78",
        isManaged: false,
      },
    ]);
    assert.deepEqual(rest, {
      name: "lower",
      ifindex: shown.ifindex,
      kind: "veth",
      macAddress: shown.address,
      mtu: 1400,
      adminState: "up",
      operState: shown.operstate,
      isWireless: false,
      isBridgePort: false,
      addresses: ["192.0.2.1/24", ...((rest["addresses"] as string[]) ?? []).slice(1)],
    });
    assert.deepEqual(
      links.map(({ name, kind, mode }) => [name, kind, mode]),
      [
        ["theirs", "macvlan", "bridge"],
        ["tapped", "macvtap", "bridge"],
      ],
    );
    assert.deepEqual([port["isBridgePort"], port["master"]], [true, "br0"]);
  });

  it("of links finds all, those that fit, and one with all of its properties", async () => {
    const stack = story();
    await stack.up(`${lookups}
      const where = { netns: ${JSON.stringify(stack.netns)} };
      new Macvlan("web", { ...host, mode: "bridge", mtu: 1350 });
      exports.all = look.getLinks(where).then((links) => links.map(({ name }) => name));
      exports.taps = look.getLinksOutput({ ...where, kind: pulumi.output("macvtap") }).apply((links) => links.map(({ name }) => name));
      exports.other = look.getLinks({ ...where, lowerDevice: "wire" });
      exports.theirs = look.getLink({ ...where, name: "theirs" });
      exports.tapped = look.getLink({ ...where, name: "tapped" });
      exports.ours = look.getLinkOutput({ ...where, name: pulumi.output("web") }).isManaged;
    `);
    const { all, taps, other, theirs, ours, tapped } = await stack.project.outputs();
    const tap = tapped as Record<string, unknown>;
    const ifindex = stack.link("tapped").ifindex;
    const node = statSync(`/dev/tap${ifindex}`).rdev;
    const { tapDevice, tapMajor, tapMinor, routes } = tap;
    assert.deepEqual(
      { tapDevice, tapMajor, tapMinor },
      {
        tapDevice: `/dev/tap${ifindex}`,
        tapMajor: (node >> 8) & 0xfff,
        tapMinor: (node & 0xff) | ((node >> 12) & ~0xff),
      },
    );
    assert.deepEqual(routes, [
      { destination: "203.0.113.0/24", gateway: "192.0.2.9", metric: 7 },
      { destination: "2001:db8:7::/64", table: 77 },
    ]);
    assert.deepEqual([all, taps, other], [["theirs", "tapped", "web"], ["tapped"], []]);
    assert.equal(ours, true);
    const link = theirs as Record<string, unknown> & { sysctls: Record<string, number> };
    const { kind, mode, macAddress, lowerDevice, mtu, addresses, isManaged, adminState } = link;
    assert.deepEqual(
      { kind, mode, macAddress, lowerDevice, mtu, addresses, isManaged, adminState },
      {
        kind: "macvlan",
        mode: "bridge",
        macAddress: "02:00:00:00:00:77",
        lowerDevice: "lower",
        mtu: 1400,
        addresses: ["192.0.2.77/24"],
        isManaged: false,
        adminState: "down",
      },
    );
    assert.equal(link.sysctls["ipv4.arp_ignore"], 0);
  });

  it("of what is not there says what there is, at preview", async () => {
    const stack = story();
    const failing = async (what: string): Promise<string> => {
      stack.write(`${lookups} exports.it = look.${what};`);
      return stack.fail("preview");
    };
    const where = `netns: "${stack.netns}"`;
    const none = await failing(`getLink({ ${where}, name: "webb" })`);
    assert.match(
      none,
      /Cannot look up the link webb on .*: there is no device "webb"\. The links there are theirs, tapped/,
    );
    const wrong = await failing(`getLink({ ${where}, name: "lower" })`);
    assert.match(wrong, /lower is a veth, neither macvlan nor macvtap/);
    const nowhere = await failing('getLowerDevice({ netns: "nowhere", name: "eth0" })');
    assert.match(nowhere, /there is no network namespace called "nowhere"/);
    const bad = await failing('getLinks({ connection: { hots: "hv1" } })');
    assert.match(bad, /connection\.hots: .*did you mean host/);
  });
});
