import assert from "node:assert/strict";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Config } from "../../provider/request";
import { deleteLink } from "../../provider/resources/link";
import { useLab } from "../support/kernel-lab";
import { LinkResource } from "../support/link-resource";
import { PYTHON } from "../support/python";

describe("An agent that may not change links", () => {
  const lab = useLab();
  let folder: string;
  let python: string;

  /** An interpreter that keeps root's files, so that only the kernel's say about links is tried. */
  const wrapper = (name: string, caps: string): string => {
    const path = join(folder, name);
    const drop = `setpriv --bounding-set=${caps} --inh-caps=${caps}`;
    writeFileSync(path, `#!/bin/sh\nexec ${drop} ${PYTHON} "$@"\n`, { mode: 0o755 });
    return path;
  };

  before(() => {
    folder = mkdtempSync(join(tmpdir(), "unprivileged-"));
    chmodSync(folder, 0o755);
    python = wrapper("python3", "-net_admin");
  });
  after(() => rmSync(folder, { recursive: true }));

  it("is told from the kernel's other refusals, with the way out, and nothing is left", async () => {
    const lowerNetns = lab().host();
    const connection = { python };
    lab().uses(connection);
    const args = { kind: "macvlan", lowerDevice: "lower", lowerNetns };
    const link = new LinkResource(lab(), { ...args, connection });
    const before = lab().everything();
    await assert.rejects(
      link.createUnchecked(),
      /the agent may not change links there \(it lacks CAP_NET_ADMIN\) \(EPERM\).*Run Pulumi as root, or set connection: \{ sudo: true \}/,
    );
    assert.deepEqual(lab().everything(), before);
  });

  it("can neither change nor delete what root made, and says so", async () => {
    const connection = { python };
    lab().uses(connection);
    const lowerNetns = lab().host();
    const args = { kind: "macvtap", lowerDevice: "lower", lowerNetns };
    const link = new LinkResource(lab(), args);
    await link.create();
    const before = lab().everything();
    const weak = { ...link.unchecked({ ...args, mtu: 1400 }), connection };
    await assert.rejects(link.updateTo(weak), /lacks CAP_NET_ADMIN/);
    assert.deepEqual(lab().everything(), before);
    const { id, state } = link;
    // The lab's own word for the interpreter would go before what the state has.
    const config: Config = (key, from) => (key === "python" ? undefined : lab().config(key, from));
    await assert.rejects(
      deleteLink({ id, state: { ...state, connection }, config }),
      /Cannot delete macvtap .*lacks CAP_NET_ADMIN/,
    );
    assert.deepEqual(lab().everything(), before);
  });

  it("cannot enter a namespace either, where it has no privilege at all", async () => {
    const connection = { python: wrapper("bare", "-all") };
    lab().uses(connection);
    const lowerNetns = lab().host();
    const args = { kind: "macvlan", lowerDevice: "lower", lowerNetns, connection };
    const link = new LinkResource(lab(), args);
    const { failures } = await link.check();
    assert.deepEqual(
      failures.map(({ property }) => property),
      ["lowerNetns"],
    );
    assert.match(failures[0]?.reason ?? "", /Operation not permitted\. Run Pulumi as root/);
    await assert.rejects(
      link.createUnchecked(),
      new RegExp(`network namespace ${lowerNetns} .*Operation not permitted.*as root.*sudo: true`),
    );
  });
});
