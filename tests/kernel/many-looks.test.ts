/** Looks at thousands of links at once, which share one list of them: they see what single questions see. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { decodeAnswer } from "../../provider/host/messages";
import type { LinkHost } from "../../provider/host/link-host";
import type { Namespace } from "../../provider/host/namespaces";
import { openHost } from "../../provider/host/open-host";
import { dumpLinks, getLinkByName } from "../../provider/netlink/requests";
import { churn } from "../support/churn";
import { useLab } from "../support/kernel-lab";
import { nextSequence } from "../support/macvlan-messages";

const COUNT = 2500;
const ROUNDS = 10;

describe("Looks at many links at once", () => {
  const lab = useLab();
  let netns: string;
  let host: LinkHost;
  let namespace: Namespace;

  // A lower device without a carrier: what comes up on it sends nothing to all the others.
  beforeEach(async () => {
    netns = lab().namespace();
    const links = Array.from({ length: COUNT }, (_, n) => {
      const kind = n % 10 === 0 ? "macvtap" : "macvlan";
      const mode = ["bridge", "vepa", "private"][n % 3] ?? "";
      return `link add link${n} link quiet mtu ${1400 + (n % 100)} type ${kind} mode ${mode}`;
    });
    batch(["link add quiet up type veth peer name wire", ...links]);
    host = await openHost({}, lab().config);
    namespace = await host.namespace(netns);
  });

  function batch(lines: readonly string[]): void {
    execFileSync("ip", ["-n", netns, "-batch", "-"], { input: lines.join("\n") });
  }

  /** As one question finds it, whoever else asks. */
  async function single(name: string): Promise<unknown> {
    const message = getLinkByName(name, { sequence: nextSequence() });
    return decodeAnswer(await host.session.request(namespace.handle, message)).devices[0];
  }

  const look = (names: readonly string[]) =>
    Promise.all(names.map((name) => host.device(namespace, { name })));
  const all = Array.from({ length: COUNT }, (_, n) => `link${n}`);

  it("see the same, by whatever name, and what was renamed or is gone under its new name or not at all", async () => {
    batch([
      ..."abcdefghij"
        .split("")
        .map((letter, n) => `link property add dev link${n} altname ${letter.repeat(100)}`),
      "link set dev link20 name renamed20",
      "link del link21",
    ]);
    const names = [...all, "quiet", "a".repeat(100), "j".repeat(100), "renamed20", "wire"];
    const seen = await look(names);
    const questions = await Promise.all(names.map(single));
    assert.deepEqual(seen, questions);
    assert.equal(seen[COUNT + 1], seen[0]);
    assert.equal(seen.filter((each) => each === undefined).length, 2);
    assert.equal(seen[20] ?? seen[21], undefined);
  });

  it("see every link that stays, and none that is gone, while others come and go", async () => {
    let interrupted = 0;
    const stop = churn(netns);
    try {
      for (let round = 0; round < ROUNDS; round++) {
        const dump = host.session.request(
          namespace.handle,
          dumpLinks({ sequence: nextSequence() }),
        );
        const seen = await look([...all, "nobody"]);
        assert.equal(seen.pop(), undefined);
        assert.deepEqual(
          seen.map((each) => each?.settings.name),
          all,
        );
        interrupted += Number(decodeAnswer(await dump).interrupted);
      }
    } finally {
      stop();
    }
    assert.ok(interrupted > 0, "no list was disturbed");
  });

  it("see what a change did that was called before them, and not one that was called after", async () => {
    const [first] = await look(["link0"]);
    assert.ok(first !== undefined);
    const before = look(all);
    const deleted = host.deleteOne(namespace, first.ifindex);
    const after = look(all);
    await deleted;
    assert.deepEqual((await before)[0], first);
    assert.equal((await after)[0], undefined);
    assert.equal((await after)[1]?.settings.name, "link1");
  });
});
