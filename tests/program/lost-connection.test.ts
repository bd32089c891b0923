/** A run whose connection to the host is cut in the middle. */
import assert from "node:assert/strict";
import { FaultProxy } from "../support/fault-proxy";
import { useLinkProgram } from "../support/link-program";
import { Sshd } from "../support/sshd";

const NAMES = Array.from({ length: 16 }, (_, n) => `m${String(n).padStart(2, "0")}`);

describe("a run whose connection is cut in the middle", function () {
  this.timeout(240_000);
  const story = useLinkProgram();
  let sshd: Sshd;
  let proxy: FaultProxy;

  before(async () => {
    sshd = await Sshd.start({ hostKeyTypes: ["ed25519"] });
    proxy = await FaultProxy.start({ host: sshd.address, port: sshd.port });
  });
  after(async () => {
    await proxy?.stop();
    sshd?.stop();
  });

  const program = (mtu: number): string => `
    const connection = ${JSON.stringify({
      host: proxy.host,
      port: proxy.port,
      user: "root",
      privateKeyPath: sshd.userKey,
      hostKey: sshd.hostKeys[0],
    })};
    for (const name of ${JSON.stringify(NAMES)})
      new Macvlan(name, { ...host, connection, mode: "bridge", mtu: ${mtu} });
  `;

  /** Cuts when `isMidway`, and expects a run that ends well over one more connection. */
  async function cutMidway(operation: "up" | "destroy", isMidway: () => boolean): Promise<void> {
    const stack = story();
    const before = proxy.connections;
    proxy.delay(40);
    const run = stack.project.start(operation);
    await run.until(isMidway, "it was in the middle");
    proxy.cut();
    proxy.pass();
    const { status, stdout, stderr } = await run.ended();
    assert.equal(status, 0, stdout + stderr);
    assert.equal(proxy.connections - before, 2);
  }

  it("makes each link once", async () => {
    const stack = story();
    stack.write(program(1400));
    await cutMidway("up", () => stack.links().length > 4);
    assert.deepEqual(stack.links(), NAMES);
    assert.ok(NAMES.every((name) => stack.link(name).mtu === 1400));
  });

  it("leaves a state that is what the host has", async () => {
    const stack = story();
    assert.match((await stack.succeed("refresh")).stdout, /17 unchanged/);
    assert.match((await stack.succeed("up")).stdout, /17 unchanged/);
  });

  it("changes each link", async () => {
    const stack = story();
    stack.write(program(1300));
    await cutMidway("up", () => NAMES.filter((name) => stack.link(name).mtu === 1300).length > 4);
    assert.ok(NAMES.every((name) => stack.link(name).mtu === 1300));
    assert.match((await stack.succeed("refresh")).stdout, /17 unchanged/);
  });

  it("deletes each link", async () => {
    const stack = story();
    await cutMidway("destroy", () => stack.links().length < 12);
    assert.deepEqual(stack.links(), []);
  });
});
