import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, rmSync, statSync } from "node:fs";
import type { LinkState } from "../../provider/link/model";
import { experimentalFrame, openPacketPort, openTapPort } from "../support/frame-ports";
import { useLab } from "../support/kernel-lab";
import { LinkResource } from "../support/link-resource";

// Numbers that the kernel gives by itself are small.
const EXPLICIT = 1_000_000_000;

describe("The tap device of a macvtap", () => {
  const lab = useLab();

  /** What state, `ip`, sysfs and /dev say of it is one and the same. */
  function assertOwnNode(
    netns: string,
    { name, ifindex, tapDevice = "", ...state }: LinkState,
  ): void {
    assert.equal(tapDevice, `/dev/tap${ifindex}`);
    assert.equal(lab().link(netns, name)?.ifindex, ifindex);
    const file = `/sys/class/net/${name}/macvtap/tap${ifindex}/dev`;
    const numbers = execFileSync("ip", ["netns", "exec", netns, "cat", file], { encoding: "utf8" });
    assert.equal(numbers.trim(), `${state.tapMajor}:${state.tapMinor}`);
    const { rdev } = statSync(tapDevice);
    const [major, minor] = [(rdev >> 8) & 0xfff, (rdev & 0xff) | ((rdev >> 12) & 0xfff00)];
    assert.equal(`${major}:${minor}`, numbers.trim());
  }

  it("is in the state as path, major and minor", async () => {
    const lowerNetns = lab().host();
    const args = { kind: "macvtap", lowerDevice: "lower", lowerNetns };
    const link = new LinkResource(lab(), args);
    const state = await link.create();
    assertOwnNode(lowerNetns, state);
    assert.deepEqual(state.tap, { owner: "root", group: "root", mode: "0600" });
    await link.delete();
    assert(!existsSync(state.tapDevice ?? ""));
  });

  for (const below of ["each on its own lower device", "both on one"] as const) {
    it(`is the link's own where two namespaces count alike, ${below}`, async () => {
      const hosts = [lab().host(), lab().host()] as const;
      const targets = below === "both on one" ? ([lab().host(), lab().host()] as const) : hosts;
      const [first, second] = ([0, 1] as const).map((n) => {
        const place = { lowerNetns: hosts[below === "both on one" ? 0 : n], netns: targets[n] };
        const tap = n === 0 ? { owner: "daemon", mode: "0640" } : { owner: "bin", mode: "0604" };
        return new LinkResource(lab(), { kind: "macvtap", lowerDevice: "lower", ...place, tap });
      });
      assert(first && second);
      const states = [await first.create(), await second.create()] as const;
      assert.notEqual(states[0].tapDevice, states[1].tapDevice);
      // Another run on this machine may have taken the number of the first one too.
      if (states[0].ifindex < EXPLICIT) assert(states[1].ifindex >= EXPLICIT);
      for (const n of [0, 1] as const) {
        assertOwnNode(targets[n], states[n]);
        assert.equal(lab().macvlans(targets[n]).length, 1);
      }
      assert.deepEqual((await first.read())?.state, first.state);
      assert.deepEqual((await second.read())?.state, second.state);
      assert.equal((await second.diff()).changes, "none");

      const tap = await openTapPort(states[1].tapDevice ?? "");
      const wire = await openPacketPort(second.state.lowerNetns as string, "wire");
      const { macAddress = "" } = states[1];
      const frame = experimentalFrame("ff:ff:ff:ff:ff:ff", macAddress, "the second one's own");
      await tap.send(frame);
      assert.equal((await wire.receive()).toString("hex"), frame.toString("hex"));
      await Promise.all([tap.close(), wire.close()]);

      await second.delete();
      assert(!existsSync(states[1].tapDevice ?? ""));
      assertOwnNode(targets[0], states[0]);
    });
  }

  it("that somebody removed disturbs no change but its own", async () => {
    const args = { kind: "macvtap", lowerDevice: "lower", lowerNetns: lab().host() };
    const link = new LinkResource(lab(), args);
    const { tapDevice = "" } = await link.create();
    rmSync(tapDevice);
    const state = await link.update({ ...args, mtu: 1400 });
    assert.equal(state.mtu, 1400);
    assert.equal(state.tapDevice, undefined);
    assert.deepEqual((await link.read())?.state, state);
    await assert.rejects(
      link.update({ ...args, tap: { mode: "0660" } }),
      /\/dev\/tap\d+ is, or was, of a link of another namespace.*Replace the link/,
    );
    await link.delete();
  });

  it("is made again with another number when a link that had it goes at that moment", async () => {
    // Their numbers collide; one is deleted while the other is made, over and over.
    const [first, second] = [lab().host(), lab().host()];
    const link = (lowerNetns: string) =>
      new LinkResource(lab(), { kind: "macvtap", lowerDevice: "lower", lowerNetns });
    for (let round = 0; round < 20; round++) {
      const [one, other] = [link(first), link(second)];
      await one.create();
      const [, state] = await Promise.all([one.delete(), other.create()]);
      assertOwnNode(second, state);
      await other.delete();
    }
  });
});
