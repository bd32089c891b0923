import assert from "node:assert/strict";
import { messageOf } from "../../provider/errors";
import { useLab } from "../support/kernel-lab";
import { LinkResource } from "../support/link-resource";

const MAC = "02:00:5e:50:00:01";
const applying = true;

describe("What check leaves to create in a run that is no preview", () => {
  const lab = useLab();

  const at = (lowerNetns = lab().host()) => ({ kind: "macvlan", lowerNetns, lowerDevice: "lower" });
  const spoken = async (work: () => Promise<unknown>): Promise<string> => {
    const lines: string[] = [];
    const { log } = console;
    console.log = (line: unknown) => void lines.push(String(line));
    try {
      await work();
    } finally {
      console.log = log;
    }
    return lines.join("\n");
  };

  for (const [what, wrong] of [
    ["a lower device that is not there", { lowerDevice: "lowre" }],
    ["a namespace that is not there", { netns: "nowhere" }],
    ["an MTU above the lower device's", { mtu: 9000 }],
  ] as const)
    it(`refuses ${what} in the words of check, and makes nothing`, async () => {
      const right = at();
      const args = { ...right, ...wrong };
      const [failure] = (await new LinkResource(lab(), args).check()).failures;
      assert(failure);
      const link = new LinkResource(lab(), { ...args, applying });
      assert.deepEqual((await link.check()).failures, []);
      const message = await link.create().then(String, messageOf);
      assert(message.startsWith("Cannot create macvlan "), message);
      assert(message.includes(`${failure.property}: ${failure.reason}`), message);
      assert.deepEqual(lab().macvlans(right.lowerNetns), []);
    });

  it("says what is taken over", async () => {
    const args = { ...at(), name: "theirs", adopt: true, applying };
    const add = ["add", "link", "lower", "name", "theirs", "address", MAC, "type", "macvlan"];
    lab().ip(args.lowerNetns, "link", ...add);
    const link = new LinkResource(lab(), args);
    const said = await spoken(() => link.create());
    assert.equal(said, "pulumi-macvlan: theirs takes over the link that is there");
    assert.equal(link.state.macAddress, MAC);
  });

  it("is left to check for a link that the state has", async () => {
    const args = { ...at(), applying };
    const link = new LinkResource(lab(), args);
    await link.create();
    const [failure] = (await link.check({ ...args, mtu: 9000 })).failures;
    assert.equal(failure?.property, "mtu");
  });

  it("keeps the namespace of a pid by its inode, as check does", async () => {
    const args = { ...at(), netns: { pid: process.pid } };
    const link = new LinkResource(lab(), { ...args, applying });
    const { netns } = await link.create();
    assert.deepEqual(netns, (await link.check(args)).inputs["netns"]);
    assert.equal((await link.diff(args)).changes, "none");
    // It is in the sandbox's own namespace, which others want as it was.
    await link.delete();
  });
});
