/** Addresses and routes beside others that add theirs, and beside traffic that must not notice. */
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { addressesShown, routesShown } from "../support/ip-around";
import { useLab } from "../support/kernel-lab";
import { LinkResource } from "../support/link-resource";
import { Tcpdump } from "../support/tcpdump";

const four = (n: number): string => `192.0.2.${n}/24`;

describe("Addresses", function () {
  this.timeout(60_000);
  const lab = useLab();

  interface Site {
    readonly netns: string;
    readonly args: Readonly<Record<string, unknown>>;
  }
  const site = (more: object = {}): Site => {
    const netns = lab().host();
    const args = { lowerDevice: "lower", lowerNetns: netns, mode: "bridge", name: "web", ...more };
    return { netns, args };
  };

  it("change one by one: a ping on another of ten misses nothing", async () => {
    const [netns, peer] = [lab().namespace(), lab().namespace()];
    lab().veth(netns, "lower", "wire", peer);
    lab().ip(peer, "address", "add", "192.0.2.254/24", "dev", "wire");
    const args = { lowerDevice: "lower", lowerNetns: netns, mode: "bridge", name: "web" };
    const ten = Array.from({ length: 10 }, (_, n) => four(10 + n));
    const link = new LinkResource(lab(), { ...args, addresses: ten });
    await link.create();
    const words = "ping -n -i 0.02 -W 1 -c 150 192.0.2.15".split(" ");
    const ping = spawn("ip", ["netns", "exec", peer, ...words], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    let said = "";
    ping.stdout.on("data", (data: Buffer) => (said += data.toString()));
    const ended = once(ping, "exit");
    await sleep(300);
    // The first is the network's primary address, with which the kernel would take all others.
    const others = ten.slice(1);
    await link.update({ ...args, addresses: [...others, four(99)] });
    await link.update({
      ...args,
      addresses: [four(98), ...others.filter((each) => each !== four(12))],
    });
    await ended;
    assert.match(said, /150 packets transmitted, 150 received, 0% packet loss/);
    assert.deepEqual(
      addressesShown(lab(), netns, "web"),
      [...others.filter((each) => each !== four(12)), four(98)].sort(),
    );
  });

  it("that something else adds are left alone, also what DHCP renews", async () => {
    const { netns, args } = site();
    const link = new LinkResource(lab(), { ...args, addresses: [four(10)] });
    await link.create();
    const dhcp = (seconds: number): void => {
      const life = ["valid_lft", `${seconds}`, "preferred_lft", `${seconds}`];
      lab().ip(netns, "address", "replace", four(77), "dev", "web", ...life);
    };
    dhcp(600);
    assert.equal((await link.diff()).changes, "none");
    const refreshed = await link.refresh();
    assert.deepEqual(refreshed.addresses, [four(10)]);
    await link.update({ ...args, addresses: [four(11)] });
    dhcp(900);
    assert.deepEqual(addressesShown(lab(), netns, "web"), [four(11), four(77)]);
    await link.update(args);
    assert.deepEqual(addressesShown(lab(), netns, "web"), [four(77)]);
  });

  it("that are declared too stay when DHCP's lease ends", async () => {
    const { netns, args } = site();
    const link = new LinkResource(lab(), args);
    await link.create();
    const life = ["valid_lft", "600", "preferred_lft", "600"];
    lab().ip(netns, "address", "add", four(10), "dev", "web", ...life);
    await link.update({ ...args, addresses: [four(10)] });
    const shown = lab().ip(netns, "address", "show", "dev", "web");
    assert.match(shown, /192\.0\.2\.10\/24 .*\n *valid_lft forever/);
  });

  it("with exclusive are the only ones, but for the link-local one of the kernel's", async () => {
    const { netns, args } = site();
    const declared = { ...args, addresses: [four(10)], exclusive: true };
    const link = new LinkResource(lab(), declared);
    await link.create();
    lab().ip(netns, "address", "add", four(77), "dev", "web");
    lab().ip(netns, "address", "add", "2001:db8::77/64", "dev", "web");
    const seen = await link.refresh();
    assert.deepEqual(
      [...(seen.addresses ?? [])].sort(),
      [four(10), four(77), "2001:db8::77/64"].sort(),
    );
    await link.update(declared);
    assert.deepEqual(addressesShown(lab(), netns, "web"), [four(10)]);
    assert.match(lab().ip(netns, "address", "show", "dev", "web"), /inet6 fe80::/);
  });

  it("have what is said beside them: label, peer, and no duplicate address detection", async () => {
    const { netns, args } = site();
    const addresses = [
      { address: four(10), label: "web:first" },
      { address: "198.51.100.1/32", peer: "198.51.100.2" },
      { address: "2001:DB8::10/64", noDad: true },
    ];
    const link = new LinkResource(lab(), { ...args, addresses });
    await link.create();
    const shown = lab().ip(netns, "address", "show", "dev", "web");
    assert.match(shown, /inet 192\.0\.2\.10\/24 brd 192\.0\.2\.255 scope global web:first/);
    assert.match(shown, /inet 198\.51\.100\.1 peer 198\.51\.100\.2\/32/);
    assert.match(shown, /inet6 2001:db8::10\/64 scope global nodad/);
    assert.equal((await link.diff()).changes, "none");
    const relabelled = [{ address: four(10), label: "web:other" }, ...addresses.slice(1)];
    await link.update({ ...args, addresses: relabelled });
    assert.match(
      lab().ip(netns, "address", "show", "dev", "web"),
      /192\.0\.2\.10\/24 .* web:other/,
    );
  });

  it("take no route with them when one gets another label, nor when one of two goes", async () => {
    const { netns, args } = site();
    const routes = [
      { destination: "default", gateway: "192.0.2.254" },
      { destination: "198.51.100.0/24", gateway: "192.0.2.254", source: "192.0.2.10" },
      { destination: "2001:db8:5::/64", gateway: "2001:db8::fe", source: "2001:db8::10" },
    ];
    const six = { address: "2001:db8::10/64", noDad: true };
    const link = new LinkResource(lab(), { ...args, addresses: [four(10), six], routes });
    await link.create();
    const before = routesShown(lab(), netns, "web");
    assert.equal(before.length, 3);
    const label = (address: string) => ({ address, label: "web:x" });
    await link.update({ ...args, addresses: [label(four(10)), six], routes });
    assert.deepEqual(routesShown(lab(), netns, "web"), before);
    const without = routes.map(({ source: _, ...route }) => route);
    await link.update({ ...args, addresses: [four(11), "2001:db8::11/64"], routes: without });
    assert.deepEqual(
      routesShown(lab(), netns, "web").map(({ destination }) => destination),
      before.map(({ destination }) => destination),
    );
  });

  it("are there for a route that has one as its source, of IPv6 too", async () => {
    const { netns, args } = site();
    const around = {
      addresses: ["2001:db8::10/64"],
      routes: [{ destination: "2001:db8:5::/64", gateway: "2001:db8::fe", source: "2001:db8::10" }],
    };
    const link = new LinkResource(lab(), { ...args, ...around });
    await link.create();
    assert.deepEqual(routesShown(lab(), netns, "web"), around.routes);
    assert.equal((await link.diff()).changes, "none");
    const other = {
      addresses: ["2001:db8::11/64"],
      routes: [{ ...around.routes[0], source: "2001:db8::11" }],
    };
    await link.update({ ...args, ...other });
    assert.deepEqual(routesShown(lab(), netns, "web"), other.routes);
  });

  it("and routes come back with a link that was down", async () => {
    const { netns, args } = site();
    const around = {
      addresses: [four(10), "2001:db8::10/64"],
      routes: [
        { destination: "default", gateway: "192.0.2.254", metric: 50 },
        { destination: "2001:db8:5::/64", gateway: "2001:db8::fe" },
      ],
    };
    const link = new LinkResource(lab(), { ...args, ...around });
    await link.create();
    const before = routesShown(lab(), netns, "web");
    assert.equal(before.length, 2);
    lab().ip(netns, "link", "set", "dev", "web", "down");
    const refreshed = await link.refresh();
    assert.deepEqual(refreshed.routes, []);
    await link.update({ ...args, ...around });
    assert.deepEqual(routesShown(lab(), netns, "web"), before);
    assert.deepEqual(addressesShown(lab(), netns, "web"), [...around.addresses].sort());
  });

  it("stay on a link that is taken down by the program", async () => {
    const { netns, args } = site({ addresses: [four(10), "2001:db8::10/64"] });
    const link = new LinkResource(lab(), args);
    await link.create();
    await link.update({ ...args, adminState: "down" });
    assert.deepEqual(addressesShown(lab(), netns, "web"), ["192.0.2.10/24", "2001:db8::10/64"]);
  });

  it("are there in another namespace, by pid too", async () => {
    const lowerNetns = lab().host();
    const netns = lab().namespace();
    const pid = await lab().process(netns);
    const args = { lowerDevice: "lower", lowerNetns, netns: { pid }, mode: "bridge", name: "web" };
    const routes = [
      { destination: "198.51.100.0/24", gateway: "192.0.2.254", source: "192.0.2.10" },
    ];
    const sysctls = { "ipv6.accept_ra": 0 };
    const link = new LinkResource(lab(), { ...args, addresses: [four(10)], routes, sysctls });
    await link.create();
    assert.deepEqual(addressesShown(lab(), netns, "web"), [four(10)]);
    assert.deepEqual(routesShown(lab(), netns, "web"), routes);
    assert.equal((await link.diff()).changes, "none");
  });

  it("that cannot be are refused, and nothing of the link is left", async () => {
    const { netns, args } = site();
    const routes = [{ destination: "198.51.100.0/24", gateway: "203.0.113.1" }];
    const link = new LinkResource(lab(), { ...args, addresses: [four(10)], routes }, "twice");
    await assert.rejects(
      link.create(),
      /routes: 198\.51\.100\.0\/24 by 203\.0\.113\.1: no address of the link is in the gateway/,
    );
    assert.deepEqual(lab().macvlans(netns), []);
    const made = new LinkResource(lab(), { ...args, addresses: [four(10)] }, "twice");
    await made.create();
    await assert.rejects(made.update({ ...args, addresses: [four(11)], routes }), /routes: /);
    assert.deepEqual(addressesShown(lab(), netns, "web"), [four(10)]);
  });

  it("are announced to the wire, once each, when they are new", async () => {
    const { netns, args } = site();
    const dump = await Tcpdump.on(netns, "wire", "arp or icmp6");
    const announced = (): string[] =>
      dump.lines.filter((line) =>
        /Request who-has (\S+) .*tell \1|neighbor advertisement/.test(line),
      );
    try {
      const said = {
        announce: true,
        addresses: [four(10), { address: "2001:db8::10/64", noDad: true }],
      };
      const link = new LinkResource(lab(), { ...args, ...said });
      const { macAddress = "" } = await link.create();
      await sleep(300);
      const lines = announced();
      assert.equal(lines.length, 2, dump.lines.join("\n"));
      assert.ok(
        lines.every((line) => line.includes(`${macAddress} > `)),
        lines.join(),
      );
      assert.match(lines.join(), /who-has 192\.0\.2\.10.*tell 192\.0\.2\.10/);
      assert.match(lines.join(), /> ff02::1: ICMP6, neighbor advertisement, tgt is 2001:db8::10/);
      await link.update({ ...args, ...said, addresses: [...said.addresses, four(11)] });
      await sleep(300);
      assert.equal(announced().length, 3);
      assert.match(announced().at(-1) ?? "", /192\.0\.2\.11/);
    } finally {
      await dump.close();
    }
  });
});

/** The dump of all that is there must not hide a link's own. */
describe("Reading addresses and routes", () => {
  const lab = useLab();

  it("finds a link's own among thousands of others", async () => {
    const netns = lab().host();
    const lines = Array.from({ length: 3000 }, (_, n) => {
      const [a, b] = [n >> 8, n & 0xff];
      return `route add 10.${a}.${b}.0/24 dev wire`;
    });
    execFileSync("ip", ["-n", netns, "-batch", "-"], { input: lines.join("\n") });
    const routes = [{ destination: "198.51.100.0/24" }];
    const args = { lowerDevice: "lower", lowerNetns: netns, mode: "bridge", addresses: [four(10)] };
    const link = new LinkResource(lab(), { ...args, routes });
    await link.create();
    assert.deepEqual((await link.read())?.state.routes, routes);
    assert.equal((await link.diff()).changes, "none");
  });
});
