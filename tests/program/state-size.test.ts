/** What a link takes of the state file, which the engine writes anew at every step, and how the provider comes into it. */
import assert from "node:assert/strict";
import { statSync } from "node:fs";
import { useLinkProgram } from "../support/link-program";
import { Sshd } from "../support/sshd";

const [FEW, MANY] = [2, 12];

describe("the state of a link", function () {
  this.timeout(240_000);
  const story = useLinkProgram();
  let sshd: Sshd;

  before(async () => {
    sshd = await Sshd.start({ hostKeyTypes: ["ed25519"] });
  });
  after(() => sshd?.stop());

  /** Pulumi would serialise the closures of a provider that is given to its own class; here each is counted. */
  const program = (count: number, one: string): string => {
    const { address: host, port, userKey: privateKeyPath, knownHosts } = sshd;
    const connection = { host, port, user: "root", privateKeyPath, knownHosts: [knownHosts] };
    return `
      const closures = require("@pulumi/pulumi/runtime/closure/serializeClosure");
      let serialised = 0;
      for (const name of ["serializeFunction", "serializeFunctionAsync"]) {
        const real = closures[name];
        closures[name] = (...args) => (serialised++, real(...args));
      }
      const connection = ${JSON.stringify(connection)};
      const links = Array.from({ length: ${count} }, (_, n) => ${one});
      exports.serialised = pulumi.all(links.map(({ ifindex }) => ifindex)).apply(() => serialised);
    `;
  };

  /** Most bytes of the file for each, with all that the engine adds: 1.2 KB for a resource that does nothing. */
  const LINKS: Readonly<Record<string, readonly [most: number, link: string]>> = {
    "a macvlan of which nothing is said": [2600, 'new Macvlan("link" + n, host)'],
    "a guest's macvtap on a host over SSH": [
      2600,
      `new Macvtap("guest" + n, {
        ...host, connection, mode: "bridge", mtu: 1400, alias: "the tap device of guest " + n,
        tap: { owner: "root", group: "root", mode: "0660" },
      })`,
    ],
    // Each is there twice, by name and value, among the inputs and among the outputs, and the engine names it once more.
    "a macvtap on a host over SSH, with every property": [
      3072,
      `new Macvtap("full" + n, {
        ...host, connection, name: "tap" + n, mode: "bridge", macAddress: "02:00:00:00:07:" + (16 + n).toString(16),
        mtu: 1400, txQueueLength: 600, numTxQueues: 2, numRxQueues: 2, adminState: "up", addrGenMode: "none",
        noDst: false, broadcastQueueLength: 2000, broadcastLimit: 2, group: 7, alias: "the tap device of guest " + n,
        altNames: ["guest-" + n + "-uplink"], tap: { owner: "root", group: "root", mode: "0660" },
      })`,
    ],
  };
  for (const [what, [most, one]] of Object.entries(LINKS))
    it(`takes at most ${most} bytes of the file: ${what}`, async () => {
      const stack = story();
      const sizes: number[] = [];
      for (const count of [FEW, MANY]) {
        await stack.up(program(count, one));
        assert.equal(stack.links().length, count);
        sizes.push(statSync(stack.checkpoint).size);
      }
      const [few = 0, many = 0] = sizes;
      const bytes = (many - few) / (MANY - FEW);
      console.log(`      ${bytes.toFixed(0)} bytes for each`);
      assert.ok(bytes > 500 && bytes <= most, `${bytes} bytes`);
    });

  it("has the provider as one constant, for which nobody serialised anything", async () => {
    const providers = Object.values(await story().saved()).flatMap(({ inputs, outputs }) => [
      inputs?.["__provider"],
      outputs?.["__provider"],
    ]);
    assert.equal(providers.length, 2 * MANY);
    assert.deepEqual(
      [...new Set(providers)],
      ['exports.handler=()=>require("pulumi-macvlan/provider/dynamic")'],
    );
    assert.deepEqual(await story().project.outputs(), { serialised: 0 });
  });
});
