/** What somebody changed by hand: a refresh shows it, and the next `up` repairs stack. */
import assert from "node:assert/strict";
import { useLinkProgram } from "../support/link-program";
import type { IpLink } from "../support/ip-link";

const program = `
  const link = (name, args) => new Macvlan(name, { ...host, mode: "bridge", ...args });
  link("mtu", { mtu: 1400 });
  link("quiet");
  link("state");
  link("alias", { alias: "mine" });
  link("bare", { alias: "mine" });
  link("mac");
  link("own-mac", { macAddress: "02:00:00:00:00:77" });
  link("mode");
  link("gone");
  link("renamed");
  link("replaced");
`;

/** What is said of the link must not depend on how it is numbered. */
const essence = ({ ifindex: _, ...link }: IpLink): object => link;

describe("drift", function () {
  this.timeout(240_000);
  const story = useLinkProgram();
  let before: Map<string, IpLink>;

  it("is shown by a refresh, for each property", async () => {
    const stack = story();
    await stack.up(program);
    before = new Map(stack.lab.macvlans(stack.netns).map((link) => [link.ifname, link]));

    stack.ip("link", "set", "dev", "mtu", "mtu", "1300");
    stack.ip("link", "set", "dev", "quiet", "mtu", "1280"); // which the program does not declare
    stack.ip("link", "set", "dev", "state", "down");
    const alias = before.get("alias")?.ifalias ?? "";
    stack.ip("link", "set", "dev", "alias", "alias", alias.replace("mine", "theirs"));
    stack.ip("link", "set", "dev", "bare", "alias", ""); // our mark went with it
    stack.ip("link", "set", "dev", "mac", "address", "02:00:00:00:00:01");
    stack.ip("link", "set", "dev", "own-mac", "address", "02:00:00:00:00:02");
    stack.ip("link", "set", "dev", "mode", "type", "macvlan", "mode", "private");
    stack.ip("link", "del", "dev", "gone");
    stack.ip("link", "set", "dev", "renamed", "down");
    stack.ip("link", "set", "dev", "renamed", "name", "elsewhere");
    stack.ip("link", "del", "dev", "replaced"); // and somebody else takes its name
    stack.ip(
      "link",
      "add",
      "link",
      "lower",
      "name",
      "replaced",
      "type",
      "macvlan",
      "mode",
      "bridge",
    );

    const { stdout } = await stack.succeed("refresh", { args: ["--diff"] });
    assert.match(stdout, /mtu *: 1400 => 1300/);
    assert.match(stdout, /alias *: "mine" => "theirs"/);
    assert.match(stdout, /macAddress *: "02:00:00:00:00:77" => "02:00:00:00:00:02"/);
    assert.match(stdout, /mode *: "bridge" => "private"/);
    const saved = await stack.saved();
    assert.deepEqual([saved["gone"], saved["replaced"]], [undefined, undefined]);
    const outputs = (name: string) => saved[name]?.outputs ?? {};
    assert.equal(outputs("quiet")["mtu"], 1280);
    assert.equal(outputs("state")["adminState"], "down");
    assert.equal(outputs("mac")["macAddress"], "02:00:00:00:00:01");
    assert.equal(outputs("renamed")["name"], "elsewhere");
  });

  it("is not taken for a reason to touch what is somebody else's", async () => {
    const stack = story();
    stack.write(program);
    assert.match(await stack.fail("up"), /replaced/);
    assert.doesNotMatch(stack.link("replaced").ifalias ?? "", /pulumi-macvlan/);
    stack.ip("link", "del", "dev", "replaced");
  });

  it("is repaired by the next up, living links where the kernel can", async () => {
    const stack = story();
    await stack.succeed("up");
    assert.deepEqual(stack.links(), [...before.keys()].sort());
    for (const [name, link] of before) {
      const now = stack.link(name);
      assert.deepEqual(essence(now), essence(link), name);
      const isLive = ["mtu", "quiet", "state", "alias", "bare"].includes(name);
      if (isLive) assert.equal(now.ifindex, link.ifindex, `${name} was replaced`);
    }
    assert.match((await stack.succeed("up")).stdout, /12 unchanged/);
    assert.match((await stack.succeed("refresh")).stdout, /12 unchanged/);
  });

  it("of a lower device that went away is no obstacle to destroy", async () => {
    const stack = story();
    stack.ip("link", "del", "dev", "lower");
    await stack.succeed("destroy");
    assert.deepEqual(await stack.saved(), {});
  });
});
