/** What a login offers and in which order, by a server in this process that notes it. */
import assert from "node:assert/strict";
import { type AddressInfo, connect } from "node:net";
import { type AuthContext, Client, Server, utils } from "ssh2";
import type { Credential } from "../../../provider/ssh/credentials";
import { HostKeyCheck } from "../../../provider/ssh/host-key";
import { KnownHosts } from "../../../provider/ssh/known-hosts";
import { login } from "../../../provider/ssh/login";

type Method = AuthContext["method"];
type Judge = (context: AuthContext, offered: readonly Method[]) => void;

const hostKey = utils.generateKeyPairSync("ed25519");
const userKey = utils.parseKey(utils.generateKeyPairSync("ed25519").private);
assert.ok(!(userKey instanceof Error));

const key = (isNamed: boolean): Credential => ({
  label: "key",
  isNamed,
  attempts: [{ type: "publickey", username: "user", key: userKey }],
});
const password: Credential = {
  label: "password",
  isNamed: true,
  attempts: [{ type: "password", username: "user", password: "secret" }],
};

/** What the server was offered, a key that it is asked about and then signed for once; and how it ended. */
async function offered(
  usable: readonly Credential[],
  judge: Judge,
): Promise<{ methods: readonly Method[]; error: string | undefined }> {
  const methods: Method[] = [];
  const server = new Server({ hostKeys: [hostKey.private] }, (connection) => {
    connection.on("error", () => undefined);
    connection.on("authentication", (context) => {
      const isSigned = context.method === "publickey" && context.signature !== undefined;
      if (!isSigned) methods.push(context.method);
      judge(context, methods);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const stream = connect((server.address() as AddressInfo).port, "127.0.0.1");
  const client = new Client();
  const credentials = { usable, unusable: [], needsOpenssh: false };
  const to = {
    label: "host",
    host: "host",
    port: 22,
    user: "user",
    credentials: () => Promise.resolve(credentials),
    hostKey: new HostKeyCheck({
      host: "host",
      port: 22,
      known: KnownHosts.read([]),
      hostKey: hostKey.public,
      policy: "strict",
      newTo: "",
    }),
    timeoutSeconds: 10,
    dialErrorLimit: 0,
  };
  const error = await login(client, stream, to, credentials).then(
    () => undefined,
    ({ message }: Error) => message,
  );
  client.destroy();
  server.close();
  return { methods, error };
}

const takes =
  (...accepted: Method[]): Judge =>
  (context) => {
    if (accepted.includes(context.method)) context.accept();
    else context.reject(accepted.filter((method) => method !== "none"));
  };

describe("a login", () => {
  it("offers a key that somebody named at once", async () => {
    const { methods, error } = await offered([key(true)], takes("publickey"));
    assert.deepEqual({ methods, error }, { methods: ["publickey"], error: undefined });
  });

  it("asks first what the server takes where nobody named the key", async () => {
    const { methods, error } = await offered([key(false)], takes("publickey"));
    assert.deepEqual({ methods, error }, { methods: ["none", "publickey"], error: undefined });
  });

  it("gets in where everybody does, and no key is taken", async () => {
    const { methods, error } = await offered([key(true)], takes("none"));
    assert.deepEqual({ methods, error }, { methods: ["publickey", "none"], error: undefined });
  });

  it("offers the key again to a server that wants the password before it", async () => {
    const passwordFirst: Judge = (context, methods) => {
      if (!methods.includes("password")) context.reject(["password"]);
      else if (context.method === "password") context.reject(["publickey"], true);
      else context.accept();
    };
    const { methods, error } = await offered([key(true), password], passwordFirst);
    const expected = ["publickey", "password", "publickey"];
    assert.deepEqual({ methods, error }, { methods: expected, error: undefined });
  });
});
