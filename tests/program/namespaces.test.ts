/** Links in namespaces that are there, are not, die, come back; and links that are taken to others. */
import assert from "node:assert/strict";
import { useLinkProgram } from "../support/link-program";

describe("namespaces", function () {
  this.timeout(240_000);
  const story = useLinkProgram();
  let named = "";
  let filed = "";
  let pid = 0;
  const program = (): string => `
    const link = (name, netns) => new Macvlan(name, { ...host, mode: "bridge", netns });
    link("by-name", "${named}");
    link("by-path", { path: "/run/netns/${filed}" });
    link("by-pid", { pid: ${pid} });
  `;

  it("are given by name, by path and by pid, with the lower device in another", async () => {
    const stack = story();
    [named, filed, pid] = [stack.lab.namespace(), stack.lab.namespace(), await stack.lab.process()];
    await stack.up(program());
    assert.deepEqual(stack.links(named), ["by-name"]);
    assert.deepEqual(stack.links(filed), ["by-path"]);
    assert(stack.lab.namesBeside(pid).includes("by-pid"));
    assert.deepEqual(stack.links(), []);
  });

  it("that are gone are named by the next preview; refresh says of the links that they are gone", async () => {
    const stack = story();
    stack.lab.deleteNamespace(named);
    assert.match(
      await stack.fail("preview"),
      /there is no network namespace called "lab[^"]*"\. Make it first/,
    );
    await stack.succeed("refresh");
    assert.deepEqual(Object.keys(await stack.saved()).sort(), ["by-path", "by-pid"]);
    stack.lab.namespace(named);
    await stack.succeed("up");
    assert.deepEqual(stack.links(named), ["by-name"]);
  });

  it("that were made anew have no link: a preview without refresh says so, up --refresh makes it", async () => {
    const stack = story();
    stack.lab.deleteNamespace(filed);
    stack.lab.namespace(filed);
    const { stdout } = await stack.succeed("preview");
    const gone = /by-path is no longer there; pulumi up --refresh makes it anew/;
    assert.match(stdout, gone);
    assert.match(stdout, / 1 message\n/);
    const up = await stack.succeed("up", { args: ["--refresh"] });
    assert.deepEqual(stack.links(filed), ["by-path"]);
    assert.doesNotMatch(up.stdout, gone);
  });

  it("into which somebody took a link, under another name: neither gone nor drift", async () => {
    const stack = story();
    const guest = stack.lab.namespace();
    stack.lab.ip(named, "link", "set", "dev", "by-name", "netns", guest);
    stack.lab.ip(guest, "link", "set", "dev", "by-name", "name", "eth0");
    for (const operation of ["refresh", "up"] as const) {
      const { stdout } = await stack.succeed(operation);
      assert.match(stdout, /unchanged/);
      assert.match(
        stdout,
        new RegExp(`by-name was moved to the network namespace ${guest}, where it is called eth0`),
      );
    }
    assert.deepEqual(stack.links(named), []);
    assert.deepEqual(stack.links(guest), ["eth0"]);
    stack.lab.deleteNamespace(filed);
    await stack.succeed("destroy");
    assert.deepEqual(await stack.saved(), {});
    assert.deepEqual(stack.links(guest), []);
    assert(!stack.lab.namesBeside(pid).includes("by-pid"));
  });
});
