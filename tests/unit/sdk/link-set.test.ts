import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { saveState } from "../../../provider/link-set/saved-form";
import { LinkSet } from "../../../sdk";
import { stateFor } from "../../support/link-fixtures";

const TYPE = "pulumi-nodejs:dynamic/macvlan:LinkSet";
const valueOf = <T>(output: pulumi.Output<T>): Promise<T> =>
  new Promise((resolve) => output.apply(resolve));

describe("a set of links in a program", () => {
  let inputs: Readonly<Record<string, unknown>> = {};
  const identity = { mark: "markmarkmark", host: "hosthosthost", name: "farm" };
  const links = { vm1: stateFor({ mtu: 1400 }) };
  const state = { version: 1, kind: "macvlan", identity, given: "", links } as const;

  beforeEach(async () => {
    await pulumi.runtime.setMocks(
      {
        newResource: (given) => {
          assert.equal(given.type, TYPE);
          inputs = given.inputs as Record<string, unknown>;
          return { id: "farm-id", state: { ...inputs, ...saveState(state) } };
        },
        call: ({ inputs: same }) => same as object,
      },
      "shop",
      "dev",
    );
  });

  it("is one resource of its own type, whose provider is a constant", async () => {
    const farm = new LinkSet("farm", { lowerDevice: "eth0", count: 1000 });
    await valueOf(farm.urn);
    assert.equal(inputs["count"], 1000);
    assert.equal(inputs["kind"], "macvlan");
    assert.equal(inputs["resourceUrn"], `urn:pulumi:dev::shop::${TYPE}::farm`);
    // A contract for ever: state that was saved runs it.
    assert.equal(
      inputs["__provider"],
      'exports.handler=()=>require("pulumi-macvlan/provider/dynamic-link-set")',
    );
  });

  it("has its links by name as the kernel has them, whatever was asked for", async () => {
    const farm = new LinkSet("farm", { lowerDevice: "eth0", links: { vm1: {} } });
    const { ifindex, mtu, mode } = (await valueOf(farm.links))["vm1"] ?? {};
    assert.deepEqual([ifindex, mtu, mode], [7, 1400, "vepa"]);
  });

  it("shows nothing of what only we read", async () => {
    const { vm1 } = await valueOf(new LinkSet("farm", { lowerDevice: "eth0", count: 1 }).links);
    for (const hidden of ["identity", "bootId", "declared", "connection"])
      assert(vm1 && !(hidden in vm1), hidden);
  });

  it("keeps a connection's credentials secret", async () => {
    const connection = { host: "hv1", password: "open sesame" };
    await valueOf(new LinkSet("farm", { connection, lowerDevice: "eth0", count: 1 }).urn);
    assert.match(JSON.stringify(inputs["connection"]), /4dabf18193072939515e22adb298388d/);
  });
});
