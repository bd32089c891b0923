/** Runs that act on a part of the program, and resources that may not go or are only looked up. */
import assert from "node:assert/strict";
import { useLinkProgram } from "../support/link-program";

const program = (mtu: number) => `
  const one = new Macvlan("one", { ...host, mtu: ${mtu} });
  const two = new Macvlan("two", { ...host, mtu: ${mtu} });
  new Macvlan("guarded", host, { protect: true });
`;

describe("a part of a program", function () {
  this.timeout(240_000);
  const story = useLinkProgram();
  let urn: string;

  it("alone is changed with --target", async () => {
    const stack = story();
    await stack.up(program(1400));
    urn = (await stack.saved())["one"]?.urn ?? assert.fail();
    await stack.up(program(1300), { args: ["--target", urn] });
    assert.deepEqual([stack.link("one").mtu, stack.link("two").mtu], [1300, 1400]);
  });

  it("is made anew with --replace, though its name is taken until then", async () => {
    const stack = story();
    const { ifindex, address } = stack.link("one");
    await stack.up(program(1300), { args: ["--replace", urn] });
    const one = stack.link("one");
    assert.notEqual(one.ifindex, ifindex);
    assert.equal(one.address, address);
    assert.equal(stack.link("two").mtu, 1300);
  });

  it("is looked up by its id", async () => {
    const stack = story();
    const saved = await stack.saved();
    const { stdout } = await stack.up(`${program(1300)}
      const seen = new Macvlan("seen", {}, { id: ${JSON.stringify(saved["one"]?.id)} });
      exports.seen = pulumi.all([seen.name, seen.mtu, seen.mode, seen.macAddress]);
    `);
    assert.match(stdout, /1 created|read/);
    const { address } = stack.link("one");
    assert.deepEqual((await stack.project.outputs())["seen"], ["one", 1300, "vepa", address]);
  });

  it("that is protected stays, and what is only looked up is no one's to delete", async () => {
    const stack = story();
    stack.write('new Macvlan("one", { ...host, mtu: 1300 });');
    assert.match(await stack.fail("up"), /protect/);
    assert.ok(stack.links().includes("guarded"));
    await stack.up(program(1300));
    assert.ok(stack.links().includes("one"));
    const unprotected = await stack.project.pulumi("state", "unprotect", "--all", "--yes");
    assert.equal(unprotected.status, 0, unprotected.stderr);
    await stack.succeed("destroy");
    assert.deepEqual(stack.links(), []);
  });
});
