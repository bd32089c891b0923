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
  const { sudo, python = config("python") } = connection;
  const deadlineSeconds = connection.deadline ?? Number(config("deadline") ?? DEADLINE_SECONDS);
  return pool.get(JSON.stringify({ sudo, python, deadlineSeconds }), async () => {
    const transport = localTransport(omitUndefined({ sudo, python }));
    return new LinkHost(await Session.start(transport, { deadlineSeconds }));
  });
}
