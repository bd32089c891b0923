/** The life of a `LinkSet` as a program has it: one resource, many links, each as the kernel shows it. */
import assert from "node:assert/strict";
import { useLinkProgram } from "../support/link-program";

describe("a program with a set of links", function () {
  this.timeout(180_000);
  const program = useLinkProgram();

  const write = (settings: string, more = ""): void =>
    program().write(
      `const farm = new LinkSet("farm", { ...host, mode: "bridge", ${settings} });\n${more}`,
    );
  const ifindexes = (): Readonly<Record<string, number>> =>
    Object.fromEntries(
      program()
        .links()
        .map((name) => [name, program().link(name).ifindex]),
    );

  it("makes all links with what is theirs, and says so by name", async () => {
    write(
      `links: { vm1: {}, vm2: { mtu: 1400 }, vm3: { macAddress: "02:00:00:00:00:03" } }`,
      `exports.mtu = farm.links.vm2.mtu; exports.mac = farm.links.vm3.macAddress; exports.own = farm.links.vm1.macAddress;`,
    );
    await program().succeed("up");
    assert.deepEqual(program().links(), ["vm1", "vm2", "vm3"]);
    assert.deepEqual(
      ["vm1", "vm2"].map((name) => program().link(name).mtu),
      [1500, 1400],
    );
    assert.equal(program().link("vm3").address, "02:00:00:00:00:03");
    assert.deepEqual(await program().project.outputs(), {
      mtu: 1400,
      mac: "02:00:00:00:00:03",
      own: program().link("vm1").address,
    });
    assert.match((await program().succeed("up")).stdout, /2 unchanged/);
  });

  it("touches those alone that differ, and names in the preview those that it remakes", async () => {
    const before = ifindexes();
    write(
      `links: { vm1: {}, vm2: { mtu: 1300 }, vm3: { macAddress: "02:00:00:00:00:04" }, vm4: {} }`,
    );
    const { stdout } = await program().succeed("preview");
    assert.match(stdout, /farm: remakes vm3 \(macAddress\); changes vm2 \(mtu\); makes vm4/);
    assert.deepEqual(ifindexes(), before);
    assert.match((await program().succeed("up")).stdout, /~ 1 updated/);
    const after = ifindexes();
    assert.deepEqual([after["vm1"], after["vm2"]], [before["vm1"], before["vm2"]]);
    assert.notEqual(after["vm3"], before["vm3"]);
    assert.equal(program().link("vm2").mtu, 1300);
    assert.deepEqual(program().links(), ["vm1", "vm2", "vm3", "vm4"]);
  });

  it("destroys all", async () => {
    await program().succeed("destroy");
    assert.deepEqual(program().links(), []);
  });
});
