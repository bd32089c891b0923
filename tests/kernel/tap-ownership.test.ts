import assert from "node:assert/strict";
import { chmodSync, chownSync, statSync } from "node:fs";
import { useLab } from "../support/kernel-lab";
import { LinkResource } from "../support/link-resource";

describe("Owner, group and mode of a tap device", () => {
  const lab = useLab();
  const seen = (path = ""): string => {
    const { uid, gid, mode } = statSync(path);
    return `${uid}:${gid} ${(mode & 0o7777).toString(8)}`;
  };

  it("are set, changed live one at a time, and root's again when left out", async () => {
    const base = { kind: "macvtap", lowerDevice: "lower", lowerNetns: lab().host() };
    const link = new LinkResource(lab(), { ...base, tap: { owner: "daemon" } });
    const { ifindex, tapDevice } = await link.create();
    assert.equal(seen(tapDevice), "1:0 600");
    for (const [tap, expected] of [
      [{ owner: "daemon", group: "bin" }, "1:2 600"],
      [{ owner: "daemon", group: "bin", mode: "0660" }, "1:2 660"],
      [{ owner: "0", group: "bin", mode: "640" }, "0:2 640"],
      [{ mode: "0640" }, "0:0 640"],
      [undefined, "0:0 600"],
    ] as const) {
      const next = { ...base, ...(tap && { tap }) };
      const state = await link.update(next);
      assert.equal(seen(tapDevice), expected);
      assert.equal(state.ifindex, ifindex);
      assert.equal((await link.diff(next)).changes, "none");
      assert.deepEqual((await link.read())?.state, state);
    }
  });

  it("that were changed by hand show, and are put back", async () => {
    const args = {
      kind: "macvtap",
      lowerDevice: "lower",
      lowerNetns: lab().host(),
      tap: { owner: "daemon", group: "2", mode: "0660" },
    };
    const link = new LinkResource(lab(), args);
    const { tapDevice = "" } = await link.create();
    chownSync(tapDevice, 3, 3);
    chmodSync(tapDevice, 0o604);
    assert.deepEqual((await link.refresh()).tap, { owner: "sys", group: "3", mode: "0604" });
    assert.deepEqual(link.inputs.tap, { owner: "sys", group: "3", mode: "0604" });
    await link.update(args);
    assert.equal(seen(tapDevice), "1:2 660");
  });

  it("of an account that does not exist: named, and nothing is left", async () => {
    const lowerNetns = lab().host();
    const args = {
      kind: "macvtap",
      lowerDevice: "lower",
      lowerNetns,
      tap: { owner: "nobody-here" },
    };
    const link = new LinkResource(lab(), args);
    await assert.rejects(
      link.create(),
      /tap: no such user or group: nobody-here.* Create the account on that host first/,
    );
    assert.deepEqual(lab().macvlans(lowerNetns), []);
  });
});
