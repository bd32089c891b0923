import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { checkLink } from "../../../provider/link/check";
import { PROPERTY_NAMES } from "../../../provider/link/properties";
import { saveState } from "../../../provider/link/saved-form";
import { Macvlan, Macvtap } from "../../../sdk";
import { isUnknown, stateFor } from "../../support/link-fixtures";

interface Registered {
  readonly type: string;
  readonly inputs: Readonly<Record<string, unknown>>;
}

/** What the engine gets to see of resources, by name. */
async function registered(
  program: () => readonly pulumi.Resource[],
): Promise<Readonly<Record<string, Registered>>> {
  const seen: Record<string, Registered> = {};
  await pulumi.runtime.setMocks(
    {
      newResource: ({ name, type, inputs }) => {
        seen[name] = { type, inputs: inputs as Record<string, unknown> };
        return { id: `${name}-id`, state: { ...(inputs as object), ifindex: 7 } };
      },
      call: ({ inputs }) => inputs as object,
    },
    "shop",
    "dev",
  );
  for (const { urn } of program()) await valueOf(urn);
  return seen;
}

const inputsOf = async (
  program: () => readonly pulumi.Resource[],
): Promise<Readonly<Record<string, unknown>>> => (await registered(program))["web"]?.inputs ?? {};

const valueOf = <T>(output: pulumi.Output<T>): Promise<T> =>
  new Promise((resolve) => output.apply(resolve));

const TYPE = "pulumi-nodejs:dynamic/macvlan:Macvlan";
const eth0 = { lowerDevice: "eth0" };

