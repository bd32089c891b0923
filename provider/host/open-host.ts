import { HostError } from "../errors";
import { isHere } from "../link/host";
import { type Connection, WHEN_UNREACHABLE, type WhenUnreachable } from "../link/model";
import type { Config } from "../request";
import { type Giver, resolve, type Resolved } from "./defaults";
import { LinkHost } from "./link-host";
import { outlast } from "./outlast";
import { Pool } from "./pool";
import { Session } from "./session";
import { transportTo } from "./transport-to";

const DEADLINE_SECONDS = 30;
const KEEPALIVE_SECONDS = 5;
/** A session costs its host two or three processes, and this side a login to have again. */
const IDLE_SECONDS = 60;

const pool = new Pool<LinkHost>();

/**
 * The host behind a connection: one agent per connection and run, whoever asks and however often.
 *
 * @param giver "state" where the connection is what an older program said: see `resolve`
 */
export async function openHost(
  given: Connection = {},
  config: Config,
  giver: Giver = "program",
): Promise<LinkHost> {
  const resolved = resolvedOnce(given, config, giver);
  const { deadline = DEADLINE_SECONDS, keepalive } = resolved.connection;
  return pool.get(resolved.key, async (lost) => {
    const isRemote = !isHere(resolved.connection);
    const transport = transportTo(resolved);
    const { everySeconds, count } = (keepalive === undefined ? transport.keepalive : undefined) ?? {
      everySeconds: keepalive ?? resolved.otherwise.keepalive ?? KEEPALIVE_SECONDS,
      count: undefined,
    };
    const session = await Session.start(transport, {
      isRemote,
      deadlineSeconds: deadline,
      keepaliveSeconds: isRemote ? everySeconds : 0,
      ...(count !== undefined && { keepaliveCount: count }),
      idleSeconds: isRemote ? IDLE_SECONDS : 0,
    });
    try {
      if (lost !== undefined) await outlast(lost.session, session);
      return new LinkHost(session);
    } catch (error) {
      void session.close();
      throw error;
    }
  });
}

const known = new WeakMap<Config, Map<string, Resolved>>();

/** What is configured stays so for a run, and a hundred links ask for one host. */
function resolvedOnce(given: Connection, config: Config, giver: Giver): Resolved {
  const all = known.get(config) ?? new Map<string, Resolved>();
  known.set(config, all);
  const key = `${giver} ${JSON.stringify(given)}`;
  const resolved = all.get(key) ?? resolve(given, config, giver);
  all.set(key, resolved);
  return resolved;
}

/** What becomes of a delete or a read of a host that cannot be reached. The run at hand may say otherwise than the program did. */
export function whenUnreachable(
  { host, unreachable }: Connection = {},
  config: Config,
): WhenUnreachable {
  const asked =
    config("unreachable", "environment") ?? unreachable ?? config("unreachable", "stack") ?? "fail";
  const known = WHEN_UNREACHABLE.find((each) => each === asked);
  if (known !== undefined) return known;
  throw new HostError({
    kind: "refused",
    operation: "connect",
    host: host ?? "this machine",
    cause: `unreachable: it is none of ${WHEN_UNREACHABLE.join(", ")}`,
  });
}
