import assert from "node:assert/strict";
import { openHost } from "../../provider/host/open-host";
import { KINDS } from "../../provider/link/model";
import { useLab } from "../support/kernel-lab";
import { LinkResource } from "../support/link-resource";
import { childrenOf } from "../support/processes";

const COUNT = 200;

describe("Many links at once, over one session", () => {
  const lab = useLab();

  it(`${COUNT} made, read, changed and deleted`, async () => {
    const [lowerNetns, netns] = [lab().host(), lab().namespace()];
    const before = childrenOf(process.pid);
    const links = Array.from({ length: COUNT }, (_, n) => {
      const place = n % 3 === 0 ? { lowerNetns, netns } : { lowerNetns };
      return new LinkResource(lab(), {
        kind: n % 10 === 0 ? "macvtap" : "macvlan",
        lowerDevice: "lower",
        group: n,
        alias: `number ${n}`,
        ...place,
      });
    });
    const states = await Promise.all(links.map((link) => link.create()));
    const { session } = await openHost({}, lab().config);
    const started = childrenOf(process.pid).filter((pid) => !before.includes(pid));
    assert.deepEqual(started, [session.hello.pid]);

    const found = new Map(
      [lowerNetns, netns].flatMap((each) =>
        lab()
          .macvlans(each)
          .map((link) => [`${each}/${link.ifname}`, link]),
      ),
    );
    assert.equal(found.size, COUNT);
    for (const [n, { name, ifindex, kind }] of states.entries()) {
      const link = found.get(`${n % 3 === 0 ? netns : lowerNetns}/${name}`);
      assert.equal(link?.ifindex, ifindex);
      assert.equal(link.linkinfo?.info_kind, kind);
      assert.equal(link.group, n === 0 ? "default" : String(n));
      assert.match(link.ifalias ?? "", new RegExp(`^number ${n} \\[`));
    }
    const reads = await Promise.all(links.map((link) => link.read()));
    for (const [n, read] of reads.entries()) assert.deepEqual(read?.state, states[n]);

    await Promise.all(links.map((link) => link.update({ ...link.args, mtu: 1400 })));
    const all = () => [...lab().macvlans(lowerNetns), ...lab().macvlans(netns)];
    assert(all().every(({ mtu }) => mtu === 1400));
    await Promise.all(links.map((link) => link.delete()));
    assert.deepEqual(all(), []);
    assert.deepEqual(
      childrenOf(process.pid).filter((pid) => !before.includes(pid)),
      started,
    );
  });

  it("one that is refused among many stops none of the others", async () => {
    const lowerNetns = lab().host();
    const links = Array.from({ length: 30 }, (_, n) => {
      const mtu = n % 3 === 1 ? { mtu: 9000 } : {};
      const kind = KINDS[n % 2];
      return new LinkResource(lab(), { kind, lowerDevice: "lower", lowerNetns, ...mtu });
    });
    const ends = await Promise.allSettled(links.map((link) => link.createUnchecked()));
    for (const [n, end] of ends.entries()) {
      if (n % 3 !== 1) assert.equal(end.status, "fulfilled");
      else assert.match(String(end.status === "rejected" && end.reason), /an MTU of 9000/);
    }
    assert.equal(lab().macvlans(lowerNetns).length, 20);
  });
});
