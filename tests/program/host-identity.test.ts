/** A host is its machine, not the spelling of its address. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { useLinkProgram } from "../support/link-program";
import { makeKey, Sshd } from "../support/sshd";

const MACHINE = "0123456789abcdef0123456789abcdef";
const ANOTHER = "fedcba9876543210fedcba9876543210";

describe("a host under another address", function () {
  this.timeout(240_000);
  const story = useLinkProgram();
  let folder: string;
  let sshd: Sshd;

  const file = (name: string): string => join(folder, name);
  /** With the keys of the one before it: what tells two machines apart is the machine-id alone. */
  const start = async (machineId: string, port?: number): Promise<void> => {
    const keys = { hostKey: file("host"), userKey: file("user") };
    sshd = await Sshd.start({ ...keys, machineId, ...(port !== undefined && { port }) });
    const names = `[127.0.0.1]:${sshd.port},[localhost]:${sshd.port}`;
    writeFileSync(file("known_hosts"), `${names} ${sshd.hostKeys[0] ?? ""}\n`);
  };
  const program = (host: string, more = ""): string => `
    const connection = ${JSON.stringify({
      host,
      port: sshd.port,
      user: "root",
      privateKeyPath: sshd.userKey,
      knownHosts: [file("known_hosts")],
      dialErrorLimit: 0,
    })};
    new Macvlan("web", { ...host, connection, ${more} });
  `;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "pmv-identity-"));
    for (const name of ["host", "user"]) makeKey(file(name), "ed25519");
    await start(MACHINE);
  });
  after(() => {
    sshd?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it("keeps its links, and the state learns the address", async () => {
    const stack = story();
    await stack.up(program("127.0.0.1"));
    const before = stack.link("web");
    const up = await stack.up(program("localhost"));
    assert.match(up.stdout, /1 updated/);
    const { ifindex, address } = stack.link("web");
    assert.deepEqual([ifindex, address], [before.ifindex, before.address]);
    assert.match((await stack.succeed("up")).stdout, /2 unchanged/);
    assert.match((await stack.succeed("refresh")).stdout, /2 unchanged/);
    const { web } = await stack.saved();
    const { host } = JSON.parse(web?.outputs?.["connection"] as string) as { host: string };
    assert.equal(host, "localhost");
  });

  it("is refused to a second resource that wants the same link there", async () => {
    const stack = story();
    const twice = `${program("localhost")}
      new Macvlan("other", { ...host, name: "web", connection: { ...connection, host: "127.0.0.1" } });`;
    stack.write(twice);
    assert.match(await stack.fail("preview"), /makes a link called "web" in the same namespace/);
  });

  it("is another host when another machine has the address: the link is made there", async () => {
    const stack = story();
    const { port } = sshd;
    sshd.stop();
    await start(ANOTHER, port);
    // Here the two machines have one network namespace, so that the old link can be seen to stay.
    const { ifindex } = stack.link("web");
    const up = await stack.up(program("localhost", 'name: "anew"'));
    assert.match(up.stdout, /1 replaced/);
    assert.match(up.stdout, /WARNING: Cannot delete macvlan web.*Another machine answers/);
    assert.deepEqual(stack.links(), ["anew", "web"]);
    assert.equal(stack.link("web").ifindex, ifindex);
    stack.ip("link", "del", "dev", "web");
    await stack.succeed("destroy");
    assert.deepEqual(stack.links(), []);
  });
});
