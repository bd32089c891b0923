import assert from "node:assert/strict";
import { ALIAS_TEXT_BYTES, joinAlias, splitAlias } from "../../../provider/link/alias";
import * as identity from "../../../provider/link/identity";
import { linkId, parseLinkId, spellNetns } from "../../../provider/link/link-id";
import type { Netns } from "../../../provider/link/model";
import { deviceName } from "../../../provider/link/value-type";
import { HOST, urnOf } from "../../support/link-fixtures";

const { nameFor, macAddressFor, markOf, hostIdOf, transitionalGroup, isTransitionalGroupOf } =
  identity;

describe("a generated name", () => {
  it("is the resource's own where that is one", () => {
    for (const name of ["web", "eth0.100", "a_b-C", "x".repeat(15)])
      assert.equal(nameFor(urnOf(name), HOST), name);
  });

  it("is what is legal of it, with a hash, where it is not", () => {
    const cut = [
      ["x".repeat(16), /^x{8}-[a-z2-7]{6}$/],
      ["web server", /^web-serv-[a-z2-7]{6}$/],
      ["a/b:c", /^a-b-c-[a-z2-7]{6}$/],
      ["voilà", /^voil--[a-z2-7]{6}$/],
      ["..", /^-[a-z2-7]{6}$/],
      ["100%", /^100--[a-z2-7]{6}$/],
    ] as const;
    for (const [name, pattern] of cut) assert.match(nameFor(urnOf(name), HOST), pattern);
  });

  it("is legal, and its resource's alone, for long names with one beginning", () => {
    const names = Array.from({ length: 1000 }, (_, n) =>
      nameFor(urnOf(`load balancer ${n}`), HOST),
    );
    assert.equal(new Set(names).size, names.length);
    for (const name of names)
      assert.equal(
        deviceName.parse(name, "", (_, reason) => assert.fail(reason)),
        name,
      );
  });

  it("keeps apart what a careless look at the URN would not", () => {
    // A resource's name may have "::" in it, and its parent's type stands before its own.
    assert.notEqual(nameFor(urnOf("a::web"), HOST), nameFor(urnOf("web"), HOST));
    assert.notEqual(nameFor(urnOf("web", "p:X$"), HOST), nameFor(urnOf("web", "p:Y$"), HOST));
    // What comes after the type is the name, dollars and all.
    assert.match(nameFor(urnOf("a$b"), HOST), /^a-b-[a-z2-7]{6}$/);
  });
});

describe("a generated MAC address", () => {
  it("is a locally administered unicast one", () => {
    for (let n = 0; n < 1000; n++)
      assert.match(macAddressFor(urnOf(`${n}`), HOST), /^[0-9a-f][26ae](:[0-9a-f]{2}){5}$/);
  });

  it("is the same at every run, and another on another host", () => {
    // A contract: another way to make it would replace every link there is.
    assert.equal(macAddressFor(urnOf("web"), HOST), EXPECTED.mac);
    assert.equal(markOf(urnOf("web"), HOST), EXPECTED.mark);
    assert.equal(nameFor(urnOf("web", "p:X$"), HOST), EXPECTED.name);
    assert.equal(hostIdOf("0123456789abcdef0123456789abcdef"), EXPECTED.host);
    assert.notEqual(macAddressFor(urnOf("web"), "other"), EXPECTED.mac);
    assert.notEqual(markOf(urnOf("web"), "other"), EXPECTED.mark);
  });

  it("is one resource's alone among a hundred thousand", () => {
    const addresses = new Set<string>();
    const marks = new Set<string>();
    for (let n = 0; n < 100_000; n++) {
      addresses.add(macAddressFor(urnOf(`web-${n}`), HOST));
      marks.add(markOf(urnOf(`web-${n}`), HOST));
    }
    assert.equal(addresses.size, 100_000);
    assert.equal(marks.size, 100_000);
  });
});

