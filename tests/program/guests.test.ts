/** A host and its guests: they reach each other through a shim, and the network through the host. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { MACHINE, OwnMachine, ROUTER } from "../support/own-machine";
import { PulumiProject } from "../support/pulumi-project";

const EXAMPLES = join(__dirname, "../../examples");

async function project(example: string, { card, guest }: OwnMachine, env = {}) {
  const made = await PulumiProject.create({ folder: join(EXAMPLES, example), env });
  made.write("package.json", '{ "name": "program", "main": "index.js" }');
  await made.config("lowerDevice", card);
  await made.config("guestNetns", guest);
  return made;
}

const run = async (
  program: PulumiProject,
  operation: "up" | "destroy" | "refresh",
  args: readonly string[] = [],
): Promise<string> => {
  const { status, stdout, stderr } = await program[operation]({ args });
  assert.equal(status, 0, stdout + stderr);
  return stdout;
};

describe("the host-shim example", function () {
  this.timeout(180_000);
  const guestAddress = "192.0.2.10";
  const shimAddress = "192.0.2.2";
  let machine: OwnMachine;
  let program: PulumiProject;
  before(async () => {
    machine = new OwnMachine();
    program = await project("host-shim", machine);
  });
  after(async () => {
    program?.remove();
    await machine?.remove();
  });

  it("lets the host and its guest reach each other", async () => {
    await run(program, "up");
    assert.ok(machine.reaches(ROUTER, machine.guest), "the guest reaches the network");
    assert.ok(machine.reaches(guestAddress), "the host reaches the guest");
    assert.ok(machine.reaches(shimAddress, machine.guest), "the guest reaches the shim");
    assert.ok(machine.reaches(MACHINE, machine.guest), "the guest reaches the host's own address");
  });

  it("sends nobody but the guest through the shim", async () => {
    const shim = String((await program.outputs())["shimLink"]);
    const routes = JSON.parse(machine.ip("-j", "route", "show", "dev", shim)) as object[];
    assert.deepEqual(
      routes.map((route) => ({ dst: (route as { dst: string }).dst })),
      [{ dst: guestAddress }],
    );
    assert.match(machine.ip("route", "get", ROUTER), /dev card/);
    assert.match(machine.ip("route", "get", guestAddress), new RegExp(`src ${shimAddress} `));
  });

  it("changes nothing a second time", async () => {
    assert.match(await run(program, "up"), /4 unchanged/);
  });

  it("is what lets them: without it they are apart again", async () => {
    await run(program, "destroy", ["--target", "**HostShim::shim", "--target-dependents"]);
    assert.ok(machine.reaches(ROUTER, machine.guest), "the guest is still there");
    assert.ok(!machine.reaches(guestAddress), "the host does not reach the guest");
    assert.ok(!machine.reaches(MACHINE, machine.guest), "the guest does not reach the host");
  });

  it("leaves nothing", async () => {
    await run(program, "destroy");
    assert.equal(machine.ip("-br", "link", "show", "type", "macvlan"), "");
  });
});

describe("the vepa-switch example", function () {
  this.timeout(180_000);
  let machine: OwnMachine;
  let program: PulumiProject;
  let second: string;
  before(async () => {
    machine = new OwnMachine();
    const { lab, router } = machine;
    second = lab.namespace();
    lab.ip(router, "link", "add", "name", "br0", "type", "bridge");
    lab.ip(router, "link", "set", "dev", "br0", "up");
    lab.ip(router, "link", "set", "dev", "wire", "master", "br0");
    program = await project("vepa-switch", machine);
    const settings = { guest1: machine.guest, guest2: second, switchNetns: router };
    for (const [name, value] of Object.entries({ ...settings, switchPort: "wire" }))
      await program.config(name, value);
  });
  after(async () => {
    program?.remove();
    await machine?.remove();
  });

  const hairpin = (): boolean =>
    /hairpin on/.test(machine.lab.ip(machine.router, "-d", "link", "show", "dev", "wire"));

  it("lets guests in VEPA mode reach each other through the bridge", async () => {
    await run(program, "up");
    assert.equal((await program.outputs())["bridge"], "br0");
    assert.ok(hairpin());
    assert.ok(machine.reaches("192.0.2.12", machine.guest));
    assert.match(await run(program, "up"), /4 unchanged/);
  });

  it("sees in a refresh what somebody changed, and puts it right", async () => {
    const by = ["link", "set", "dev", "wire", "type", "bridge_slave", "hairpin", "off"];
    machine.lab.ip(machine.router, ...by);
    assert.ok(!machine.reaches("192.0.2.12", machine.guest));
    await run(program, "refresh");
    assert.match(await run(program, "up"), /~ 1 updated/);
    assert.ok(machine.reaches("192.0.2.12", machine.guest));
  });

  it("puts the port back as it was", async () => {
    await run(program, "destroy");
    assert.ok(!hairpin());
  });
});

describe("the multi-mac-host example", function () {
  this.timeout(180_000);
  let machine: OwnMachine;
  let program: PulumiProject;
  before(async () => {
    machine = new OwnMachine();
    program = await project("multi-mac-host", machine);
  });
  after(async () => {
    program?.remove();
    await machine?.remove();
  });

  /** Behind which MAC addresses the router finds the host's addresses, asked anew. */
  function neighbours(): string[] {
    const { lab, router } = machine;
    lab.ip(router, "neigh", "flush", "all");
    const all = [MACHINE, "192.0.2.21", "192.0.2.22"];
    for (const address of all) assert.ok(machine.reaches(address, router), address);
    const shown = JSON.parse(lab.ip(router, "-j", "neigh", "show", "dev", "wire")) as {
      dst: string;
      lladdr: string;
    }[];
    return all.map((address) => shown.find(({ dst }) => dst === address)?.lladdr ?? "");
  }

  it("shows a peer as many MAC addresses as addresses", async () => {
    await run(program, "up");
    const macs = (await program.outputs())["macs"] as string[];
    const card = /link\/ether (\S+)/.exec(machine.ip("link", "show", "dev", machine.card))?.[1];
    assert.deepEqual(neighbours(), [card, ...macs]);
    assert.match(await run(program, "up"), /3 unchanged/);
  });

  it("does not without it, and gives the card back what it had", async () => {
    const ignore = `/proc/sys/net/ipv4/conf/${machine.card}/arp_ignore`;
    assert.equal(readFileSync(ignore, "utf8"), "1\n");
    await program.config("arp", "shared");
    await run(program, "up");
    assert.equal(readFileSync(ignore, "utf8"), "0\n");
    assert.ok(new Set(neighbours()).size < 3);
    await run(program, "destroy");
  });
});

