import assert from "node:assert/strict";
import { useLab } from "../support/kernel-lab";
import { SetResource } from "../support/set-resource";

describe("A set of links", () => {
  const lab = useLab();
  const names = (netns: string): string[] =>
    lab()
      .macvlans(netns)
      .map(({ ifname }) => ifname)
      .sort();
  const ifindexes = (netns: string): Readonly<Record<string, number>> =>
    Object.fromEntries(
      lab()
        .macvlans(netns)
        .map(({ ifname, ifindex }) => [ifname, ifindex]),
    );

  it("has as many links as its count says, each with a MAC address of its own", async () => {
    const lowerNetns = lab().host();
    const where = { lowerNetns, lowerDevice: "lower", mode: "bridge" };
    const set = await new SetResource({ ...where, count: 30, namePattern: "guest{n}" }).create();
    const made = lab().macvlans(lowerNetns);
    assert.equal(made.length, 30);
    assert.equal(new Set(made.map(({ address }) => address)).size, 30);
    for (const { ifname, ifindex, address, mtu } of made) {
      const link = set.links[ifname];
      assert.deepEqual(
        [link?.name, link?.ifindex, link?.macAddress, link?.mtu],
        [ifname, ifindex, address, mtu],
      );
    }
    await set.delete();
    assert.deepEqual(names(lowerNetns), []);
  });

  it("is on several lower devices, in several namespaces and modes", async () => {
    const [one, other] = [lab().host(), lab().namespace()];
    lab().veth(one, "lower2", "wire2");
    const set = await new SetResource({
      lowerNetns: one,
      lowerDevice: "lower",
      mode: "bridge",
      links: {
        plain: {},
        onSecond: { lowerDevice: "lower2", mode: "passthru" },
        elsewhere: { netns: other, name: "eth0", mtu: 1400, addresses: ["192.0.2.7/24"] },
        off: { adminState: "down", mode: "private", alias: "nobody's" },
      },
    }).create();
    assert.deepEqual(names(one), ["off", "onSecond", "plain"]);
    const eth0 = lab().link(other, "eth0");
    assert.deepEqual([eth0?.mtu, set.links["elsewhere"]?.ifindex], [1400, eth0?.ifindex]);
    assert.deepEqual(set.links["elsewhere"]?.addresses, ["192.0.2.7/24"]);
    assert.equal(lab().link(one, "onSecond")?.linkinfo?.info_data?.["mode"], "passthru");
    assert.equal(set.links["off"]?.alias, "nobody's");
    assert.equal((await set.diff()).changes, false);
    assert.equal(await set.refresh(), true);
    assert.equal((await set.diff()).changes, false);
    await set.delete();
    assert.deepEqual([names(one), names(other)], [[], []]);
  });

  it("makes none when one is refused, and says which and why", async () => {
    const lowerNetns = lab().host();
    const taken = (): void =>
      void lab().ip(lowerNetns, ..."link add link lower name taken type macvlan".split(" "));
    const links = Object.fromEntries(Array.from({ length: 20 }, (_, n) => [`vm${n}`, {}]));
    const set = new SetResource({
      ...{ lowerNetns, lowerDevice: "lower", mode: "bridge" },
      links: { ...links, taken: {} },
    });
    await assert.rejects(set.create(taken), (error: Error) => {
      assert.match(error.message, /link taken failed; .*the name "taken" is taken by a macvlan/s);
      assert.match(error.message, /; none of its links is there/);
      return true;
    });
    assert.deepEqual(names(lowerNetns), ["taken"]);
    assert.equal(set.outputs, undefined);
  });

  it("goes on from the links that a killed run has left", async () => {
    const lowerNetns = lab().host();
    const args = { lowerNetns, lowerDevice: "lower", mode: "bridge", count: 5 };
    await new SetResource(args, "farm").create();
    const before = ifindexes(lowerNetns);
    lab().ip(lowerNetns, "link", "del", "dev", "farm3");
    const { farm3: _, ...rest } = before;
    const again = await new SetResource({ ...args, count: 6 }, "farm").create();
    const after = ifindexes(lowerNetns);
    assert.deepEqual({ ...after, ...rest }, after);
    assert.equal(Object.keys(again.links).length, 6);
    await again.delete();
  });

  it("touches those alone that differ", async () => {
    const lowerNetns = lab().host();
    const where = { lowerNetns, lowerDevice: "lower", mode: "bridge" };
    const set = await new SetResource({
      ...where,
      links: { a: {}, b: { mtu: 1400 }, c: {}, d: { mode: "private" } },
    }).create();
    const before = ifindexes(lowerNetns);
    const next = { ...where, links: { a: {}, b: { mtu: 1300 }, d: {}, e: {} } };
    await set.update(next);
    const after = ifindexes(lowerNetns);
    assert.deepEqual(Object.keys(after).sort(), ["a", "b", "d", "e"]);
    assert.deepEqual([after["a"], after["b"]], [before["a"], before["b"]]);
    assert.notEqual(after["d"], before["d"]);
    assert.equal(lab().link(lowerNetns, "b")?.mtu, 1300);
    assert.deepEqual(Object.keys(set.links), ["a", "b", "d", "e"]);
    assert.equal((await set.diff(next)).changes, false);
    await set.delete();
  });

  it("gives a new link what an old one had", async () => {
    const lowerNetns = lab().host();
    const where = { lowerNetns, lowerDevice: "lower", mode: "bridge" };
    const macAddress = "02:00:00:00:00:07";
    const set = await new SetResource({ ...where, links: { a: { macAddress } } }).create();
    await set.update({ ...where, links: { b: { macAddress } } });
    assert.equal(lab().link(lowerNetns, "b")?.address, macAddress);
    assert.deepEqual(names(lowerNetns), ["b"]);
    await set.delete();
  });

  it("takes back what was done when a change fails, and its state is what is there", async () => {
    const lowerNetns = lab().host();
    const where = { lowerNetns, lowerDevice: "lower", mode: "bridge", kind: "macvtap" };
    const links = { a: {}, b: { mtu: 1400 }, c: {}, d: { mode: "private", alias: "door" } };
    const set = await new SetResource({ ...where, links }).create();
    const looks = (): unknown[] =>
      lab()
        .macvlans(lowerNetns)
        .map(({ ifname, mtu, address, linkinfo, ifalias }) => [
          ...[ifname, mtu, address, linkinfo?.info_data?.["mode"], ifalias],
        ])
        .sort();
    const before = looks();
    const next = { a: {}, b: { mtu: 1300 }, d: {}, e: {}, taken: {} };
    const taken = (): void =>
      void lab().ip(lowerNetns, ..."link add link lower name taken type macvlan".split(" "));
    await assert.rejects(set.update({ ...where, links: next }, taken), (error: Error) => {
      assert.match(error.message, /link taken failed; .*the name "taken" is taken by a macvlan/s);
      assert.match(error.message, /; what had been done was taken back/);
      return true;
    });
    lab().ip(lowerNetns, "link", "del", "dev", "taken");
    assert.deepEqual(looks(), before);
    const there = ifindexes(lowerNetns);
    for (const [name, { ifindex }] of Object.entries(set.links))
      assert.equal(ifindex, there[name], name);
    assert.equal((await set.diff({ ...where, links })).changes, false);
    await set.delete();
    assert.deepEqual(names(lowerNetns), []);
  });

  it("is repaired where links are gone or were changed", async () => {
    const lowerNetns = lab().host();
    const args = {
      lowerNetns,
      lowerDevice: "lower",
      mode: "bridge",
      count: 4,
      namePattern: "x{n}",
    };
    const set = await new SetResource(args).create();
    lab().ip(lowerNetns, "link", "del", "dev", "x1");
    lab().ip(lowerNetns, "link", "set", "dev", "x2", "mtu", "1300");
    const untouched = ifindexes(lowerNetns)["x0"];
    assert.equal(await set.refresh(), true);
    assert.equal((await set.diff()).changes, true);
    await set.update(args);
    assert.deepEqual(names(lowerNetns), ["x0", "x1", "x2", "x3"]);
    assert.equal(lab().link(lowerNetns, "x2")?.mtu, 1500);
    assert.equal(ifindexes(lowerNetns)["x0"], untouched);
    for (const name of names(lowerNetns)) lab().ip(lowerNetns, "link", "del", "dev", name);
    assert.equal(await set.refresh(), false);
  });

  it("refuses to remake where it may not", async () => {
    const lowerNetns = lab().host();
    const where = { lowerNetns, lowerDevice: "lower", allowRemake: false };
    const set = await new SetResource({
      ...where,
      mode: "bridge",
      links: { a: {}, b: {} },
    }).create();
    const before = lab().everything();
    const refused = { ...where, mode: "bridge", links: { a: { mode: "private" }, b: {} } };
    await assert.rejects(set.diff(refused), { message: /allowRemake: .*remakes a \(mode\)/ });
    assert.equal(
      (await set.diff({ ...where, mode: "bridge", links: { a: {}, b: { mtu: 1400 } } })).changes,
      undefined,
    );
    assert.deepEqual(lab().everything(), before);
    await set.delete();
  });

  it("touches no foreign link that has one of its names", async () => {
    const lowerNetns = lab().host();
    lab().ip(lowerNetns, ..."link add link lower name x2 type macvlan mode bridge".split(" "));
    const before = lab().everything();
    const args = {
      lowerNetns,
      lowerDevice: "lower",
      mode: "bridge",
      count: 4,
      namePattern: "x{n}",
    };
    const { failures } = await new SetResource(args).check();
    assert.match(JSON.stringify(failures), /x2/);
    assert.deepEqual(lab().everything(), before);
  });
});

