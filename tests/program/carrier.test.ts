/** A program that would cut the connection to its own host is told so before, and nothing happens. */
import assert from "node:assert/strict";
import { CarriedHost, HOST } from "../support/carried-host";
import { useLinkProgram } from "../support/link-program";

describe("a program that would cut its own connection", function () {
  this.timeout(240_000);
  const story = useLinkProgram();
  let host: CarriedHost;
  let connection: string;

  before(async () => {
    host = await CarriedHost.start(story().lab);
    host.ip("addr", "add", `${HOST.first}/24`, "dev", "card0");
    connection = JSON.stringify(host.connection(HOST.first));
  });
  after(() => host?.stop());

  const program = (vm: string): string => `
    const connection = ${connection};
    new Macvlan("web", { connection, lowerDevice: "card0", mode: "bridge" });
    ${vm}
  `;
  const passthru = (card: string): string =>
    `new Macvtap("vm", { connection, lowerDevice: "${card}", mode: "passthru" });`;
  const alone = (body: string): string => `const connection = ${connection};\n${body}`;

  it("is refused at preview, with the property and the reason", async () => {
    const stack = story();
    stack.write(alone(passthru("card0")));
    const said = await stack.fail("preview");
    assert.match(said, /property mode .*receives, and card0 carries the connection to this host/);
    assert.deepEqual(stack.links(host.netns), []);
  });

  it("is refused by up as well, without a look at preview, and saves nothing", async () => {
    const stack = story();
    const said = await stack.fail("up", { env: { PULUMI_MACVLAN_SNAPSHOT: "off" } });
    assert.match(said, /mode: a passthru link takes all that card0 receives, and card0 carries/);
    assert.deepEqual(stack.links(host.netns), []);
    assert.deepEqual(await stack.saved(), {});
  });

  it("makes what cuts nothing, a passthru link on another card too", async () => {
    const stack = story();
    await stack.up(program(passthru("card1")));
    assert.deepEqual(stack.links(host.netns), ["vm", "web"]);
    assert.match((await stack.succeed("preview")).stdout, /3 unchanged/);
  });

  it("may not take down or delete the link that has come to carry it", async () => {
    const stack = story();
    host.ip("addr", "flush", "dev", "card0");
    host.ip("addr", "add", `${HOST.first}/24`, "dev", "web");
    const outputs = async (): Promise<unknown> =>
      Object.entries(await stack.saved())
        .map(([name, saved]) => [name, saved.id, saved.outputs])
        // The engine saves them in no order.
        .sort();
    const before = await outputs();
    const down = program(passthru("card1")).replace('"bridge"', '"bridge", adminState: "down"');
    stack.write(down);
    const foreseen = await stack.fail("preview");
    assert.match(foreseen, /property adminState .*Taking web down .* web carries/);
    const said = await stack.fail("up", { env: { PULUMI_MACVLAN_SNAPSHOT: "off" } });
    assert.match(said, /adminState: taking web down stops all that it carries, and web carries/);
    stack.write(alone(passthru("card1")));
    const kept = await stack.fail("up");
    assert.match(kept, /web would be deleted, and web carries the connection to this host/);
    assert.deepEqual(stack.links(host.netns), ["vm", "web"]);
    assert.deepEqual(await outputs(), before);
  });

  it("goes when the connection comes another way", async () => {
    const stack = story();
    host.ip("addr", "flush", "dev", "web");
    host.ip("addr", "add", `${HOST.first}/24`, "dev", "card0");
    await stack.succeed("destroy");
    assert.deepEqual(stack.links(host.netns), []);
  });
});
