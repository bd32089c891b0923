/** What check saw of a lower device is what a creation begins with; by then its name may lead elsewhere. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { KINDS } from "../../provider/link/model";
import type { IpLink } from "../support/ip-link";
import { useLab } from "../support/kernel-lab";
import { LinkResource } from "../support/link-resource";

const ip = (...args: string[]): string => execFileSync("ip", args, { encoding: "utf8" });
const veth = (name: string, peer: string): string =>
  ip("link", "add", "name", name, "up", "type", "veth", "peer", "name", peer);

describe("A lower device that was another when it was looked at", () => {
  const lab = useLab();
  // Only in the namespace of the agent's own is anything begun with.
  const links = (): IpLink[] => JSON.parse(ip("-d", "-j", "link", "show")) as IpLink[];
  const macvlans = (): IpLink[] =>
    links().filter(({ linkinfo }) => /^macv/.test(linkinfo?.info_kind ?? ""));
  const remove = (...names: string[]): void => {
    for (const name of names) ip("link", "delete", "dev", name);
  };

  for (const kind of KINDS) {
    it(`its name is another's: a ${kind} is made on that one, and none is left on the first`, async () => {
      veth("seen", "wire1");
      const link = new LinkResource(lab(), { kind, lowerDevice: "seen" });
      const first = await link.create();
      await link.delete();
      const { inputs, failures } = await link.check();
      assert.deepEqual(failures, []);
      ip("link", "set", "dev", "seen", "down");
      ip("link", "set", "dev", "seen", "name", "renamed");
      veth("seen", "wire2");
      const state = await link.createFrom(inputs as never);
      assert.deepEqual(
        macvlans().map(({ ifname, link: lower }) => [ifname, lower]),
        [[state.name, "seen"]],
      );
      assert.equal(state.actualLowerDevice, "seen");
      // One number went to the link that was made first, and taken back.
      assert.ok(state.ifindex > first.ifindex + 3);
      assert.deepEqual((await link.read())?.state, state);
      await link.delete();
      remove("renamed", "seen");
    });

    it(`it is gone: a ${kind} is refused with that, and nothing is left`, async () => {
      veth("seen", "wire1");
      const link = new LinkResource(lab(), { kind, lowerDevice: "seen" });
      const { inputs } = await link.check();
      remove("seen");
      await assert.rejects(link.createFrom(inputs as never), /lowerDevice: .*seen/);
      assert.deepEqual(macvlans(), []);
    });

    it(`it has another MTU: a ${kind} has that too`, async () => {
      veth("seen", "wire1");
      const link = new LinkResource(lab(), { kind, lowerDevice: "seen" });
      const { inputs } = await link.check();
      ip("link", "set", "dev", "seen", "mtu", "1400");
      const state = await link.createFrom(inputs as never);
      assert.deepEqual([state.mtu, state.lowerMtu], [1400, 1400]);
      assert.equal(macvlans()[0]?.mtu, 1400);
      await link.delete();
      remove("seen");
    });
  }
});