describe("a link in a program", () => {
  it("is a dynamic resource of its own type, which tells its kind", async () => {
    const { web, vm1 } = await registered(() => [
      new Macvlan("web", eth0),
      new Macvtap("vm1", eth0),
    ]);
    assert.deepEqual([web?.type, vm1?.type], [TYPE, "pulumi-nodejs:dynamic/macvlan:Macvtap"]);
    const kinds = [web, vm1].map(
      (link) => checkLink(link?.inputs ?? {}, { host: "h", isUnknown }).inputs["kind"],
    );
    assert.deepEqual(kinds, ["macvlan", "macvtap"]);
  });

  it("saves the same few characters of provider, whatever the link", async () => {
    const { web, vm1 } = await registered(() => [
      new Macvlan("web", { ...eth0, mtu: 1400 }),
      new Macvtap("vm1", { lowerDevice: "eth1" }),
    ]);
    // A contract for ever: state that was saved runs it.
    const text = 'exports.handler=()=>require("pulumi-macvlan/provider/dynamic")';
    assert.deepEqual([web?.inputs["__provider"], vm1?.inputs["__provider"]], [text, text]);
  });

  it("says who asks, its parents included", async () => {
    const { web, db } = await registered(() => {
      const parent = new pulumi.ComponentResource("shop:index:Site", "blue");
      return [new Macvlan("web", eth0), new Macvlan("db", eth0, { parent })];
    });
    assert.equal(web?.inputs["resourceUrn"], `urn:pulumi:dev::shop::${TYPE}::web`);
    assert.equal(db?.inputs["resourceUrn"], `urn:pulumi:dev::shop::shop:index:Site$${TYPE}::db`);
  });

  it("says when it waits for others, which may yet change the host", async () => {
    const { first, second } = await registered(() => {
      const before = new Macvlan("first", eth0);
      return [before, new Macvlan("second", eth0, { dependsOn: [before] })];
    });
    assert.deepEqual([first?.inputs["waits"], second?.inputs["waits"]], [undefined, true]);
  });

  it("brings the hosts that come after it, but for those that others may have to make first", async () => {
    const { a, b, c } = await registered(() => {
      const first = new Macvlan("a", { ...eth0, connection: "hv1" });
      const last = new Macvlan("c", { ...eth0, connection: "hv3" }, { dependsOn: first });
      return [first, new Macvlan("b", { ...eth0, connection: { host: "hv2" } }), last];
    });
    assert.equal(a?.inputs["hostsAhead"], '["hv1",{"host":"hv2"}]');
    assert.deepEqual([b?.inputs["hostsAhead"], c?.inputs["hostsAhead"]], [undefined, undefined]);
  });

  it("hands over its arguments, and nothing for those that are left out", async () => {
    const args = {
      connection: { sudo: true },
      lowerDevice: "eth0",
      netns: { pid: pulumi.output(7) },
      altNames: ["a", pulumi.output("b")],
      adopt: true,
    };
    const { __provider, resourceUrn, ...inputs } = await inputsOf(() => [new Macvlan("web", args)]);
    assert.ok(__provider !== undefined && resourceUrn !== undefined);
    assert.deepEqual(inputs, { ...args, netns: { pid: 7 }, altNames: ["a", "b"] });
  });

  it("passes check as it is handed over", async () => {
    const { __provider: _, ...given } = await inputsOf(() => {
      const first = new Macvlan("first", eth0);
      return [new Macvtap("web", { ...eth0, tap: { owner: 0 } }, { dependsOn: first })];
    });
    assert.equal(given["waits"], true);
    const beside = { ...given, hostsAhead: '["hv1"]' };
    const { inputs, failures } = checkLink(beside, { host: "h", isUnknown });
    assert.deepEqual(failures, []);
    assert.ok(!("waits" in inputs || "hostsAhead" in inputs));
  });

  it("has an output for every property, and for what only the kernel knows", async () => {
    const links: [Macvlan, Macvtap][] = [];
    await registered(() => {
      const pair: [Macvlan, Macvtap] = [
        new Macvlan("web", { ...eth0, alias: "front" }),
        new Macvtap("vm1", eth0),
      ];
      links.push(pair);
      return pair;
    });
    const [web, vm1] = links[0] ?? assert.fail();
    assert.deepEqual([await valueOf(web.alias), await valueOf(web.ifindex)], ["front", 7]);
    const fromKernel = ["operState", "actualLowerDevice", "usedBroadcastQueueLength"] as const;
    for (const name of [...PROPERTY_NAMES, ...fromKernel]) {
      if (name !== "tap") assert.ok(pulumi.Output.isInstance(web[name]), name);
      if (name !== "bridge") assert.ok(pulumi.Output.isInstance(vm1[name]), name);
    }
    const ofTap = ["tapDevice", "tapMajor", "tapMinor", "qemuArgs", "libvirtInterfaceXml"] as const;
    for (const name of ofTap) {
      assert.ok(pulumi.Output.isInstance(vm1[name]), name);
      assert.equal(name in web, false, name);
    }
    assert.ok(pulumi.Output.isInstance(web.lxcConfig));
    assert.equal(
      await valueOf(pulumi.output(vm1.qemuArgs).apply((args) => args.includes("tap7"))),
      true,
    );
  });

  it("answers for an output that it does not declare from what the state says of it", async () => {
    const state = saveState(stateFor({ group: 3 }, { txQueueLength: 7 }));
    await pulumi.runtime.setMocks({
      newResource: ({ inputs }) => ({ id: "web", state: { ...(inputs as object), ...state } }),
      call: ({ inputs }) => inputs as object,
    });
    const web = new Macvlan("web", { ...eth0, group: 3 });
    const outputs = pulumi.all([web.group, web.txQueueLength, web.altNames, web.netns]);
    assert.deepEqual(await valueOf(outputs), [3, 7, [], undefined]);
  });

  it("goes before its successor comes, unless the program says otherwise", async () => {
    const options: unknown[] = [];
    const watched: pulumi.CustomResourceOptions = {
      transformations: [
        ({ opts }): undefined => {
          options.push((opts as pulumi.CustomResourceOptions).deleteBeforeReplace);
        },
      ],
    };
    await registered(() => [
      new Macvlan("web", eth0, watched),
      new Macvlan("db", eth0, { ...watched, deleteBeforeReplace: false }),
    ]);
    assert.deepEqual(options, [true, false]);
  });
});
