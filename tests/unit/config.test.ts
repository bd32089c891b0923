import assert from "node:assert/strict";
import { configFrom } from "../../provider/config";

describe("a setting", () => {
  const VARIABLE = "PULUMI_MACVLAN_PRIVATE_KEY_PATH";
  const config = configFrom(new Map([["macvlan:privateKeyPath", "/stack"]]));
  afterEach(() => delete process.env[VARIABLE]);

  it("comes from the environment, else from the stack", () => {
    assert.equal(config("privateKeyPath"), "/stack");
    process.env[VARIABLE] = "/environment";
    assert.equal(config("privateKeyPath"), "/environment");
  });

  it("tells which of the two said it", () => {
    assert.equal(config("privateKeyPath", "environment"), undefined);
    process.env[VARIABLE] = "/environment";
    assert.equal(config("privateKeyPath", "environment"), "/environment");
    assert.equal(config("privateKeyPath", "stack"), "/stack");
  });
});
