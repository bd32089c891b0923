import { connectionBroken } from "../errors";
import type { Connection } from "../link/model";
import { omitUndefined } from "../omit-undefined";
import type { Config } from "../request";
import { localTransport } from "../transport/local";
import { LinkHost } from "./link-host";
import { Pool } from "./pool";
import { Session } from "./session";

const DEADLINE_SECONDS = 30;

const pool = new Pool<LinkHost>();

/** The host behind a connection: one agent per connection and run, whoever asks and however often. */
export function openHost(connection: Connection = {}, config: Config): Promise<LinkHost> {
  const { python = config("python") } = connection;
  if (connection.host !== undefined || connection.launcher !== undefined)
    return Promise.reject(
      connectionBroken({
        host: connection.host ?? connection.id ?? "the host",
        operation: "connect",
        cause: "this version reaches this machine only",
      }),
    );
  // The password in its place is not made use of yet: sudo may not ask for one.
  const sudo = connection.sudo !== undefined && connection.sudo !== false;
  const deadlineSeconds = connection.deadline ?? Number(config("deadline") ?? DEADLINE_SECONDS);
  return pool.get(JSON.stringify({ sudo, python, deadlineSeconds }), async () => {
    const transport = localTransport(omitUndefined({ sudo, python }));
    return new LinkHost(await Session.start(transport, { deadlineSeconds }));
  });
}
