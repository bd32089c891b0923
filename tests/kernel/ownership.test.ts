import assert from "node:assert/strict";
import { transitionalGroup } from "../../provider/link/identity";
import { KINDS } from "../../provider/link/model";
import { useLab } from "../support/kernel-lab";
import { LinkResource } from "../support/link-resource";
import { setGroup } from "../support/raw-link";

const FOREIGN_MAC = "02:00:5e:40:00:01";

describe("Whose a link is", () => {
  const lab = useLab();

  for (const kind of KINDS) {
    it(`a foreign ${kind} in the place of ours is not read, changed or deleted`, async () => {
      const lowerNetns = lab().host();
      const args = { kind, lowerDevice: "lower", lowerNetns, name: "link0" };
      const link = new LinkResource(lab(), args);
      await link.create();
      lab().ip(lowerNetns, "link", "del", "dev", "link0");
      const foreign = ["add", "link", "lower", "name", "link0", "address", FOREIGN_MAC];
      lab().ip(lowerNetns, "link", ...foreign, "type", kind, "mode", "vepa");
      const before = lab().everything();

      assert.equal(await link.read(), undefined);
      await assert.rejects(
        link.updateTo(link.unchecked({ ...args, mtu: 1400 })),
        /the link is no longer there, or no longer ours.*Run pulumi refresh/,
      );
      await link.delete();
      await assert.rejects(
        link.createUnchecked(),
        /taken by a (macvlan|macvtap) that something else made/,
      );
      assert.deepEqual(lab().everything(), before);
    });

    it(`a ${kind} of another resource of this package is told as such, and left alone`, async () => {
      const lowerNetns = lab().host();
      const args = { kind, lowerDevice: "lower", lowerNetns, name: "link0" };
      await new LinkResource(lab(), args).create();
      const before = lab().everything();
      for (const adopt of [false, true]) {
        const other = new LinkResource(lab(), { ...args, adopt });
        await assert.rejects(
          other.createUnchecked(),
          /taken by a macv.* of another resource of this package \(in another stack, or under its old logical name/,
        );
      }
      assert.deepEqual(lab().everything(), before);
    });

    it(`a ${kind} that lost its alias is ours by ifindex and boot, and gets its mark back`, async () => {
      const lowerNetns = lab().host();
      const args = { kind, lowerDevice: "lower", lowerNetns, name: "link0", alias: "the text" };
      const link = new LinkResource(lab(), args);
      const { ifindex } = await link.create();
      lab().ip(lowerNetns, "link", "set", "dev", "link0", "alias", "");
      assert.equal((await link.refresh()).alias, "");
      await link.update({ ...args, alias: "" });
      lab().ip(lowerNetns, "link", "set", "dev", "link0", "alias", "");
      await link.refresh();
      // The text is as declared; that the mark is gone is drift all the same.
      assert.equal((await link.diff({ ...args, alias: "" })).changes, "in the kernel");
      await link.update(args);
      const shown = lab().link(lowerNetns, "link0");
      assert.equal(shown?.ifalias, `the text [pulumi-macvlan:${link.inputs.identity.mark}]`);
      assert.equal(shown.ifindex, ifindex);

      lab().ip(lowerNetns, "link", "set", "dev", "link0", "alias", "");
      await link.delete();
      assert.equal(lab().link(lowerNetns, "link0"), undefined);
    });

    it(`a ${kind} that lost its alias and has another MAC address, ifindex or boot is not ours`, async () => {
      const lowerNetns = lab().host();
      const args = { kind, lowerDevice: "lower", lowerNetns, name: "link0" };
      const link = new LinkResource(lab(), args);
      const state = await link.create();
      lab().ip(lowerNetns, "link", "set", "dev", "link0", "alias", "");
      const before = lab().everything();
      for (const other of [{ bootId: "another" }, { ifindex: 77 }]) {
        assert.equal(await link.readAs({ ...state, ...other }), undefined);
        await link.deleteAs({ ...state, ...other });
      }
      assert.deepEqual(lab().everything(), before);
      lab().ip(lowerNetns, "link", "set", "dev", "link0", "address", FOREIGN_MAC);
      assert.equal(await link.read(), undefined);
      await link.delete();
      assert.equal(lab().link(lowerNetns, "link0")?.address, FOREIGN_MAC);
    });

    it(`another MAC address under our mark is drift of a ${kind}, not loss`, async () => {
      const lowerNetns = lab().host();
      const link = new LinkResource(lab(), { kind, lowerDevice: "lower", lowerNetns });
      const { name } = await link.create();
      lab().ip(lowerNetns, "link", "set", "dev", name, "address", FOREIGN_MAC);
      assert.equal((await link.refresh()).macAddress, FOREIGN_MAC);
      const fresh = new LinkResource(lab(), link.args, link.resourceName);
      const { replaces } = await link.diff();
      assert.deepEqual(replaces, ["macAddress"]);
      await link.delete();
      await fresh.create();
      assert.equal(lab().link(lowerNetns, name)?.address, link.inputs.identity.macAddress);
    });

    it(`a ${kind} that was renamed by hand is found by its mark, and deleted`, async () => {
      const lowerNetns = lab().host();
      const link = new LinkResource(lab(), {
        kind,
        lowerDevice: "lower",
        lowerNetns,
        name: "link0",
      });
      const { ifindex } = await link.create();
      lab().ip(lowerNetns, "link", "set", "dev", "link0", "down");
      lab().ip(lowerNetns, "link", "set", "dev", "link0", "name", "renamed0");
      const read = await link.read();
      assert.equal(read?.state.name, "renamed0");
      assert.equal(read.state.ifindex, ifindex);
      await link.delete();
      assert.deepEqual(lab().macvlans(lowerNetns), []);
    });

    it(`a half-made ${kind} of a killed run is made anew by the next one`, async () => {
      const lowerNetns = lab().host();
      const link = new LinkResource(lab(), {
        kind,
        lowerDevice: "lower",
        lowerNetns,
        name: "link0",
      });
      const { mark, macAddress = "" } = link.unchecked().identity;
      const halfMade = ["add", "link", "lower", "name", "link0", "address", macAddress];
      lab().ip(lowerNetns, "link", ...halfMade, "type", kind, "mode", "vepa");
      setGroup(lowerNetns, "link0", transitionalGroup(mark, 0x123));
      const old = lab().link(lowerNetns, "link0");
      const { ifindex } = await link.create();
      assert.notEqual(ifindex, old?.ifindex);
      const [made, ...more] = lab().macvlans(lowerNetns);
      assert.deepEqual(more, []);
      assert.equal(made?.group, "default");
      assert.equal(made.ifalias, `[pulumi-macvlan:${mark}]`);
    });

    it(`a half-made ${kind} of another resource is left alone`, async () => {
      const lowerNetns = lab().host();
      const args = { kind, lowerDevice: "lower", lowerNetns, name: "link0" };
      const add = ["add", "link", "lower", "name", "link0", "type", kind];
      lab().ip(lowerNetns, "link", ...add);
      setGroup(lowerNetns, "link0", transitionalGroup("anothermark0", 1));
      const before = lab().everything();
      await assert.rejects(new LinkResource(lab(), args).createUnchecked(), /name: /);
      assert.deepEqual(lab().everything(), before);
    });

    it(`our own ${kind} after a lost state: live changes are applied to it`, async () => {
      const lowerNetns = lab().host();
      const args = { kind, lowerDevice: "lower", lowerNetns, group: 3, altNames: ["old0"] };
      const lost = new LinkResource(lab(), args);
      const { ifindex, name } = await lost.create();
      const next = { ...args, mtu: 1400, group: 4, altNames: ["new0"], alias: "found again" };
      const link = new LinkResource(lab(), next, lost.resourceName);
      const state = await link.create();
      assert.equal(state.ifindex, ifindex);
      const [shown, ...more] = lab().macvlans(lowerNetns);
      assert.deepEqual(more, []);
      assert.equal(shown?.ifname, name);
      assert.equal(shown.mtu, 1400);
      assert.equal(shown.group, "4");
      assert.deepEqual(shown.altnames, ["new0"]);
      assert.match(shown.ifalias ?? "", /^found again \[/);
      assert.equal((await link.diff()).changes, "none");
    });

    it(`our own ${kind} after a lost state, with what cannot be changed: made again`, async () => {
      const lowerNetns = lab().host();
      const args = { kind, lowerDevice: "lower", lowerNetns, mode: "bridge" };
      const lost = new LinkResource(lab(), args);
      let { ifindex } = await lost.create();
      for (const different of [
        { mode: "private" },
        { macAddress: FOREIGN_MAC },
        { numTxQueues: 4 },
        { lowerDevice: "wire" },
        { kind: KINDS.find((each) => each !== kind) },
      ]) {
        const next = { ...args, ...different };
        const link = new LinkResource(lab(), next, lost.resourceName);
        const state = await link.createUnchecked();
        assert.notEqual(state.ifindex, ifindex, JSON.stringify(different));
        ifindex = state.ifindex;
        const [shown, ...more] = lab().macvlans(lowerNetns);
        assert.deepEqual(more, []);
        assert.equal(shown?.ifindex, ifindex);
        assert.equal((await link.diff()).changes, "none");
      }
    });
  }
});
