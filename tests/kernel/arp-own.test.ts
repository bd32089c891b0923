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
      const dump = "tcpdump -n -e -c 1 -i wire --immediate-mode icmp[icmptype]==icmp-echoreply";
      const script = `${dump} & sleep 0.5; ping -n -c 2 -W 1 ${ipOf(n)} >/dev/null; wait`;
      const heard = execFileSync("ip", ["netns", "exec", peer, "sh", "-c", script], {
        encoding: "utf8",
        stdio: ["ignore", "pipe", "ignore"],
      });
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
