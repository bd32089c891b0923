import assert from "node:assert/strict";
import { hostNameFor } from "../../../provider/link/host";
import { failuresOf, inputsFor, UNKNOWN, urnOf } from "../../support/link-fixtures";

describe("the identity that check keeps", () => {
  const first = inputsFor();

  it("is the same at every run", () => {
    assert.deepEqual(inputsFor(), first);
  });

  it("survives a renamed stack, a new parent and a new name of the resource", () => {
    for (const resourceUrn of [
      urnOf("web", "", "prod"),
      urnOf("web", "shop:index:Site$"),
      urnOf("front"),
    ]) {
      assert.deepEqual(inputsFor({ resourceUrn }, first), first);
      assert.notDeepEqual(inputsFor({ resourceUrn }), first);
    }
  });

  it("is made anew on another host", () => {
    const moved = inputsFor({}, first, "otherhost");
    assert.notEqual(moved.identity.mark, first.identity.mark);
    assert.notEqual(moved.macAddress, first.macAddress);
    assert.deepEqual(inputsFor({}, undefined, "otherhost"), moved);
  });

  it("is another host's where the connection names one: by its id, its address, or as this machine", () => {
    const cases = [
      [undefined, "here"],
      [{ sudo: true }, "here"],
      ["hv1", "hv1"],
      [{ host: "hv1", user: "root" }, "hv1"],
      [{ host: "192.0.2.1", id: "hv1" }, "hv1"],
      [{ launcher: { command: ["sh"] }, id: "c1" }, "c1"],
      [UNKNOWN, UNKNOWN],
      [{ host: UNKNOWN }, UNKNOWN],
      [{ host: "hv1", password: UNKNOWN }, "hv1"],
    ] as const;
    for (const [connection, host] of cases) assert.equal(hostNameFor(connection, "here"), host);
  });

  it("says what was generated and what was given", () => {
    const given = inputsFor({ name: "eth7", macAddress: "02:00:00:00:00:01" });
    assert.deepEqual(Object.keys(given.identity), ["mark", "host"]);
    assert.deepEqual(Object.keys(inputsFor({ mode: "passthru" }).identity), [
      "mark",
      "host",
      "name",
    ]);
  });

  it("lets a name be given, and taken back", () => {
    const given = inputsFor({ name: "eth7" }, first);
    assert.equal(given.identity.mark, first.identity.mark);
    assert.deepEqual(inputsFor({}, given), first);
  });

  it("takes no generated value for a given one when the engine hands it in again", () => {
    // ignoreChanges puts the old inputs in the place of the new ones.
    const resourceUrn = urnOf("front");
    const { name, macAddress } = first;
    assert.deepEqual(inputsFor({ name, macAddress, resourceUrn }, first), first);
    assert.deepEqual(inputsFor({ ...first, resourceUrn }, first), first);
    assert.deepEqual(failuresOf({ ...first, resourceUrn }, first), []);
  });

  it("differs between two components that each have a web", () => {
    const [red, blue] = ["site:Red$", "site:Blue$"].map((parents) =>
      inputsFor({ resourceUrn: urnOf("web", parents) }),
    );
    assert.notEqual(red?.name, blue?.name);
    assert.notEqual(red?.macAddress, blue?.macAddress);
    assert.match(red?.name ?? "", /^web-[a-z2-7]{6}$/);
  });
});
