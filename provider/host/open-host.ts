import { HostError } from "../errors";
import { checkConnection } from "../link/check-connection";
import { CONNECTION_FIELDS } from "../link/connection-fields";
import { type Connection, WHEN_UNREACHABLE, type WhenUnreachable } from "../link/model";
import type { Config } from "../request";
import { LinkHost } from "./link-host";
import { Pool } from "./pool";
import { Session } from "./session";
import { transportTo } from "./transport-to";

const DEADLINE_SECONDS = 30;
const KEEPALIVE_SECONDS = 5;

const pool = new Pool<LinkHost>();

/** The host behind a connection: one agent per connection and run, whoever asks and however often. */
export async function openHost(given: Connection = {}, config: Config): Promise<LinkHost> {
  const connection = withDefaults(given, config);
  const { deadline = DEADLINE_SECONDS, keepalive = KEEPALIVE_SECONDS } = connection;
  return pool.get(keyOf(connection), async () => {
    const isRemote = connection.host !== undefined || connection.launcher !== undefined;
    const session = await Session.start(transportTo(connection), {
      isRemote,
      deadlineSeconds: deadline,
      keepaliveSeconds: isRemote ? keepalive : 0,
    });
    return new LinkHost(session);
  });
}

/** The same for the same connection, in whatever order its fields came. */
function keyOf(connection: Connection): string {
  return JSON.stringify(connection, (_field, value: unknown) =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
}

/** What becomes of a delete or a read of a host that cannot be reached. The run at hand may say otherwise than the program did. */
export function whenUnreachable(
  { host, unreachable = "fail" }: Connection = {},
  config: Config,
): WhenUnreachable {
  const asked = config("unreachable") ?? unreachable;
  const known = WHEN_UNREACHABLE.find((each) => each === asked);
  if (known !== undefined) return known;
  throw new HostError({
    kind: "refused",
    operation: "connect",
    host: host ?? "this machine",
    cause: `unreachable: "${asked}" is none of ${WHEN_UNREACHABLE.join(", ")}`,
  });
}

const ON_ANY_HOST = ["python", "deadline"] as const;
const OVER_SSH = [
  ...["user", "password", "privateKey", "privateKeyPassword", "privateKeyPath"],
  ...["agentSocketPath", "hostKeyPolicy", "launcher"],
  ...["perDialTimeout", "dialErrorLimit", "keepalive"],
] as readonly (keyof Connection)[];

/**
 * What the program leaves out may come from the environment or the stack, so that no credential needs
 * to be in the state, and a run that deletes can be told what the last program did not know.
 */
export function withDefaults(given: Connection, config: Config): Connection {
  const names = given.host === undefined ? ON_ANY_HOST : [...ON_ANY_HOST, ...OVER_SSH];
  const byOpenssh = (given.launcher ?? config("launcher")) === "openssh";
  const found = names.flatMap((name) => {
    const isTaken = !(byOpenssh && CONNECTION_FIELDS[name].insteadForOpenssh !== undefined);
    const value = given[name] === undefined && isTaken ? config(name) : undefined;
    return value === undefined ? [] : [[name, value] as const];
  });
  if (found.length === 0) return given;
  const failures: string[] = [];
  const connection = checkConnection({ ...given, ...Object.fromEntries(found) }, (path, reason) =>
    failures.push(`${path}: ${reason}`),
  );
  if (failures.length === 0) return connection ?? {};
  throw new HostError({
    kind: "refused",
    operation: "connect",
    host: given.host ?? "this machine",
    cause: failures.join("; "),
    cure: `Correct what the environment (PULUMI_MACVLAN_…) or the stack (macvlan:…) says of it`,
  });
}
