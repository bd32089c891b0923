/** A create that does not come out as it should, through the real engine. */
import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { useLinkProgram } from "../support/link-program";

const TAMPERING = join(__dirname, "../support/agent-wrappers/tampering");

describe("a create that fails half-way", function () {
  this.timeout(120_000);
  const story = useLinkProgram();

  it("is taken back when the rest cannot be done: nothing is left, nothing saved", async () => {
    const stack = story();
    stack.write('new Macvtap("vm", { ...host, tap: { owner: "no-such-user" } })');
    assert.match(await stack.fail("up"), /no-such-user/);
    assert.deepEqual(stack.links(), []);
    assert.deepEqual(await stack.saved(), {});
    assert.deepEqual((await stack.project.export()).pendingOperations, []);
  });

  describe("after which the link is not what was asked for", () => {
    const tamper = (): string => join(story().project.folder, "tamper.sh");
    const env = (): NodeJS.ProcessEnv => ({ MACVLAN_TEST_TAMPER: tamper() });
    const program = `new Macvlan("web", {
      ...host, mtu: 1400, connection: { python: ${JSON.stringify(TAMPERING)} } })`;
    /** Somebody sets another MTU as soon as the link is there. */
    const meddle = (): void =>
      story().project.write("tamper.sh", `ip -n ${story().netns} link set dev web mtu 1300\n`);

    it("fails, says what differs, and saves what is there", async () => {
      const stack = story();
      stack.write(program);
      meddle();
      assert.match(await stack.fail("up", { env: env() }), /mtu: wanted 1400, found 1300/);
      const { web } = await stack.saved();
      assert.equal(web?.outputs?.["mtu"], 1300);
      assert.equal(web?.outputs?.["ifindex"], stack.link("web").ifindex);
    });

    it("is repaired by the next up, which updates it", async () => {
      const stack = story();
      const { ifindex } = stack.link("web");
      rmSync(tamper());
      const { stdout } = await stack.succeed("up", { env: env() });
      assert.match(stdout, /1 updated/);
      const web = stack.link("web");
      assert.deepEqual([web.ifindex, web.mtu], [ifindex, 1400]);
      assert.match((await stack.succeed("up", { env: env() })).stdout, /2 unchanged/);
    });

    it("can be destroyed instead", async () => {
      const stack = story();
      await stack.succeed("destroy", { env: env() });
      meddle();
      await stack.fail("up", { env: env() });
      assert.deepEqual(stack.links(), ["web"]);
      rmSync(tamper());
      await stack.succeed("destroy", { env: env() });
      assert.deepEqual(stack.links(), []);
    });
  });
});
