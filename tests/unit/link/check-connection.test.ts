import assert from "node:assert/strict";
import { failuresOf, inputsFor } from "../../support/link-fixtures";

describe("check of a connection", () => {
  it("takes this machine in several ways", () => {
    const connection = { sudo: "true", python: "python3.9", deadline: "60", id: "hv-1.example" };
    assert.deepEqual(inputsFor({ connection }).connection, {
      sudo: true,
      python: "python3.9",
      deadline: 60,
      id: "hv-1.example",
    });
    for (const nothing of [undefined, null, {}, { sudo: undefined }])
      assert.equal("connection" in inputsFor({ connection: nothing }), false);
  });

  it("takes an alias of ssh_config", () => {
    assert.deepEqual(inputsFor({ connection: "hv1" }).connection, { host: "hv1" });
    assert.match(
      failuresOf({ connection: "root@hv1" })[0] ?? "",
      /^connection: It is no host name/,
    );
  });
});
