import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { HostShim, type HostShimArgs } from "../../../sdk";

interface Registered {
  readonly name: string;
  readonly type: string;
  readonly inputs: Readonly<Record<string, unknown>>;
}

const known = { lowerDevice: "eth0", addresses: ["192.0.2.2/32"], guests: ["192.0.2.10"] };

/** What the engine gets to see of a shim, in its order; rejects where the program would fail. */
async function registered(args: Partial<HostShimArgs>): Promise<readonly Registered[]> {
  const seen: Registered[] = [];
  await pulumi.runtime.setMocks({
    newResource: ({ name, type, inputs }) => {
      seen.push({ name, type, inputs: inputs as Record<string, unknown> });
      return { id: `${name}-id`, state: inputs as object };
    },
    call: ({ inputs }) => inputs as object,
  });
  const { link } = new HostShim("shim", { ...known, ...args });
  // An output that fails never resolves; the promise behind it tells.
  await (link.urn as unknown as { promise(): Promise<unknown> }).promise();
  return seen;
}

const linkOf = async (args: Partial<HostShimArgs>): Promise<Registered["inputs"]> =>
  (await registered(args)).find(({ type }) => type.endsWith(":Macvlan"))?.inputs ?? {};

describe("a host's shim", () => {
  it("is a component with one macvlan in bridge mode", async () => {
    const seen = await registered({});
    assert.deepEqual(
      seen.map(({ type }) => type),
      ["macvlan:index:HostShim", "pulumi-nodejs:dynamic/macvlan:Macvlan"],
    );
    assert.equal((await linkOf({}))["mode"], "bridge");
    assert.equal((await linkOf({ mode: "vepa" }))["mode"], "vepa");
  });

  it("says in its macvlan where it is and what the program wants of it", async () => {
    const connection = { host: "hv1" };
    const where = { lowerNetns: "box", name: "hostside", macAddress: "02:00:5e:10:00:01" };
    const inputs = await linkOf({ connection, ...where, mtu: 1400 });
    const { lowerNetns, name, macAddress } = inputs;
    assert.deepEqual({ lowerNetns, name, macAddress }, where);
    assert.deepEqual([inputs["connection"], inputs["mtu"]], [connection, 1400]);
    assert.equal("guests" in inputs, false);
  });

  it("has a route to each guest, from the shim's address of that family", async () => {
    const inputs = await linkOf({
      addresses: ["192.0.2.2/32", "2001:db8::2/128"],
      guests: ["192.0.2.10", "192.0.2.128/25", "2001:db8::10"],
    });
    assert.deepEqual(inputs["routes"], [
      { destination: "192.0.2.10/32", source: "192.0.2.2" },
      { destination: "192.0.2.128/25", source: "192.0.2.2" },
      { destination: "2001:db8::10/128", source: "2001:db8::2" },
    ]);
  });

  it("takes guests that are not known yet", async () => {
    const guests = [pulumi.output("192.0.2.11"), pulumi.output(Promise.resolve("192.0.2.12"))];
    const inputs = await linkOf({ guests });
    assert.deepEqual(
      (inputs["routes"] as { destination: string }[]).map(({ destination }) => destination),
      ["192.0.2.11/32", "192.0.2.12/32"],
    );
  });

  it("refuses what is no guest, and one that no address of the shim can reach", async () => {
    await assert.rejects(
      registered({ guests: ["192.0.2.10", "web"] }),
      /HostShim shim: guests\[1\]: "web" is neither an address nor a network; write 192\.0\.2\.10/,
    );
    await assert.rejects(
      registered({ guests: ["2001:db8::10"] }),
      /HostShim shim: guests\[0\]: "2001:db8::10" is of IPv6, and the shim has no such address; add one to addresses/,
    );
  });
});
