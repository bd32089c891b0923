/** What a program says to the engine about its resources, with two runs for most of it. */
import assert from "node:assert/strict";
import { useLinkProgram } from "../support/link-program";

const component = `
  class Guest extends pulumi.ComponentResource {
    constructor(type, name) {
      super(type, name);
      this.link = new Macvlan("web", { ...host, mode: "bridge" }, { parent: this });
    }
  }
  const [left, right] = [new Guest("test:index:Left", "left"), new Guest("test:index:Right", "right")];
`;

const before = `
  ${component}
  new Macvlan("ignored", { ...host, mtu: 1400 }, { ignoreChanges: ["mtu"] });
  new Macvlan("replaced", { ...host, alias: "a" }, { replaceOnChanges: ["alias"] });
  new Macvlan("old-name", { ...host });
  new Macvlan("kept", { ...host }, { retainOnDelete: true });
  new Macvlan("secret", { ...host, alias: pulumi.secret("the quiet word") });
  new Macvlan("created-first", { ...host, name: "first1", macAddress: "02:00:00:00:00:11" }, { deleteBeforeReplace: false });
  const below = new Macvlan("below", { ...host, name: pulumi.output("below").apply((n) => n) });
  new Macvlan("above", { ...host, lowerDevice: below.name });
  // Known only once the other stands.
  new Macvlan("derived", { ...host, alias: pulumi.interpolate\`beside \${below.ifindex}\` });
`;

const after = `
  ${component}
  new Macvlan("ignored", { ...host, mtu: 1300 }, { ignoreChanges: ["mtu"] });
  new Macvlan("replaced", { ...host, alias: "b" }, { replaceOnChanges: ["alias"] });
  new Macvlan("new-name", { ...host }, { aliases: [{ name: "old-name" }] });
  new Macvlan("secret", { ...host, alias: pulumi.secret("the quiet word") });
  new Macvlan("created-first", { ...host, name: "first2", macAddress: "02:00:00:00:00:22" }, { deleteBeforeReplace: false });
  const below = new Macvlan("below", { ...host, name: "below" });
  new Macvlan("above", { ...host, lowerDevice: below.name });
  new Macvlan("derived", { ...host, alias: pulumi.interpolate\`beside \${below.ifindex}\` });
`;

describe("engine options", function () {
  this.timeout(240_000);
  const story = useLinkProgram();
  const indexes = new Map<string, number>();
  const macs = new Map<string, string>();
  const remember = (): void => {
    for (const { ifname, ifindex, address } of story().lab.macvlans(story().netns)) {
      indexes.set(ifname, ifindex);
      macs.set(ifname, address);
    }
  };
  /** Links that are still the ones they were. */
  const untouched = (): string[] =>
    story()
      .lab.macvlans(story().netns)
      .filter(({ ifname, ifindex, address }) => {
        return indexes.get(ifname) === ifindex && macs.get(ifname) === address;
      })
      .map(({ ifname }) => ifname)
      .sort();

  it("takes values at preview that are not known yet", async () => {
    const stack = story();
    stack.write(before);
    assert.match((await stack.succeed("preview")).stdout, /14 to create/);
  });

  it("makes a link for each component that has one of that name", async () => {
    const stack = story();
    await stack.succeed("up");
    const webs = stack.links().filter((name) => name.startsWith("web"));
    assert.equal(webs.length, 2, webs.join(" "));
    assert.equal(new Set(webs.map((name) => stack.link(name).address)).size, 2);
  });

  it("puts a macvlan on a macvlan of the same program where the kernel puts it", async () => {
    const stack = story();
    assert.equal(stack.link("above").link, "lower");
    const { above } = await stack.saved();
    assert.equal(above?.outputs?.["lowerDevice"], "below");
    assert.equal(above?.outputs?.["actualLowerDevice"], "lower");
    assert.match(stack.link("derived").ifalias ?? "", /^beside \d+ \[/);
  });

  it("keeps a secret alias encrypted in the state", async () => {
    const stack = story();
    assert.match(stack.link("secret").ifalias ?? "", /^the quiet word \[/);
    const text = JSON.stringify((await stack.saved())["secret"]);
    assert.doesNotMatch(text, /quiet/);
    assert.match(text, /ciphertext/);
  });

  it("has nothing to do a second time, nor after a refresh", async () => {
    const stack = story();
    remember();
    assert.match((await stack.succeed("refresh")).stdout, /14 unchanged/);
    assert.match((await stack.succeed("up")).stdout, /14 unchanged/);
  });

  it("does what each option says", async () => {
    const stack = story();
    const kept = stack.link("kept").ifindex;
    const { stdout } = await stack.up(after);
    const webs = stack.links().filter((name) => name.startsWith("web"));
    assert.deepEqual(
      untouched(),
      ["above", "below", "derived", "ignored", "kept", "old-name", "secret", ...webs].sort(),
    );
    assert.equal(stack.link("ignored").mtu, 1400);
    assert.notEqual(stack.link("replaced").ifindex, indexes.get("replaced"));
    assert.match(stack.link("replaced").ifalias ?? "", /^b \[/);
    assert.equal(stack.link("kept").ifindex, kept);
    const saved = await stack.saved();
    assert.deepEqual([saved["kept"], saved["old-name"]], [undefined, undefined]);
    assert.equal(saved["new-name"]?.outputs?.["name"], "old-name");
    // The new one of "created-first" came before the old one went; the others the other way round.
    const order = (pattern: RegExp): number => stdout.search(pattern);
    assert.ok(
      order(/created-first created replacement/) < order(/created-first deleting original/),
      stdout,
    );
    assert.ok(order(/replaced deleted original/) < order(/replaced creating replacement/), stdout);
    assert.ok(stack.links().includes("first2") && !stack.links().includes("first1"));
  });

  it("keeps names and MAC addresses in a renamed stack", async () => {
    const stack = story();
    remember();
    const all = stack.links();
    const renamed = await stack.project.pulumi("stack", "rename", "other", "--stack", "dev");
    assert.equal(renamed.status, 0, renamed.stderr);
    const args = ["up", "--yes", "--skip-preview", "--stack", "other"];
    const up = await stack.project.pulumi(...args);
    assert.equal(up.status, 0, up.stdout + up.stderr);
    assert.match(up.stdout, /13 unchanged/);
    assert.deepEqual(untouched(), all);
    const back = await stack.project.pulumi("stack", "rename", "dev", "--stack", "other");
    assert.equal(back.status, 0, back.stderr);
  });

  it("keeps them in a replacement too, of a resource that has another name or stack by now", async () => {
    const stack = story();
    const body = after.replaceAll('mode: "bridge"', 'mode: "private"');
    const up = await stack.up(
      body.replace('"new-name", { ...host', '"new-name", { ...host, mode: "private"'),
    );
    assert.match(up.stdout, /3 replaced/);
    for (const name of ["old-name", ...stack.links().filter((one) => one.startsWith("web"))]) {
      assert.notEqual(stack.link(name).ifindex, indexes.get(name));
      assert.equal(stack.link(name).address, macs.get(name), name);
    }
  });

  it("leaves nothing but what it was told to retain", async () => {
    const stack = story();
    await stack.succeed("destroy");
    assert.deepEqual(stack.links(), ["kept"]);
  });
});
