/** The harness of the program tests, with a provider that does nothing. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { PulumiProject } from "../support/pulumi-project";

const DO_NOTHING = join(__dirname, "../support/do-nothing");

const program = (args: object) => `
  const { Nothing } = require("do-nothing");
  const one = new Nothing("one", ${JSON.stringify(args)});
  exports.urn = one.urn;
`;

describe("the harness of the program tests", function () {
  this.timeout(120_000);
  let project: PulumiProject;
  let begun: string;
  const creating = () => existsSync(begun);

  beforeEach(async () => {
    project = await PulumiProject.create({ program: program({}), packages: [DO_NOTHING] });
    begun = join(project.folder, "begun");
  });

  afterEach(() => project.remove());

  it("runs a stack through its life", async () => {
    project.write("index.js", program({ value: 1 }));
    const first = await project.up();
    assert.equal(first.status, 0, first.stdout);
    assert.match(first.stdout, /2 created/);

    const again = await project.up();
    assert.match(again.stdout, /2 unchanged/);

    project.write("index.js", program({ value: 2 }));
    const preview = await project.preview();
    assert.match(preview.stdout, /1 to update/);
    assert.match((await project.up({ preview: true })).stdout, /Previewing update[^]*1 updated/);

    assert.match((await project.refresh()).stdout, /2 unchanged/);
    const { resources } = await project.export();
    const one = resources.find(({ type }) => type.endsWith(":Nothing"));
    assert.equal(one?.outputs?.["value"], 2);
    assert.ok(String(one?.inputs?.["__provider"]).length <= 300);
    assert.equal((await project.outputs())["urn"], one?.urn);

    assert.match((await project.destroy()).stdout, /2 deleted/);
    console.log(
      `      up ${first.seconds.toFixed(1)} s, again ${again.seconds.toFixed(1)} s, preview ${preview.seconds.toFixed(1)} s`,
    );
  });

  it("hands on environment, arguments and configuration", async () => {
    project.write(
      "index.js",
      'exports.seen = process.env.SEEN; exports.set = new (require("@pulumi/pulumi").Config)("a").get("b");',
    );
    await project.config("a:b", "configured");
    const up = await project.up({ env: { SEEN: "yes" }, args: ["--message", "hello"] });
    assert.equal(up.status, 0, up.stdout + up.stderr);
    assert.deepEqual(await project.outputs(), { seen: "yes", set: "configured" });
  });

  it("knows a run's processes by what they are, and that they end with it", async () => {
    project.write("index.js", program({ sleep: 1000, begun }));
    const run = project.start("up");
    await run.until(creating);
    const roles = run.processes().map(({ role }) => role);
    for (const role of ["engine", "language host", "program", "provider starter", "provider"]) {
      assert.ok((roles as string[]).includes(role), `${role} among ${roles.join(", ")}`);
    }
    assert.equal((await run.ended()).status, 0);
    assert.deepEqual(await run.leftOver(1), []);
  });

  it("lets one Ctrl-C finish what is under way", async () => {
    project.write("index.js", program({ sleep: 1500, begun }));
    const run = project.start("up");
    await run.until(creating);
    run.signal("SIGINT");
    const ended = await run.ended();
    assert.notEqual(ended.status, 0);
    assert.deepEqual(await run.leftOver(1), []);
    const { resources, pendingOperations } = await project.export();
    assert.ok(resources.some(({ urn }) => urn.endsWith("::one")));
    assert.deepEqual(pendingOperations, []);
  });

  it("sees what a killed engine leaves: a lock, a pending operation, and no provider", async () => {
    project.write("index.js", program({ sleep: 20_000, begun }));
    const run = project.start("up");
    await run.until(creating);
    run.signal("SIGKILL");
    const ended = await run.ended();
    assert.equal(ended.signal, "SIGKILL");
    const left = await run.leftOver(1);
    // The language host is Pulumi's own affair: it stays until someone ends it.
    assert.deepEqual(
      left.map(({ role }) => role).filter((role) => role !== "language host"),
      [],
    );
    assert.match((await project.up()).stderr, /lock/);
    await project.unlock();
    assert.deepEqual(
      (await project.export()).pendingOperations.map(({ type }) => type),
      ["creating"],
    );
  });

  it("kills a provider, and the engine says so", async () => {
    project.write("index.js", program({ sleep: 20_000, begun }));
    const run = project.start("up");
    await run.until(creating);
    assert.equal(run.kill("provider"), 1);
    assert.notEqual((await run.ended()).status, 0);
  });
});
