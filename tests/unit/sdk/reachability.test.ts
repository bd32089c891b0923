import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import {
  HostShim,
  type LinkInfo,
  type LowerDeviceInfo,
  Macvlan,
  Macvtap,
  type Reachability,
  reachability,
  reachabilityOutput,
  type StationInput,
  whyUnreachable,
  whyUnreachableOutput,
} from "../../../sdk";

const off = { hairpin: false };
const value = <T>(output: pulumi.Output<T>): Promise<T> =>
  (output as unknown as { promise(): Promise<T> }).promise();

/** Broadcasts and unicast frames, there and back, of two links that come through alike. */
async function together(a: StationInput, b: StationInput): Promise<boolean | undefined> {
  const { there, back }: Reachability = await value(reachabilityOutput(a, b, off));
  const [first, ...others] = [there.broadcast, there.unicast, back.broadcast, back.unicast];
  for (const each of others) assert.equal(each, first);
  return first;
}

describe("reachability in a program", () => {
  const warnings = process.env["PULUMI_MACVLAN_WARNINGS"];
  after(() => {
    if (warnings === undefined) delete process.env["PULUMI_MACVLAN_WARNINGS"];
    else process.env["PULUMI_MACVLAN_WARNINGS"] = warnings;
  });
  before(() => void (process.env["PULUMI_MACVLAN_WARNINGS"] = "off"));
  before(() =>
    pulumi.runtime.setMocks({
      newResource: ({ name, inputs }) => {
        const given = inputs as { lowerDevice?: string; sourceMacAddresses?: string[] };
        const seen = { actualLowerDevice: given.lowerDevice, macAddress: "02:00:5e:00:00:01" };
        return { id: name, state: { mode: "vepa", name, ...given, ...seen } };
      },
      call: ({ inputs }) => inputs as object,
    }),
  );

  it("takes resources, a shim among them", async () => {
    const bridge = { lowerDevice: "eth0", mode: "bridge" } as const;
    const [web, db] = [new Macvlan("web", bridge), new Macvtap("db", bridge)];
    const apart = new Macvlan("apart", { lowerDevice: "eth0" });
    const shim = new HostShim("shim", {
      lowerDevice: "eth0",
      addresses: ["192.0.2.2/32"],
      guests: [],
    });
    assert.equal(await together(web, db), true);
    assert.equal(await together(web, shim), true);
    assert.equal(await together(web, apart), false);
    assert.equal(await together(web, "lower device"), false);
    assert.equal(await together("outside", apart), true);
    assert.deepEqual(await value(whyUnreachableOutput(web, db, off)), []);
    const [why = ""] = await value(whyUnreachableOutput(apart, web, pulumi.output(off)));
    assert.match(why, /^Frames between apart \(mode vepa\) and web \(mode bridge\) go out/);
  });

  it("tells links of different hosts and namespaces apart, whatever says so", async () => {
    const bridge = { lowerDevice: "eth0", mode: "bridge" } as const;
    const password = pulumi.secret("secret");
    const links = {
      here: new Macvlan("here", bridge),
      blue: new Macvlan("blue", { ...bridge, lowerNetns: "blue" }),
      hv1: new Macvlan("hv1", { ...bridge, connection: "hv1" }),
      hv2: new Macvlan("hv2", { ...bridge, connection: { host: pulumi.output("hv2"), password } }),
      hv3: new Macvlan("hv3", { ...bridge, connection: pulumi.output({ host: "a", id: "hv3" }) }),
    };
    for (const [one, a] of Object.entries(links))
      for (const [other, b] of Object.entries(links))
        assert.equal(await together(a, b), one === other ? true : undefined, `${one}, ${other}`);
    const same = new Macvlan("same", { ...bridge, connection: { host: "hv1", user: "root" } });
    assert.equal(await together(links.hv1, same), true);
    const answer = reachabilityOutput(links.here, links.hv2, off);
    assert.equal(await (answer as unknown as { isSecret: Promise<boolean> }).isSecret, false);
  });

  it("takes what is known later, whole or in part, and lookups' results", async () => {
    const web: LinkInfo = {
      ...{ kind: "macvlan", name: "web", ifindex: 7, operState: "UP", isManaged: true },
      ...{ mode: "bridge", lowerDevice: "eth0", addresses: [], sysctls: {} },
    };
    const eth0: LowerDeviceInfo = {
      ...{ name: "eth0", ifindex: 2, operState: "UP", isWireless: false, isBridgePort: false },
      ...{ addresses: [], links: [web], linksElsewhere: [] },
    };
    assert.equal(await together(pulumi.output(web), Promise.resolve(eth0)), false);
    assert.equal(
      await together({ mode: pulumi.output("bridge" as const), lowerDevice: "eth0" }, web),
      true,
    );
    assert.equal(reachability(web, eth0, { hairpin: true }).there.unicast, true);
    assert.equal(whyUnreachable(web, eth0, off).length > 0, true);
    const link = new Macvlan("link", { lowerDevice: "eth0", mode: "bridge" });
    assert.equal(await together(link, web), true);
    assert.equal(await together(link, eth0), false);
  });
});