const EXPECTED = {
  mac: "1e:6e:e7:38:d9:35",
  mark: "ixqsyhkd74wf",
  name: "web-ibrmxc",
  host: "kt3anbyfjual",
};

describe("a transitional group", () => {
  const mark = markOf(urnOf("web"), HOST);

  it("is a number of 32 bits that no program can declare", () => {
    for (let n = 0; n < 1000; n++) {
      const group = transitionalGroup(markOf(urnOf(`${n}`), HOST), n * 7);
      assert.ok(Number.isInteger(group) && group >= 2 ** 31 && group < 2 ** 32, `${group}`);
    }
  });

  it("is known as its mark's by every random part", () => {
    for (const random of [0, 1, 0xfff, 0x1000, 0x7fffffff])
      assert.equal(isTransitionalGroupOf(mark, transitionalGroup(mark, random)), true);
    const groups = new Set(Array.from({ length: 0x1000 }, (_, n) => transitionalGroup(mark, n)));
    assert.equal(groups.size, 0x1000);
  });

  it("is not another mark's, nor a group of a program", () => {
    assert.equal(
      isTransitionalGroupOf(mark, transitionalGroup(markOf(urnOf("db"), HOST), 1)),
      false,
    );
    const declared = transitionalGroup(mark, 1) - 2 ** 31;
    for (const group of [0, 1, declared]) assert.equal(isTransitionalGroupOf(mark, group), false);
  });
});

describe("a marked alias", () => {
  it("holds the user's text and the mark, and gives both back", () => {
    for (const text of ["", "web", "a [b]", " ", "x ", "[pulumi-macvlan:old]"]) {
      const alias = joinAlias(text, "abc234");
      assert.deepEqual(splitAlias(alias), { text, mark: "abc234" });
      assert.deepEqual(joinAlias(text, undefined), text);
    }
    assert.equal(joinAlias("web", "abc234"), "web [pulumi-macvlan:abc234]");
  });

  it("takes nobody else's text for a mark", () => {
    for (const alias of [
      "",
      "web",
      "[pulumi-macvlan:abc] web",
      "web[pulumi-macvlan:abc]",
      "[pulumi-macvlan:ABC]",
    ])
      assert.deepEqual(splitAlias(alias), { text: alias, mark: undefined });
  });

  it("fits the kernel's 255 bytes", () => {
    const alias = joinAlias("x".repeat(ALIAS_TEXT_BYTES), markOf(urnOf("web"), HOST));
    assert.equal(Buffer.byteLength(alias), 255);
  });
});

describe("a link's id", () => {
  const ids: readonly [Netns | undefined, string][] = [
    [undefined, "hv1//web"],
    ["blue", "hv1/blue/web"],
    ["pid:7", "hv1/pid%3A7/web"],
    ["a b%", "hv1/a%20b%25/web"],
    [{ pid: 7 }, "hv1/pid:7/web"],
    [{ path: "/run/netns/blue" }, "hv1/path:%2Frun%2Fnetns%2Fblue/web"],
  ];
  for (const [netns, id] of ids)
    it(`${id} says host, namespace and name`, () => {
      const place = { host: "hv1", netns, name: "web" };
      assert.equal(linkId(place), id);
      assert.deepEqual(parseLinkId(id), place);
    });

  it("that was typed wrongly is none", () => {
    for (const id of [
      "",
      "web",
      "hv1/web",
      "/blue/web",
      "hv1//",
      "hv1/a/b/c",
      "hv1/pid:x/web",
      "hv1/pid:/web",
      "hv1/%E0%A4/web",
      "hv1/path:%/web",
    ])
      assert.equal(parseLinkId(id), undefined, id);
  });

  it("has one spelling for each namespace", () => {
    assert.equal(spellNetns({ pid: 7, inode: 1 }), spellNetns({ pid: 7, inode: 2 }));
    assert.notEqual(spellNetns("path:/x"), spellNetns({ path: "/x" }));
  });
});
