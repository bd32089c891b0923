import type { LinkHost } from "../../host/link-host";
import { openHost } from "../../host/open-host";
import { checkConnection } from "../../link/check-connection";
import type { Connection } from "../../link/model";
import type { Config } from "../../request";
import { Patience } from "./patience";

// Preview must not hang on a host that is slow to answer.
export const LOOK_MS = 5000;
const patience = new Patience(LOOK_MS);

/** Each start has a deadline; with more at a time, they would wait for each other until it is over. */
const AT_ONCE = 32;

/** In messages. */
export function nameOf({ host, id, port }: Connection = {}): string {
  return [host ?? id ?? "this machine", ...(port === undefined ? [] : [port])].join(":");
}

/** The host, as long as check may wait for it. */
export function hostInTime(connection: Connection | undefined, config: Config): Promise<LinkHost> {
  return patience.wait(nameOf(connection), openHost(connection, config));
}

/**
 * Begins to connect to the hosts that a program is going to need, and to look at them: check is asked about
 * one resource after the other, and what it waits for is then on its way. What fails is told to whoever needs it.
 */
export function reachAhead(
  connections: unknown,
  config: Config,
  look: (host: LinkHost) => Promise<unknown>,
): void {
  if (typeof connections !== "string") return;
  const waiting = (JSON.parse(connections) as unknown[]).flatMap((given) => {
    const faults: string[] = [];
    const connection = checkConnection(given, (path) => faults.push(path));
    return faults.length > 0 || connection === undefined ? [] : [connection];
  });
  const reach = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift())
      await hostInTime(next, config)
        .then(look)
        .catch(() => undefined);
  };
  for (let n = 0; n < AT_ONCE; n++) void reach();
}
