/** The example that needs the plugin of @pulumi/command, with that package's own classes and none of its plugin. */
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";

const EXAMPLE = join(__dirname, "../../examples/routed-nat/index.ts");
const load = createRequire(__filename);

type Inputs = Readonly<Record<string, unknown>>;

async function registered(config: Readonly<Record<string, string>>): Promise<Map<string, Inputs>> {
  const seen = new Map<string, Inputs>();
  pulumi.runtime.setAllConfig(
    Object.fromEntries(Object.entries(config).map(([key, value]) => [`nat:${key}`, value])),
  );
  await pulumi.runtime.setMocks(
    {
      newResource: ({ name, type, inputs }) => {
        seen.set(`${type.split(":").at(-2)}:${name}`, inputs as Inputs);
        return { id: name, state: inputs as object };
      },
      call: ({ inputs }) => inputs as object,
    },
    "nat",
  );
  // A program is what happens when it is loaded.
  delete load.cache[EXAMPLE];
  const program = load(EXAMPLE) as { guestMac: pulumi.Output<string> };
  await pulumi.runtime.disconnect();
  assert.ok(pulumi.Output.isInstance(program.guestMac));
  return seen;
}

describe("the routed-nat example", () => {
  it("runs nft and sysctl on this machine, with what it says on their stdin", async () => {
    const seen = await registered({ lowerDevice: "enp3s0" });
    assert.deepEqual([...seen.keys()].sort(), [
      "dynamic/macvlan:gateway",
      "dynamic/macvlan:guest",
      "local:forwarding",
      "local:nat",
    ]);
    const { create, stdin, delete: undo } = seen.get("local:nat") ?? {};
    assert.deepEqual([create, undo], ["nft -f -", "nft delete table ip macvlan_guests"]);
    assert.match(String(stdin), /masquerade/);
    const forwarding = seen.get("local:forwarding")?.["stdin"];
    assert.equal(forwarding, "net/ipv4/conf/enp3s0/forwarding = 1\n");
  });

  it("does both on another host, over the connection that the links have", async () => {
    const seen = await registered({ host: "hv1" });
    const connection = { host: "hv1", user: "root" };
    for (const link of ["gateway", "guest"])
      assert.deepEqual(seen.get(`dynamic/macvlan:${link}`)?.["connection"], connection);
    for (const command of ["nat", "forwarding"]) {
      const given = seen.get(`remote:${command}`)?.["connection"];
      const { host, user } = (given as { value?: Inputs }).value ?? (given as Inputs);
      assert.deepEqual({ host, user }, connection);
    }
  });
});