describe("The arguments of a set of links", () => {
  const lab = useLab();
  const failuresOf = async (args: Record<string, unknown>): Promise<unknown> => {
    const lowerNetns = lab().host();
    const where = { lowerNetns, lowerDevice: "lower", mode: "bridge" };
    return (await new SetResource({ ...where, ...args }).check()).failures;
  };
  const ROWS: readonly [
    title: string,
    args: Record<string, unknown>,
    property: string,
    reason: RegExp,
  ][] = [
    ["neither links nor count", {}, "links", /made of links, by name/],
    ["both links and count", { links: {}, count: 2 }, "count", /leave links out/],
    ["a count that is none", { count: -1 }, "count", /integer, 0 to 10000/],
    ["a pattern without a place", { count: 2, namePattern: "vm" }, "namePattern", /\{n\} once/],
    ["a wrong value for all", { links: { a: {}, b: {} }, mtu: 1 }, "mtu", /68 to 65535/],
    ["a wrong value of one", { links: { a: {}, b: { mtu: 1 } } }, "links.b.mtu", /68 to 65535/],
    [
      "a misspelt property of one",
      { links: { a: { mtuu: 1400 } } },
      "links.a.mtuu",
      /did you mean mtu/,
    ],
    [
      "a connection for one",
      { links: { a: { connection: "hv1" } } },
      "links.a.connection",
      /no such property/,
    ],
    [
      "one MAC address for all",
      { count: 2, macAddress: "02:00:00:00:00:01" },
      "macAddress",
      /say it of each/,
    ],
    [
      "one name twice",
      { links: { a: { name: "x" }, b: { name: "x" } } },
      "links.b.name",
      /makes a link called "x"/,
    ],
    [
      "an MTU above the lower device's",
      { links: { a: {}, b: { mtu: 9000 } } },
      "links.b.mtu",
      /does not fit/,
    ],
    [
      "passthru beside another",
      { links: { a: {}, b: { mode: "passthru" } } },
      "links.b.mode",
      /must be the only one/,
    ],
  ];
  for (const [title, args, property, reason] of ROWS)
    it(`are refused with ${title}, by the property's path`, async () => {
      const [first, ...others] = (await failuresOf(args)) as { property: string; reason: string }[];
      assert.equal(first?.property, property);
      assert.match(first?.reason ?? "", reason);
      assert.deepEqual(others, []);
    });
});
