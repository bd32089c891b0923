/** Reads on a host where others are at work: links that come and go, and one too large for an ordinary answer. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { decodeAnswer } from "../../provider/host/messages";
import { openHost } from "../../provider/host/open-host";
import { dumpLinks } from "../../provider/netlink/requests";
import { churn } from "../support/churn";
import { useLab } from "../support/kernel-lab";
import { LinkResource } from "../support/link-resource";
import { nextSequence } from "../support/macvlan-messages";

const ROUNDS = 40;
const mac = (n: number): string => `02:00:5e:${hex(n >> 16)}:${hex(n >> 8)}:${hex(n)}`;
const hex = (n: number): string => (n & 0xff).toString(16).padStart(2, "0");
const addresses = (count: number): string[] => Array.from({ length: count }, (_, n) => mac(n));

describe("A host where others are at work", () => {
  const lab = useLab();

  function batch(netns: string, lines: readonly string[]): void {
    execFileSync("ip", ["-n", netns, "-batch", "-"], { input: lines.join("\n") });
  }

  it("reads what is there while links come and go, and never calls it missing", async () => {
    const lowerNetns = lab().host();
    batch(
      lowerNetns,
      Array.from({ length: 200 }, (_, n) => `link add a${n} type veth peer name b${n}`),
    );
    const links = Array.from({ length: 6 }, (_, n) => {
      const kind = n % 2 === 0 ? "macvlan" : "macvtap";
      return new LinkResource(lab(), { kind, lowerDevice: "lower", lowerNetns, name: `ours${n}` });
    });
    await Promise.all(links.map((link) => link.create()));
    // One is found under its name, one by its mark.
    lab().ip(lowerNetns, "link", "set", "dev", "ours5", "down");
    lab().ip(lowerNetns, "link", "set", "dev", "ours5", "name", "renamed5");
    const host = await openHost({}, lab().config);
    const { handle } = await host.namespace(lowerNetns);
    let interrupted = 0;
    const stop = churn(lowerNetns);
    try {
      for (let round = 0; round < ROUNDS; round++) {
        const dump = host.session.request(handle, dumpLinks({ sequence: nextSequence() }));
        const reads = await Promise.all(links.map((link) => link.read()));
        for (const [n, read] of reads.entries()) {
          assert.equal(read?.state.name, n === 5 ? "renamed5" : `ours${n}`, `round ${round}`);
          assert.equal(read.state.ifindex, links[n]?.state.ifindex);
        }
        interrupted += Number(decodeAnswer(await dump).interrupted);
      }
      await Promise.all(links.map((link) => link.delete()));
      assert.deepEqual(lab().macvlans(lowerNetns), []);
      for (const link of links) assert.equal(await link.read(), undefined);
    } finally {
      stop();
    }
    assert.ok(interrupted > 0, "no list was disturbed");
  });

  it("has a link with 5,000 source addresses: it and all others are read as ever", async () => {
    const lowerNetns = lab().host();
    const base = { kind: "macvlan", lowerDevice: "lower", lowerNetns };
    const few = await made({ ...base, name: "few" });
    const sourceMacAddresses = addresses(5000);
    const many = await made({ ...base, name: "many", mode: "source", sourceMacAddresses });
    assert.equal(many.state.sourceMacAddresses?.length, 5000);
    // Made after it, so that a list that breaks off there lacks it.
    const late = await made({ ...base, kind: "macvtap", name: "late", mtu: 1400 });
    for (const link of [few, many, late]) {
      assert.equal((await link.diff()).changes, "none");
      assert.deepEqual((await link.read())?.state, link.state);
    }
    await seen(lowerNetns, ["few", "many", "late"]);
    const next = { ...many.args, sourceMacAddresses: addresses(4999) };
    assert.equal((await many.update(next)).sourceMacAddresses?.length, 4999);
  });

  it("has a link whose addresses no kernel can list: all others are read as ever", async () => {
    const lowerNetns = lab().host();
    const base = { kind: "macvlan", lowerDevice: "lower", lowerNetns };
    const few = await made({ ...base, name: "few" });
    lab().ip(lowerNetns, ..."link add link lower name huge type macvlan mode source".split(" "));
    const change = "link set dev huge type macvlan macaddr add";
    batch(
      lowerNetns,
      addresses(6000).map((address) => `${change} ${address}`),
    );
    const late = await made({ ...base, kind: "macvtap", name: "late" });
    for (const link of [few, late]) assert.deepEqual((await link.read())?.state, link.state);
    await seen(lowerNetns, ["few", "late"]);
    // It is there, though nobody can say how: its name is taken.
    const taken = new LinkResource(lab(), { ...base, name: "huge" });
    await assert.rejects(
      taken.createUnchecked(),
      /read the link huge .* it is there, and .* cannot be read \(.*5,460 source MAC addresses/,
    );
    assert.equal(lab().link(lowerNetns, "late")?.ifindex, late.state.ifindex);
  });

  async function made(args: Readonly<Record<string, unknown>>): Promise<LinkResource> {
    const link = new LinkResource(lab(), args);
    await link.create();
    return link;
  }

  /** By the list of all that check looks at. */
  async function seen(netns: string, names: readonly string[]): Promise<void> {
    const host = await openHost({}, lab().config);
    const all = (await host.devices(await host.namespace(netns))).map(
      ({ settings }) => settings.name,
    );
    for (const name of names) assert.ok(all.includes(name), `${name} is not in ${all.join()}`);
  }
});
