/** Deletions over a network go by a list that one of them asked for, and what changed since is found all the same. */
import assert from "node:assert/strict";
import type { Connection } from "../../provider/link/model";
import { CarriedHost, HOST } from "../support/carried-host";
import { useLab } from "../support/kernel-lab";
import { LinkResource } from "../support/link-resource";

const NAMES = ["a", "b", "c", "d"] as const;

describe("deletions on another machine", function () {
  this.timeout(60_000);
  const lab = useLab();
  let host: CarriedHost;
  let connection: Connection;
  let links: readonly LinkResource[];

  beforeEach(async () => {
    host = await CarriedHost.start(lab());
    host.ip("addr", "add", `${HOST.first}/24`, "dev", "card0");
    connection = host.connection(HOST.first);
    links = NAMES.map(
      (name) =>
        new LinkResource(lab(), {
          ...{ kind: "macvlan", lowerDevice: "card0", mode: "bridge", name, connection },
        }),
    );
    for (const link of links) await link.create();
    // From here on there is a list.
    await one("a").delete();
    assert.deepEqual(there(), ["b", "c", "d"]);
  });
  afterEach(() => host?.stop());

  const one = (name: (typeof NAMES)[number]): LinkResource =>
    links[NAMES.indexOf(name)] ?? assert.fail();
  const there = (netns = host.netns): string[] =>
    lab()
      .macvlans(netns)
      .map(({ ifname }) => ifname)
      .sort();
  const deletions = {
    alone: () => one("b").delete(),
    together: async () => void (await Promise.all([one("b").delete(), one("c").delete()])),
  };

  for (const [how, deleteThem] of Object.entries(deletions)) {
    const rest = how === "alone" ? ["c", "d"] : ["d"];

    describe(`asked for ${how}`, () => {
      it("delete what is as it was", async () => {
        await deleteThem();
        assert.deepEqual(there(), rest);
      });

      it("find a link that was renamed meanwhile", async () => {
        host.ip("link", "set", "dev", "b", "down");
        host.ip("link", "set", "dev", "b", "name", "other");
        await deleteThem();
        assert.deepEqual(there(), rest);
      });

      it("find a link that was moved into another namespace meanwhile", async () => {
        // The host sees no names that were made after it: a process leads there.
        const elsewhere = lab().namespace();
        await lab().process(elsewhere);
        host.ip("link", "set", "dev", "b", "netns", elsewhere);
        await deleteThem();
        assert.deepEqual([there(), there(elsewhere)], [rest, []]);
      });

      it("take a link that is gone for deleted", async () => {
        host.ip("link", "del", "dev", "b");
        await deleteThem();
        assert.deepEqual(there(), rest);
      });

      it("find a link of ours that took the place of the one in the list", async () => {
        const { ifalias = "", address } = lab().link(host.netns, "b") ?? assert.fail();
        host.ip("link", "del", "dev", "b");
        host.ip(
          ...["link", "add", "link", "card0", "name", "b", "address", address],
          ...["type", "macvlan", "mode", "bridge"],
        );
        host.ip("link", "set", "dev", "b", "alias", ifalias);
        await deleteThem();
        assert.deepEqual(there(), rest);
      });

      it("leave a foreign link alone that has its name and its ifindex", async () => {
        const { ifindex } = lab().link(host.netns, "b") ?? assert.fail();
        host.ip("link", "del", "dev", "b");
        host.ip(
          ...["link", "add", "link", "card0", "name", "b", "index", String(ifindex), "group", "7"],
          ...["type", "macvlan", "mode", "private"],
        );
        const foreign = lab().link(host.netns, "b");
        await deleteThem();
        assert.deepEqual(there(), ["b", ...rest]);
        assert.deepEqual(lab().link(host.netns, "b"), foreign);
      });
    });
  }
});
