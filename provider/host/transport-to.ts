import { commandTransport } from "../transport/command";
import { localTransport } from "../transport/local";
import type * as Openssh from "../transport/openssh";
import type * as Ssh from "../transport/ssh";
import type { Transport } from "../transport/transport";
import type { Resolved } from "./defaults";

/* eslint-disable @typescript-eslint/no-require-imports --
   The ways over SSH are loaded when they are gone: they take longer to load than all the rest, and a local run has no use for them. */

/** How an agent is started at the other end of a connection. */
export function transportTo({ connection, past, otherwise }: Resolved): Transport {
  const { host, id = "", launcher, python, sudo } = connection;
  if (typeof launcher === "object")
    return commandTransport({ command: launcher.command, host: id, python, sudo });
  if (host === undefined) return localTransport({ python, sudo });
  if (launcher === "openssh") {
    const { port, user, privateKeyPath, knownHosts, hostKeyPolicy, perDialTimeout } = connection;
    const { opensshTransport } = require("../transport/openssh") as typeof Openssh;
    return opensshTransport({
      host,
      port,
      user,
      python,
      sudo,
      identityFile: privateKeyPath,
      pastIdentityFile: past?.privateKeyPath,
      otherwise,
      knownHosts,
      hostKeyPolicy,
      connectTimeoutSeconds: perDialTimeout,
    });
  }
  const { sshTransport } = require("../transport/ssh") as typeof Ssh;
  return sshTransport({ ...connection, host, past, otherwise });
}
