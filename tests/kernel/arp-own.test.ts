/** Several addresses of one network on one host, and which MAC address a peer finds behind each. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { sysctlShown } from "../support/ip-around";
import { useLab } from "../support/kernel-lab";
import { LinkResource } from "../support/link-resource";

const HOST = "192.0.2.1";
const ipOf = (n: number): string => `192.0.2.${10 + n}`;
const ARP = ["ipv4.arp_ignore", "ipv4.arp_announce", "ipv4.rp_filter"];

describe("arp", function () {
  this.timeout(60_000);
  const lab = useLab();

  interface Site {
    readonly netns: string;
    readonly peer: string;
    readonly links: readonly LinkResource[];
  }

  /** A host with a card, a peer at the other end, and links on the card, one after the other. */
  async function site(count: number, more: object): Promise<Site> {
    const [netns, peer] = [lab().namespace(), lab().namespace()];
    lab().veth(netns, "lower", "wire", peer);
    lab().ip(netns, "address", "add", `${HOST}/24`, "dev", "lower");
    lab().ip(peer, "address", "add", "192.0.2.254/24", "dev", "wire");
    const links: LinkResource[] = [];
    for (let n = 0; n < count; n++) links.push(await made(netns, n, more));
    return { netns, peer, links };
  }

  async function made(netns: string, n: number, more: object): Promise<LinkResource> {
    const link = new LinkResource(lab(), argsOf(netns, n, more));
    await link.create();
    return link;
  }

  const argsOf = (netns: string, n: number, more: object): Readonly<Record<string, unknown>> => ({
    ...{ lowerDevice: "lower", lowerNetns: netns, mode: "bridge", name: `m${n}` },
    addresses: [`${ipOf(n)}/24`],
    ...more,
  });

  /** Behind which MAC addresses the peer finds each of these, asked anew. */
  function neighbours({ peer }: Site, ips: readonly string[]): string[] {
    lab().ip(peer, "neigh", "flush", "all");
    for (const ip of ips) {
      const words = `ping -n -c 2 -i 0.2 -W 1 ${ip}`.split(" ");
      execFileSync("ip", ["netns", "exec", peer, ...words], { stdio: "ignore" });
    }
    const shown = JSON.parse(lab().ip(peer, "-j", "neigh", "show", "dev", "wire")) as {
      dst: string;
      lladdr: string;
    }[];
    return ips.map((ip) => shown.find(({ dst }) => dst === ip)?.lladdr ?? "");
  }

  /** The first frame of a ping that comes in from the host, with its MAC address. */
  function heardBy(peer: string, ping: string, from = peer): string {
    const dump = "timeout 20 tcpdump -n -e -c 1 -i wire -Q in --immediate-mode icmp";
    const script = `${dump} & sleep 0.5; ip netns exec ${from} ${ping} >/dev/null; wait`;
    return execFileSync("ip", ["netns", "exec", peer, "sh", "-c", script], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
  }

  const macsOf = ({ links }: Site): string[] => links.map(({ state }) => state.macAddress ?? "");
  const lowerValues = (netns: string): number[] =>
    ARP.map((name) => sysctlShown(netns, "lower", name));
  const rules = (netns: string): string =>
    lab()
      .ip(netns, "rule", "show")
      .split("\n")
      .filter((line) => /^10000:/.test(line))
      .join();

  it('"own": a peer sees as many MAC addresses as IP addresses, the lower device\'s too', async () => {
    const all = await site(3, { arp: "own" });
    const lower = lab().link(all.netns, "lower")?.address ?? "";
    const ips = [HOST, ...all.links.map((_, n) => ipOf(n))];
    assert.deepEqual(neighbours(all, ips), [lower, ...macsOf(all)]);
    for (const link of all.links) assert.equal((await link.diff()).changes, "none");
  });

  it("left out: it does not", async () => {
    const all = await site(3, {});
    const ips = all.links.map((_, n) => ipOf(n));
    const seen = neighbours(all, ips);
    assert.notDeepEqual(seen, macsOf(all));
  });

  it("answers leave by the address's own link, with its MAC address", async () => {
    const all = await site(2, { arp: "own" });
    const { netns, peer } = all;
    for (const [n, mac] of macsOf(all).entries()) {
      const heard = heardBy(peer, `ping -n -c 2 -W 1 ${ipOf(n)}`);
      assert.ok(heard.includes(`${mac} > `), heard);
    }
    assert.match(lab().ip(netns, "route", "get", "192.0.2.254", "from", ipOf(1)), /dev m1 /);
  });

  it("gives the lower device back what it had, with the last link that wants it", async () => {
    const netns = lab().host();
    const set = (name: string, value: number): void => {
      const [, key = ""] = name.split(".");
      const args = ["netns", "exec", netns, "sysctl", "-q", "-w"];
      execFileSync("ip", [...args, `net.ipv4.conf.lower.${key}=${value}`]);
    };
    ARP.forEach((name, at) => set(name, [2, 1, 0][at] ?? 0));
    const before = lowerValues(netns);
    const plain = await made(netns, 0, {});
    const links = [await made(netns, 1, { arp: "own" }), await made(netns, 2, { arp: "own" })];
    assert.deepEqual(lowerValues(netns), [1, 2, 2]);
    await links[0]?.delete();
    assert.deepEqual(lowerValues(netns), [1, 2, 2]);
    const { args = {} } = links[1] ?? {};
    const { arp: _, ...shared } = args;
    await links[1]?.update(shared);
    assert.deepEqual(lowerValues(netns), before);
    assert.equal(rules(netns), "");
    assert.deepEqual(
      ARP.map((name) => sysctlShown(netns, "m2", name)),
      [0, 0, 0],
    );
    await links[1]?.update(args);
    await Promise.all([plain.delete(), links[1]?.delete()]);
    assert.deepEqual(lowerValues(netns), before);
    assert.equal(rules(netns), "");
  });

  it("does so also when all come at once, and go at once", async () => {
    const netns = lab().host();
    const before = lowerValues(netns);
    const links = Array.from({ length: 6 }, (_, n) => {
      return new LinkResource(lab(), argsOf(netns, n, { arp: "own" }));
    });
    await Promise.all(links.map((link) => link.create()));
    assert.deepEqual(lowerValues(netns), [1, 2, 2]);
    assert.equal(rules(netns).split(",").length, 6);
    await Promise.all(links.map((link) => link.delete()));
    assert.deepEqual(lowerValues(netns), before);
    assert.equal(rules(netns), "");
  });

  it("follows the addresses, and is repaired when any part of it drifts", async () => {
    const { netns, links } = await site(1, { arp: "own" });
    const [link = assert.fail()] = links;
    const more = { ...link.args, addresses: [`${ipOf(5)}/24`, "198.51.100.7/24"] };
    await link.update(more);
    assert.match(rules(netns), /from 192\.0\.2\.15 .*from 198\.51\.100\.7/);
    assert.doesNotMatch(rules(netns), /192\.0\.2\.10 /);
    const table = /lookup (\d+)/.exec(rules(netns))?.[1] ?? "";
    const drifts = [
      ["rule", "delete", "from", ipOf(5)],
      ["route", "flush", "table", table],
    ];
    for (const drift of drifts) {
      lab().ip(netns, ...drift);
      assert.equal((await link.refresh()).arp, "shared");
      await link.update(more);
      assert.equal((await link.read())?.state.arp, "own");
    }
    execFileSync("ip", [
      "netns",
      "exec",
      netns,
      "sysctl",
      "-q",
      "-w",
      "net.ipv4.conf.lower.arp_ignore=0",
    ]);
    assert.equal((await link.refresh()).arp, "shared");
    await link.update(more);
    assert.equal(sysctlShown(netns, "lower", "ipv4.arp_ignore"), 1);
  });

  it("does so also beside one whose creation fails", async () => {
    const netns = lab().host();
    const before = lowerValues(netns);
    const routes = [{ destination: "203.0.113.0/24", gateway: "198.51.100.1" }];
    const failing = new LinkResource(lab(), argsOf(netns, 9, { arp: "own", routes }));
    for (let round = 0; round < 5; round++) {
      const link = new LinkResource(lab(), argsOf(netns, round, { arp: "own" }));
      await Promise.all([assert.rejects(failing.createUnchecked(), /routes: /), link.create()]);
      assert.deepEqual(lowerValues(netns), [1, 2, 2]);
      await link.delete();
      assert.deepEqual(lowerValues(netns), before);
    }
  });

  it("holds when the link loses its mark, is down, or has another label", async () => {
    const netns = lab().host();
    const link = await made(netns, 0, { arp: "own" });
    lab().ip(netns, "link", "set", "dev", "m0", "alias", "");
    assert.equal((await link.refresh()).arp, "own");
    const labelled = { addresses: [{ address: `${ipOf(0)}/24`, label: "m0:x" }] };
    for (const more of [{}, labelled, { adminState: "down" }, {}]) {
      const { arp } = await link.update({ ...link.args, ...more });
      assert.equal(arp, "own");
      assert.equal((await link.read())?.state.arp, "own");
    }
    assert.match(lab().ip(netns, "route", "get", "192.0.2.254", "from", ipOf(0)), /dev m0 /);
    await link.delete();
    const down = await made(netns, 1, { arp: "own", adminState: "down" });
    assert.equal((await down.update({ ...down.args, adminState: "up" })).arp, "own");
  });

  it("leaves no rule of a link that somebody else deleted", async () => {
    const netns = lab().host();
    const link = await made(netns, 0, { arp: "own" });
    lab().ip(netns, "link", "delete", "dev", "m0");
    assert.notEqual(rules(netns), "");
    await link.delete();
    assert.equal(rules(netns), "");
  });

  it("takes a gateway of the link's own, where it has one, for what goes further", async () => {
    const all = await site(0, {});
    const { netns, peer } = all;
    lab().ip(peer, "address", "add", "203.0.113.9/32", "dev", "lo");
    lab().ip(netns, "route", "add", "default", "via", "192.0.2.254");
    const by = (metric: number): object => ({
      routes: [{ destination: "default", gateway: "192.0.2.254", metric }],
    });
    const links = [
      await made(netns, 0, { arp: "own", ...by(1001) }),
      await made(netns, 1, { arp: "own", ...by(1002) }),
    ];
    for (const [n, { state }] of links.entries()) {
      const heard = heardBy(peer, `ping -n -c 2 -W 1 -I ${ipOf(n)} 203.0.113.9`, netns);
      assert.ok(heard.includes(`${state.macAddress} > `), heard);
    }
  });

  it("touches no lower device of another namespace, and leaves nothing of a creation that fails", async () => {
    const lowerNetns = lab().host();
    const netns = lab().namespace();
    const before = lowerValues(lowerNetns);
    const link = new LinkResource(lab(), argsOf(lowerNetns, 0, { arp: "own", netns }));
    await link.create();
    assert.deepEqual(lowerValues(lowerNetns), before);
    assert.match(rules(netns), /from 192\.0\.2\.10/);
    await link.delete();
    assert.equal(rules(netns), "");

    const routes = [{ destination: "203.0.113.0/24", gateway: "198.51.100.1" }];
    const failing = new LinkResource(lab(), argsOf(lowerNetns, 1, { arp: "own", routes }));
    await assert.rejects(failing.create(), /routes: /);
    assert.deepEqual(lowerValues(lowerNetns), before);
    assert.equal(rules(lowerNetns), "");
  });
});
