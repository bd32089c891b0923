import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { hostsAhead } from "../../../sdk/hosts-ahead";

/** What each of some links would bring that a program makes in one go. */
const brought = async (...connections: readonly unknown[]): Promise<unknown[]> => {
  const texts = await Promise.all(connections.map(async (each) => hostsAhead(each)));
  return texts.map((text) => (text === undefined ? undefined : (JSON.parse(text) as unknown)));
};

describe("the hosts that a program is going to need", () => {
  const [a, b] = [
    { host: "a", user: "root" },
    { host: "b", proxy: [{ host: "jump" }] },
  ] as const;

  it("come with the first link, each once", async () => {
    assert.deepEqual(await brought(a, a, b, "c", a), [
      [a, b, "c"],
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });

  it("are not worth a word where there is one, or none", async () => {
    assert.deepEqual(await brought(a, { ...a }), [undefined, undefined]);
    assert.deepEqual(await brought(undefined, undefined), [undefined, undefined]);
  });

  it("come anew with links that are made later", async () => {
    await brought(a, b);
    assert.deepEqual(await brought(b, "c"), [[b, "c"], undefined]);
  });

  it("never have a credential, nor what is not known yet", async () => {
    const secret = [
      { host: "x", password: "canary" },
      { host: "x", sudo: "canary" },
      { host: "x", proxy: { host: "jump", privateKey: "canary" } },
      { host: "x", privateKey: pulumi.secret("canary") },
      { host: pulumi.output("x") },
      { host: Promise.resolve("x") },
      pulumi.output(a),
    ];
    const [first, ...others] = await brought(...secret, a, { ...b, sudo: true });
    assert.equal(first, undefined);
    assert.deepEqual(others.filter(Boolean), [[a, { ...b, sudo: true }]]);
  });
});
