import assert from "node:assert/strict";
import { Claims } from "../../../provider/link/claims";
import type { LinkInputs } from "../../../provider/link/model";
import { check, type Given, inputsFor, urnOf } from "../../support/link-fixtures";

/** One run of a program: each resource by its name, with what check answers it. */
class Run {
  readonly #claims = new Claims();

  claim(
    name: string,
    given: Given = {},
    old?: LinkInputs,
    host?: string,
    machine?: string,
  ): string[] {
    const resourceUrn = urnOf(name);
    const { inputs } = check({ ...given, resourceUrn }, old, host, machine);
    return this.#claims
      .claim(resourceUrn, inputs as unknown as LinkInputs)
      .map(({ property, reason }) => `${property}: ${reason}`);
  }

  makesLower(given: Given, host?: string): boolean {
    return this.#claims.makesLower(inputsFor(given, undefined, host));
  }
}

describe("claims", () => {
  let run: Run;
  beforeEach(() => {
    run = new Run();
  });

  it("let two links of their own be, and one be checked twice", () => {
    assert.deepEqual(run.claim("a"), []);
    assert.deepEqual(run.claim("b"), []);
    assert.deepEqual(run.claim("a"), []);
  });

  it("refuse one name twice in a namespace", () => {
    run.claim("a", { name: "eth7", netns: "blue" });
    assert.deepEqual(run.claim("b", { name: "eth7", netns: "blue" }), [
      'name: Another resource of this program makes a link called "eth7" in the same namespace; give one of them another name',
    ]);
    assert.deepEqual(run.claim("c", { name: "eth7", netns: "green" }), []);
    assert.deepEqual(run.claim("d", { name: "eth7" }), []);
    // Where nothing else is said, a link lives where its lower device does.
    assert.equal(run.claim("e", { name: "eth7", lowerNetns: "green" }).length, 1);
  });

  it("refuse an alternative name that is another link's name", () => {
    run.claim("a", { name: "eth7", altNames: ["uplink"] });
    assert.deepEqual(run.claim("b", { name: "uplink" }), [
      'name: Another resource of this program makes a link called "uplink" in the same namespace; give one of them another name',
    ]);
    assert.equal(run.claim("c", { name: "eth9", altNames: ["eth7"] }).length, 1);
  });

  it("refuse one address twice in a namespace, whatever else is said of it", () => {
    run.claim("a", { addresses: ["192.0.2.10/24", "2001:db8::10/64"], netns: "blue" });
    assert.deepEqual(run.claim("b", { addresses: [{ address: "192.0.2.10/32" }], netns: "blue" }), [
      'addresses: "a" in the same namespace has 192.0.2.10 too; give each link its own',
    ]);
    assert.equal(
      run.claim("c", { addresses: ["192.0.2.11/24", "2001:DB8::10/128"], netns: "blue" }).length,
      1,
    );
    assert.deepEqual(run.claim("d", { addresses: ["192.0.2.10/24"], netns: "green" }), []);
    assert.deepEqual(run.claim("e", { addresses: ["192.0.2.12/24"], netns: "blue" }), []);
    run.claim("f", { addresses: ["fe80::1/64"], netns: "blue" });
    assert.deepEqual(run.claim("g", { addresses: ["fe80::1/64"], netns: "blue" }), []);
  });

  it("refuse one route twice in a namespace, which a metric or table of its own tells apart", () => {
    const by = (gateway: string, more: object = {}): Given => ({
      routes: [{ destination: "default", gateway, ...more }],
    });
    run.claim("a", by("192.0.2.254"));
    assert.deepEqual(run.claim("b", by("198.51.100.254")), [
      'routes: "a" in the same namespace has the route to 0.0.0.0/0 metric 0 table 254 too; give one of them another metric',
    ]);
    assert.deepEqual(run.claim("c", by("198.51.100.254", { metric: 5 })), []);
    assert.deepEqual(run.claim("d", by("198.51.100.254", { table: 100 })), []);
    assert.deepEqual(run.claim("e", by("2001:db8::fe")), []);
  });

  it("refuse a neighbour of a passthru link, in either order", () => {
    run.claim("a", { mode: "passthru" });
    const reason =
      'mode: "b" and "a" share the lower device eth0, and a passthru link must be the only one there; use another mode or another lower device';
    assert.deepEqual(run.claim("b"), [reason]);
    run = new Run();
    run.claim("a", { mode: "bridge" });
    assert.deepEqual(run.claim("b", { mode: "passthru" }), [reason]);
    // "a" alone is named, and not "b" too.
    assert.equal(run.claim("e", { mode: "passthru" }).length, 1);
    assert.deepEqual(run.claim("c", { mode: "passthru", lowerDevice: "eth1" }), []);
    assert.deepEqual(run.claim("d", { mode: "passthru", lowerNetns: "blue" }), []);
  });

  it("refuse one MAC address twice on a lower device", () => {
    const macAddress = "02:00:00:00:00:01";
    run.claim("a", { macAddress });
    assert.deepEqual(run.claim("b", { macAddress: "02-00-00-00-00-01" }), [
      'macAddress: "a" on the same lower device eth0 has this MAC address too; give each link its own',
    ]);
    assert.deepEqual(run.claim("c", { macAddress, lowerDevice: "eth1" }), []);
  });

  it("keep hosts apart", () => {
    run.claim("a", { name: "eth7" });
    assert.deepEqual(run.claim("b", { name: "eth7" }, undefined, "other"), []);
  });

  it("know one machine under two addresses, and clones by their ids", () => {
    const on = (host: string, id?: string): Given => ({
      name: "eth7",
      connection: { host, ...(id !== undefined && { id }) },
    });
    run.claim("a", on("hv1"), undefined, "hv1", "machine");
    assert.equal(run.claim("b", on("192.0.2.1"), undefined, "192.0.2.1", "machine").length, 1);
    assert.deepEqual(run.claim("c", on("192.0.2.2", "c"), undefined, "c", "machine"), []);
    assert.deepEqual(run.claim("d", on("192.0.2.3", "d"), undefined, "d", "machine"), []);
  });

  it("forget what a resource wanted when it wants something else", () => {
    run.claim("a", { name: "eth7" });
    run.claim("a", { name: "eth8" });
    assert.deepEqual(run.claim("b", { name: "eth7" }), []);
  });

  it("let a resource be replaced that was renamed: the second check has no old inputs", () => {
    const old = inputsFor({ resourceUrn: urnOf("web", "", "before"), name: "eth7" });
    assert.deepEqual(run.claim("web", { name: "eth7", mode: "bridge" }, old), []);
    assert.deepEqual(run.claim("web", { name: "eth7", mode: "bridge" }), []);
  });

  it("refuse a new resource under the old name of a renamed one: both would carry one mark", () => {
    const old = inputsFor({ resourceUrn: urnOf("web") });
    run.claim("front", {}, old);
    const [failure = ""] = run.claim("web", { name: "eth7", lowerDevice: "eth1" });
    assert.match(failure, /^name: "eth7" and "web" carry one mark/);
  });

  it("know what the program makes, so that it is not missed as a lower device", () => {
    run.claim("a", { name: "eth7", netns: "blue" });
    assert.equal(run.makesLower({ lowerDevice: "eth7", lowerNetns: "blue" }), true);
    assert.equal(run.makesLower({ lowerDevice: "eth7" }), false);
    assert.equal(run.makesLower({ lowerDevice: "eth7", lowerNetns: "blue" }, "other"), false);
    assert.equal(run.makesLower({ lowerDevice: "eth8", lowerNetns: "blue" }), false);
  });
});
