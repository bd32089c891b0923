import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { CREDENTIALS } from "../../../provider/link/connection-fields";
import { withSecrets } from "../../../sdk/connection-secrets";

/** The same with "(…)" around what is a secret, waited for. */
async function shown(value: unknown): Promise<unknown> {
  if (pulumi.Output.isInstance(value)) {
    const { isSecret } = value as unknown as { isSecret: Promise<boolean> };
    const inner = await shown(await new Promise((resolve) => value.apply(resolve)));
    return (await isSecret) ? [`(${JSON.stringify(inner)})`] : inner;
  }
  if (Array.isArray(value)) return Promise.all(value.map(shown));
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(async ([key, each]) => [key, await shown(each)]);
  return Object.fromEntries((await Promise.all(entries)) as [string, unknown][]);
}

const secret = (text: string): string[] => [`("${text}")`];

describe("the credentials of a connection", () => {
  it("are these", () => {
    assert.deepEqual(CREDENTIALS, ["password", "privateKey", "privateKeyPassword", "sudo"]);
  });

  it("are secrets, given as they are, as outputs or as promises; all else is left as it is", async () => {
    const connection = {
      host: "hv1",
      privateKeyPath: "~/.ssh/id",
      password: "a",
      privateKey: pulumi.output("b"),
      privateKeyPassword: Promise.resolve("c"),
      sudo: pulumi.secret("d"),
    };
    assert.deepEqual(await shown(withSecrets(connection)), {
      ...connection,
      password: secret("a"),
      privateKey: secret("b"),
      privateKeyPassword: secret("c"),
      sudo: secret("d"),
    });
  });

  it("are secrets in each hop, which is one of an array from here on", async () => {
    const hop = { host: "jump", password: "a" };
    const kept = { host: "jump", password: secret("a") };
    for (const proxy of [hop, [hop], pulumi.output([hop]), [Promise.resolve(hop)]])
      assert.deepEqual(await shown(withSecrets({ host: "hv1", proxy })), {
        host: "hv1",
        proxy: [kept],
      });
  });

  it("are secrets in a connection that is not known yet", async () => {
    for (const connection of [pulumi.output({ password: "a" }), Promise.resolve({ password: "a" })])
      assert.deepEqual(await shown(withSecrets(connection)), { password: secret("a") });
  });

  it("are not made of what is none", async () => {
    const connection = { sudo: pulumi.output(true), password: undefined, deadline: 60 };
    assert.deepEqual(await shown(withSecrets(connection)), { ...connection, sudo: true });
    assert.deepEqual(await shown(withSecrets({ sudo: false })), { sudo: false });
    for (const connection of ["hv1", undefined, null, 7])
      assert.equal(withSecrets(connection), connection);
  });
});