describe("the routed-nat example", function () {
  this.timeout(180_000);
  let machine: OwnMachine;
  let program: PulumiProject;
  before(async () => {
    machine = new OwnMachine();
    const preload = join(__dirname, "../support/real-commands.js");
    const env = { NODE_OPTIONS: `--require ${preload}` };
    program = await project("routed-nat", machine, env);
  });
  after(async () => {
    program?.remove();
    await machine?.remove();
  });

  const table = (): string => execFileSync("nft", ["list", "ruleset"], { encoding: "utf8" });
  const forwarding = (device: string): string =>
    readFileSync(`/proc/sys/net/ipv4/conf/${device}/forwarding`, "utf8").trim();

  it("gives the guest a way out, with the host's address", async () => {
    await run(program, "up");
    assert.match(table(), /ip saddr 10\.77\.0\.0\/24 ip daddr != 10\.77\.0\.0\/24 masquerade/);
    assert.deepEqual([forwarding("gateway"), forwarding(machine.card)], ["1", "1"]);
    // The router knows no way back into the guests' network: only translated packets are answered.
    assert.equal(machine.lab.ip(machine.router, "route", "show", "10.77.0.0/24"), "");
    assert.ok(machine.reaches(ROUTER, machine.guest));
  });

  it("is what gives it: with the rules gone, nothing comes back", () => {
    execFileSync("nft", ["flush", "table", "ip", "macvlan_guests"]);
    assert.ok(!machine.reaches(ROUTER, machine.guest));
  });

  it("takes rules and links away again", async () => {
    await run(program, "destroy");
    assert.equal(table(), "");
    assert.equal(machine.ip("-br", "link", "show", "type", "macvlan"), "");
  });
});
