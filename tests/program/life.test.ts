/** One program from its first `up` to its end, by the real CLI; each test goes on where the last one ended. */
import assert from "node:assert/strict";
import { useLinkProgram } from "../support/link-program";

const program = (web: string) => `
  const web = new Macvlan("web", { ...host, mode: "bridge", ${web} });
  const tap = new Macvtap("vm", { ...host, mode: "bridge", tap: { mode: "0640" } });
  exports.web = pulumi.interpolate\`\${web.name} \${web.macAddress}\`;
  exports.tap = tap.tapDevice;
`;

describe("a program's life", function () {
  this.timeout(240_000);
  const story = useLinkProgram();
  let mac: string;
  let ifindex: number;

  it("shows name and MAC address at preview, and makes nothing there", async () => {
    const stack = story();
    stack.write(program("mtu: 1400"));
    const { stdout } = await stack.succeed("preview");
    assert.match(stdout, /3 to create/);
    mac = /web: +"web ([0-9a-f:]{17})"/.exec(stdout)?.[1] ?? assert.fail(stdout);
    assert.deepEqual(stack.links(), []);
  });

  it("makes what it showed", async () => {
    const stack = story();
    await stack.succeed("up");
    const web = stack.link("web");
    ({ ifindex } = web);
    assert.deepEqual(
      [web.address, web.mtu, web.linkinfo?.info_data?.mode, web.flags.includes("UP")],
      [mac, 1400, "bridge", true],
    );
    const outputs = await stack.project.outputs();
    assert.equal(outputs["web"], `web ${mac}`);
    assert.equal(outputs["tap"], `/dev/tap${stack.link("vm").ifindex}`);
  });

  it("is known by where the program makes each", async () => {
    const { web, vm } = await story().saved();
    for (const link of [web, vm])
      assert.match(link?.sourcePosition ?? "none", /^project:\/\/\/index\.js#\d+,\d+$/);
  });

  it("has nothing to do a second time", async () => {
    assert.match((await story().succeed("up")).stdout, /3 unchanged/);
  });

  it("changes nothing in a refresh without drift", async () => {
    const { stdout } = await story().succeed("refresh");
    assert.match(stdout, /3 unchanged/);
    assert.doesNotMatch(stdout, /updated|deleted/);
  });

  it("changes a living link", async () => {
    const stack = story();
    await stack.up(program('mtu: 1300, alias: "the web\'s", txQueueLength: 77'));
    const web = stack.link("web");
    assert.deepEqual([web.ifindex, web.mtu, web.txqlen], [ifindex, 1300, 77]);
    assert.match(web.ifalias ?? "", /^the web's \[/);
  });

  it("puts back the default of what is no longer declared", async () => {
    const stack = story();
    const { stdout } = await stack.up(program(""));
    assert.match(stdout, /1 updated/);
    const web = stack.link("web");
    assert.deepEqual([web.ifindex, web.mtu, web.txqlen], [ifindex, 1500, 1000]);
    assert.match(web.ifalias ?? "", /^\[/);
    assert.match((await stack.succeed("up")).stdout, /3 unchanged/);
  });

  it("says that a mode replaces, and replaces: same name, same MAC address, another link", async () => {
    const stack = story();
    stack.write(program("").replace('mode: "bridge"', 'mode: "private"'));
    const { stdout } = await stack.succeed("preview");
    assert.match(stdout, /1 to replace/);
    assert.match(stdout, /mode/);
    assert.equal(stack.link("web").ifindex, ifindex);

    await stack.succeed("up");
    const web = stack.link("web");
    assert.notEqual(web.ifindex, ifindex);
    assert.deepEqual([web.address, web.linkinfo?.info_data?.mode], [mac, "private"]);
    assert.deepEqual(stack.links(), ["vm", "web"]);
  });

  it("leaves nothing when destroyed", async () => {
    const stack = story();
    const { stdout } = await stack.succeed("destroy");
    assert.match(stdout, /3 deleted/);
    assert.deepEqual(stack.links(), []);
    assert.deepEqual(await stack.saved(), {});
  });
});
