/** A passthru link as a bridge's port: what the kernel counts on the lower device goes up and comes down again. */
import assert from "node:assert/strict";
import { type KernelLab, useLab } from "../support/kernel-lab";
import { LinkResource } from "../support/link-resource";

describe("A passthru link in a bridge", () => {
  const lab = useLab();

  /** How many want all frames, and all multicast, of the lower device. */
  function counts(of: KernelLab, netns: string): string | undefined {
    const said = of.ip(netns, "-d", "link", "show", "dev", "lower");
    return /promiscuity \d+ +allmulti \d+/.exec(said)?.[0].replace(/ +/g, " ");
  }
  const NONE = "promiscuity 0 allmulti 0";

  const without = ({ bridge: _, ...others }: LinkResource["args"]) => others;

  async function port(more: object = {}) {
    const netns = lab().host();
    for (const bridge of ["br0", "br1"])
      lab().ip(netns, "link", "add", "name", bridge, "type", "bridge");
    assert.equal(counts(lab(), netns), NONE);
    const args = { kind: "macvlan", lowerDevice: "lower", lowerNetns: netns, mode: "passthru" };
    const link = new LinkResource(lab(), { ...args, name: "link0", bridge: "br0", ...more });
    await link.create();
    return { netns, link };
  }

  it("gives back what it counted when it is deleted", async () => {
    const { netns, link } = await port();
    assert.equal(counts(lab(), netns), "promiscuity 1 allmulti 1");
    await link.delete();
    assert.equal(counts(lab(), netns), NONE);
  });

  it("does so after somebody took it out, deleted its bridge, or it went through others", async () => {
    const { netns, link } = await port();
    const { args } = link;
    lab().ip(netns, "link", "set", "dev", "link0", "nomaster");
    assert.equal(counts(lab(), netns), "promiscuity 1 allmulti 0");
    await link.refresh();
    await link.update({ ...args, bridge: "br1" });
    assert.equal(counts(lab(), netns), "promiscuity 1 allmulti 1");
    lab().ip(netns, "link", "delete", "dev", "br1");
    assert.equal(counts(lab(), netns), "promiscuity 1 allmulti 0");
    await link.refresh();
    await link.update({ ...args, bridge: "br0" });
    await link.update(without(args));
    assert.equal(counts(lab(), netns), "promiscuity 1 allmulti 0");
    await link.delete();
    assert.equal(counts(lab(), netns), NONE);
  });

  it("that was down becomes a port after it is up", async () => {
    const { netns, link } = await port({ adminState: "down" });
    await link.update({ ...without(link.args), adminState: "down" });
    await link.update({ ...link.args, adminState: "up", bridge: "br0" });
    assert.equal(counts(lab(), netns), "promiscuity 1 allmulti 1");
    lab().ip(netns, "link", "set", "dev", "link0", "nomaster");
    assert.equal(counts(lab(), netns), "promiscuity 1 allmulti 0");
  });
});
