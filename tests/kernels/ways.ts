/** What a kernel has to do for a link beside its properties: a row each. */
import assert from "node:assert/strict";
import { type Kind, MODES } from "../../provider/link/model";
import { addressesShown } from "../support/ip-around";
import { LinkResource } from "../support/link-resource";
import { gone, live, trialOn } from "./properties";
import { ip, place, type Site, veth } from "./site";

const TAP = { owner: "daemon", group: "1", mode: "0660" };

export const WAYS: Readonly<Record<string, (site: Site, kind: Kind) => Promise<void>>> = {
  ...Object.fromEntries(
    MODES.map((mode) => [
      `mode ${mode}`,
      async (site: Site, kind: Kind) => {
        const trial = trialOn(site, kind, { mode, rows: [] });
        veth(site, trial.netns);
        await gone(await live(trial), trial);
      },
    ]),
  ),
  "queues and a MAC address of one's own": async (site, kind) => {
    const own = { numTxQueues: 3, numRxQueues: 2, macAddress: "02:00:5e:20:00:01" };
    const trial = trialOn(site, kind, { mode: "bridge", rows: [] }, own);
    veth(site, trial.netns);
    await live(trial);
    const shown = site.lab.link(trial.netns, "link0");
    assert.deepEqual(
      [shown?.num_tx_queues, shown?.num_rx_queues, shown?.address],
      Object.values(own),
    );
  },
  "made in another namespace": async (site, kind) => {
    const { netns, where } = place(site);
    veth(site, netns);
    const target = site.lab.namespace();
    const link = new LinkResource(site.lab, { ...where, kind, name: "link0", netns: target });
    await link.create();
    assert.notEqual(site.lab.link(target, "link0"), undefined);
    await link.delete();
    assert.deepEqual(site.lab.macvlans(target), []);
  },
  "made in another namespace under a name that is taken in the lower device's": async (
    site,
    kind,
  ) => {
    const { netns, where } = place(site);
    veth(site, netns);
    ip(site, netns, "link add link0 type veth peer name wire0");
    const target = site.lab.namespace();
    const link = new LinkResource(site.lab, { ...where, kind, name: "link0", netns: target });
    await link.create();
    assert.equal(site.lab.link(target, "link0")?.linkinfo?.info_kind, kind);
    await link.delete();
    assert.deepEqual(site.lab.macvlans(target), []);
  },
  "taken back when a later step is refused": async (site, kind) => {
    const { netns, where } = place(site);
    veth(site, netns);
    const routes = [{ destination: "198.51.100.0/24", gateway: "203.0.113.1" }];
    const args = { ...where, kind, name: "link0", addresses: ["192.0.2.10/24"], routes };
    await assert.rejects(new LinkResource(site.lab, args).create(), /no address of the link/);
    assert.deepEqual(site.lab.macvlans(netns), []);
  },
  'an address each that answers with its own MAC address (arp: "own")': async (site, kind) => {
    const { netns, where } = place(site);
    veth(site, netns);
    const args = { ...where, kind, name: "link0", mode: "bridge", addresses: ["192.0.2.10/24"] };
    const link = new LinkResource(site.lab, { ...args, arp: "own", announce: true });
    await link.create();
    assert.match(site.lab.ip(netns, "rule", "show"), /from 192\.0\.2\.10 lookup/);
    assert.deepEqual(addressesShown(site.lab, netns, "link0"), ["192.0.2.10/24"]);
    await link.delete();
    assert.doesNotMatch(site.lab.ip(netns, "rule", "show"), /192\.0\.2\.10/);
  },
  "a tap device with owner, group and mode": async (site, kind) => {
    const more = kind === "macvtap" ? { tap: TAP } : {};
    const trial = trialOn(site, kind, { mode: "vepa", rows: [] }, more);
    veth(site, trial.netns);
    const { state } = await live(trial);
    if (kind === "macvlan") return;
    const shown = site.lab.run("stat", ["-c", "%U %g 0%a", state.tapDevice ?? ""]);
    assert.equal(shown.trim(), Object.values(TAP).join(" "));
  },
};
