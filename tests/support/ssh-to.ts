/** The two ways to a test's own SSH server, with nothing of the configuration of whoever runs the tests. */
import assert from "node:assert/strict";
import { isHostError } from "../../provider/errors";
import { Session } from "../../provider/host/session";
import type { SshHop } from "../../provider/ssh-hop";
import { type OpensshOptions, opensshTransport } from "../../provider/transport/openssh";
import { type SshOptions, sshTransport } from "../../provider/transport/ssh";
import type { Transport } from "../../provider/transport/transport";

export interface SshServer {
  readonly address: string;
  readonly port: number;
  readonly userKey: string;
  readonly knownHosts: string;
}

const NOBODY = { files: [], home: "/nonexistent" };

/** The server as one host on a way. */
export function hopTo(server: SshServer): SshHop {
  return {
    host: server.address,
    port: server.port,
    user: "root",
    privateKeyPath: server.userKey,
    knownHosts: [server.knownHosts],
  };
}

export function sshTo(server: SshServer, more: Partial<SshOptions> = {}): SshOptions {
  return { ...hopTo(server), files: NOBODY, dialErrorLimit: 0, ...more };
}

export function opensshTo(server: SshServer, more: Partial<OpensshOptions> = {}): OpensshOptions {
  return {
    host: server.address,
    port: server.port,
    user: "root",
    identityFile: server.userKey,
    knownHosts: [server.knownHosts],
    configFile: "none",
    ...more,
  };
}

/** What both can be given, and both ways with it. */
export type WaysOptions = Pick<SshOptions & OpensshOptions, "user" | "sudo" | "python">;
export const WAYS: readonly {
  readonly way: string;
  readonly to: (server: SshServer, more?: WaysOptions) => Transport;
}[] = [
  { way: "ssh2", to: (server, more) => sshTransport(sshTo(server, more)) },
  { way: "openssh", to: (server, more) => opensshTransport(opensshTo(server, more)) },
];

/** An agent starts and answers there; the user id that it has. */
export async function answers(transport: Transport): Promise<number> {
  const session = await Session.start(transport);
  await session.open(null);
  await session.close();
  return session.hello.uid;
}

/** What is said when no agent can be had there. */
export async function refusal(transport: Transport, deadlineSeconds = 20): Promise<string> {
  const error: unknown = await Session.start(transport, { deadlineSeconds }).then(
    (session) => void session.close(),
    (reason: unknown) => reason,
  );
  assert.ok(isHostError(error), `it answers, or ${String(error)}`);
  assert.equal(error.kind, "broken");
  return error.message;
}
