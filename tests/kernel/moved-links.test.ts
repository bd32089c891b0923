/** Links that somebody took away by hand: into another namespace, under another name. */
import assert from "node:assert/strict";
import { KINDS } from "../../provider/link/model";
import { capturedLog } from "../support/captured-log";
import { useLab } from "../support/kernel-lab";
import { LinkResource } from "../support/link-resource";

describe("Links that were moved or renamed by hand", () => {
  const lab = useLab();

  for (const kind of KINDS) {
    const made = async (more: object = {}) => {
      const lowerNetns = lab().host();
      const link = new LinkResource(lab(), {
        kind,
        lowerDevice: "lower",
        lowerNetns,
        name: "link0",
        ...more,
      });
      await link.create();
      return { lowerNetns, link };
    };
    const rename = (netns: string): void => {
      lab().ip(netns, "link", "set", "dev", "link0", "down");
      lab().ip(netns, "link", "set", "dev", "link0", "name", "eth0");
    };

    for (const renamed of [false, true])
      it(`a ${kind} in another namespace${renamed ? ", with another name" : ""}: kept as it is, and deleted there`, async () => {
        const { lowerNetns, link } = await made();
        const guest = lab().namespace();
        lab().ip(lowerNetns, "link", "set", "dev", "link0", "netns", guest);
        if (renamed) rename(guest);
        const before = lab().everything();

        const where = `was moved to the network namespace ${guest}, where it is called ${renamed ? "eth0" : "link0"}`;
        const { state, inputs } = link;
        let read: Awaited<ReturnType<typeof link.read>>;
        const refresh = await capturedLog(async () => void (read = await link.read()));
        assert.deepEqual(refresh, [
          `pulumi-macvlan: link0 ${where}; it is left as it is, and deleted with its resource.`,
        ]);
        assert.deepEqual(read?.state, state);
        assert.deepEqual(read.inputs, inputs);
        let changes: string | undefined;
        const preview = await capturedLog(async () => void ({ changes } = await link.diff()));
        assert.equal(changes, "none");
        assert.deepEqual(preview, [`pulumi-macvlan: link0 ${where}; it is left as it is`]);
        await assert.rejects(
          link.updateTo(link.unchecked({ ...link.args, mtu: 1400 })),
          new RegExp(`the link ${where}, and whoever uses it.* Bring it back first`),
        );
        assert.deepEqual(lab().everything(), before);
        await link.delete();
        assert.deepEqual(lab().macvlans(guest), []);
      });

    it(`a ${kind} in the namespace of a process, from a named one that is gone: deleted there`, async () => {
      const netns = lab().namespace();
      const { link } = await made({ netns });
      const pid = await lab().process();
      lab().ip(netns, "link", "set", "dev", "link0", "netns", String(pid));
      lab().deleteNamespace(netns);
      assert(lab().namesBeside(pid).includes("link0"));
      const said = await capturedLog(async () => assert(await link.read()));
      assert.match(said[0] ?? "", new RegExp(`the network namespace of process ${pid}`));
      await link.delete();
      assert(!lab().namesBeside(pid).includes("link0"));
    });

    it(`a ${kind} that came back DOWN is repaired`, async () => {
      const { lowerNetns, link } = await made();
      const guest = lab().namespace();
      lab().ip(lowerNetns, "link", "set", "dev", "link0", "netns", guest);
      lab().ip(guest, "link", "set", "dev", "link0", "netns", lowerNetns);
      assert.equal((await link.refresh()).adminState, "down");
      await link.update(link.args);
      assert(lab().link(lowerNetns, "link0")?.flags.includes("UP"));
    });

    it(`a ${kind} with our mark elsewhere that stands on another lower device is another`, async () => {
      const { lowerNetns, link } = await made();
      const guest = lab().namespace();
      const { mark, macAddress = "" } = link.inputs.identity;
      lab().ip(lowerNetns, "link", "del", "dev", "link0");
      const other = lab().host();
      const numbers = [lowerNetns, other].map((netns) => lab().link(netns, "lower")?.ifindex);
      assert.equal(numbers[0], numbers[1], "the namespace alone must tell the two apart");
      const add = ["add", "link", "lower", "name", "link0", "address", macAddress, "netns", guest];
      lab().ip(other, "link", ...add, "type", kind);
      lab().ip(guest, "link", "set", "dev", "link0", "alias", `[pulumi-macvlan:${mark}]`);
      assert.equal(await link.read(), undefined);
      await link.delete();
      assert(lab().link(guest, "link0"));
    });

    it(`a ${kind} that was deleted by hand before its replacement's turn: the new one stays`, async () => {
      const { lowerNetns, link: old } = await made();
      lab().ip(lowerNetns, "link", "del", "dev", "link0");
      const args = { ...old.args, name: "link1", macAddress: "02:00:5e:40:00:02" };
      await new LinkResource(lab(), args, old.resourceName).create();
      await old.delete();
      assert(lab().link(lowerNetns, "link1"));
    });

    it(`a ${kind} that is gone: a preview that changes nothing says so`, async () => {
      const { lowerNetns, link } = await made();
      assert.deepEqual(await capturedLog(() => link.check()), []);
      lab().ip(lowerNetns, "link", "del", "dev", "link0");
      // As the next run, whose first look this is.
      await lab().endSession();
      assert.deepEqual(await capturedLog(() => link.check()), [
        "pulumi-macvlan: link0 is no longer there; pulumi up --refresh makes it anew",
      ]);
    });
  }
});
