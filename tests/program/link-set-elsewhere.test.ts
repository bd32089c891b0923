/** Sets of links on another host, and what becomes of one whose run is killed or refused. */
import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import { useLinkProgram } from "../support/link-program";
import { Sshd } from "../support/sshd";

const CANARY = "s3cret-canary";

describe("a set of links", function () {
  this.timeout(240_000);
  const story = useLinkProgram();
  let sshd: Sshd;
  before(async () => {
    sshd = await Sshd.start({ hostKeyTypes: ["ed25519"] });
  });
  after(() => sshd?.stop());

  const connection = (more: object = {}): string => {
    const { address, port, userKey, knownHosts } = sshd;
    const way = { host: address, port, user: "root", privateKeyPath: userKey };
    return JSON.stringify({ ...way, knownHosts: [knownHosts], ...more });
  };
  const set = (settings: string, way = connection()): string =>
    `const connection = ${way};
     const farm = new LinkSet("farm", { ...host, connection, mode: "bridge", ${settings} });`;
  const ifindexes = (): Map<string, number> =>
    new Map(
      story()
        .links()
        .map((name) => [name, story().link(name).ifindex]),
    );

  it("is made, changed where it differs, and deleted on a host over SSH", async () => {
    const stack = story();
    await stack.up(set("count: 200"), { preview: true });
    const before = ifindexes();
    assert.equal(before.size, 200);
    assert.match((await stack.succeed("up")).stdout, /2 unchanged/);
    assert.match((await stack.succeed("refresh")).stdout, /2 unchanged/);
    const { stdout } = await stack.up(set("count: 210"), { preview: true });
    assert.match(stdout, /farm: makes farm200, .*farm209/);
    const after = ifindexes();
    assert.equal(after.size, 210);
    for (const [name, ifindex] of before) assert.equal(after.get(name), ifindex, name);
  });

  it("is left alone when its host is reached by another way, and the state learns it", async () => {
    const stack = story();
    const before = ifindexes();
    const way = connection({ deadline: 77, privateKeyPassword: CANARY });
    assert.match((await stack.up(set("count: 210", way))).stdout, /~ 1 updated/);
    assert.deepEqual(ifindexes(), before);
    const { farm } = await stack.saved();
    assert.equal((farm?.outputs?.["connection"] as { deadline: number }).deadline, 77);
    assert(!JSON.stringify(farm).includes(CANARY));
    assert.match((await stack.succeed("up")).stdout, /2 unchanged/);
  });

  it("has a small state", async () => {
    const { farm } = await story().saved();
    const bytes = JSON.stringify(farm).length;
    assert(bytes < 4000 + 210 * 40, `${bytes} bytes`);
  });

  it("is destroyed as a whole", async () => {
    await story().succeed("destroy");
    assert.deepEqual(story().links(), []);
  });

  it("is completed by the next run when the provider is killed in the middle", async () => {
    const stack = story();
    stack.write(set("count: 600"));
    const run = stack.project.start("up");
    while (stack.links().length < 20) await pause(5);
    const provider = run.processes().find(({ role }) => role === "provider");
    assert(provider, "There is no provider");
    process.kill(provider.pid, "SIGKILL");
    assert.notEqual((await run.ended()).status, 0);
    await stack.succeed("up");
    assert.equal(stack.links().length, 600);
    assert.match((await stack.succeed("up")).stdout, /2 unchanged/);
    await stack.succeed("destroy");
    assert.deepEqual(stack.links(), []);
  });

  it("is recorded as it is when a change fails, and the error names the link", async () => {
    const stack = story();
    await stack.up(set("links: { a: {}, b: { mtu: 1400 }, c: {} }"));
    const before = ifindexes();
    // Of a gateway that no address leads to only the kernel knows.
    const route = `{ destination: "198.51.100.0/24", gateway: "203.0.113.1" }`;
    stack.write(set(`links: { a: {}, b: { mtu: 1300 }, d: { routes: [${route}] } }`));
    const said = await stack.fail("up");
    assert.match(said, /link d failed; what had been done was taken back/);
    assert.equal(stack.link("b").mtu, 1400);
    const now = ifindexes();
    assert.deepEqual([now.get("a"), now.get("b")], [before.get("a"), before.get("b")]);
    assert.deepEqual(stack.links(), ["a", "b", "c"]);
    await stack.up(set("links: { a: {}, b: { mtu: 1400 }, c: {} }"));
    assert.deepEqual(stack.links(), ["a", "b", "c"]);
    assert.match((await stack.succeed("up")).stdout, /2 unchanged/);
    await stack.succeed("destroy");
    assert.deepEqual(stack.links(), []);
  });

  it("fails once, and not for each link, when its host is gone, and is forgotten when that is said", async () => {
    const stack = story();
    await stack.up(set("count: 3"));
    const links = stack.links();
    sshd.stop();
    const said = await stack.fail("destroy");
    assert.match(said, /Cannot (connect|delete the link set farm)/);
    assert.doesNotMatch(said, /farm0|and 2 more failed/);
    const env = { PULUMI_MACVLAN_UNREACHABLE: "forget" };
    const { stdout } = await stack.succeed("destroy", { env });
    assert.equal(stdout.match(/WARNING: Cannot delete the link set farm/g)?.length, 2, stdout);
    assert.deepEqual(stack.links(), links);
  });
});
