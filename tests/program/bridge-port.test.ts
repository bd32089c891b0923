/** The life of a `BridgePort` as a program has it: only what is declared is touched, and put back. */
import assert from "node:assert/strict";
import { useLinkProgram } from "../support/link-program";

describe("a program with a bridge port", function () {
  this.timeout(180_000);
  const program = useLinkProgram();

  const write = (settings: string, more = ""): void =>
    program().write(
      `new BridgePort("uplink", { netns: host.lowerNetns, device: "lower", ${settings} });${more}`,
    );
  const by = (...words: string[]): string =>
    program().ip("link", "set", "dev", "lower", "type", "bridge_slave", ...words);
  function shown(): Readonly<Record<string, unknown>> {
    const [link] = JSON.parse(program().ip("-d", "-j", "link", "show", "dev", "lower")) as [
      { linkinfo: { info_slave_data: Record<string, unknown> } },
    ];
    const { hairpin, isolated, cost, learning } = link.linkinfo.info_slave_data;
    return { hairpin, isolated, cost, learning };
  }
  const BEFORE = { hairpin: false, isolated: true, cost: 9, learning: true };

  it("sets what it declares, and nothing a second time", async () => {
    program().ip("link", "add", "name", "br0", "type", "bridge");
    program().ip("link", "set", "dev", "lower", "master", "br0");
    by("cost", "9", "isolated", "on");
    assert.deepEqual(shown(), BEFORE);
    write("hairpin: true, isolated: false, cost: 20");
    await program().succeed("up");
    assert.deepEqual(shown(), { ...BEFORE, hairpin: true, isolated: false, cost: 20 });
    assert.match((await program().succeed("up")).stdout, /2 unchanged/);
  });

  it("shows drift of what it declares in a refresh, and repairs it", async () => {
    by("cost", "33", "learning", "off");
    await program().succeed("refresh");
    const { uplink } = await program().saved();
    assert.equal(uplink?.outputs?.["cost"], 33);
    assert.match((await program().succeed("up")).stdout, /~ 1 updated/);
    assert.deepEqual([shown()["cost"], shown()["learning"]], [20, false]);
    by("learning", "on");
  });

  it("puts back a setting that leaves the program, and keeps the others", async () => {
    write("hairpin: true, cost: 21");
    assert.match((await program().succeed("up")).stdout, /~ 1 updated/);
    assert.deepEqual(shown(), { ...BEFORE, hairpin: true, cost: 21 });
  });

  it("refuses a second resource the same setting, and lets it have another", async () => {
    const second = (setting: string): string =>
      `new BridgePort("second", { netns: host.lowerNetns, device: "lower", ${setting} });`;
    write("hairpin: true, cost: 21", second("cost: 22"));
    assert.match(
      await program().fail("preview"),
      /Another resource of this program sets cost of the port lower too/,
    );
    write("hairpin: true, cost: 21", second("learning: false"));
    await program().succeed("up");
    assert.equal(shown()["learning"], false);
  });

  it("puts all back when it goes", async () => {
    await program().succeed("destroy");
    assert.deepEqual(shown(), BEFORE);
  });
});
