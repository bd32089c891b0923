import assert from "node:assert/strict";
import { credentialsFor } from "../../../provider/ssh/credentials";

describe("a password", () => {
  const config = { identityFiles: ["none"], identitiesOnly: false, identityAgent: "none" };

  it("is tried once, in the one way or the other, and each of several in its turn", async () => {
    const { usable } = await credentialsFor("me", {
      given: { password: "now" },
      past: { password: "then" },
      config,
      otherwise: { password: "now" },
    });
    assert.deepEqual(
      usable.map(({ attempts }) => attempts.map(({ type }) => type)),
      Array.from({ length: 2 }, () => ["password", "keyboard-interactive"]),
    );
    assert.doesNotMatch(usable.map(({ label }) => label).join(), /now|then/);
  });
});
