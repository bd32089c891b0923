import { localMachineId } from "../../host/machine";
import type { LinkHost } from "../../host/link-host";
import { checkConnection } from "../../link/check-connection";
import type { CheckContext } from "../../link/check";
import { type Host, hostNameFor, hostOf, isHere, isSameHost } from "../../link/host";
import { hostIdOf } from "../../link/identity";
import type { Connection, LinkInputs } from "../../link/model";

/** Rejects where a host cannot be reached, or not soon enough. */
export type Reach = (connection: Connection | undefined) => Promise<LinkHost>;

type Hosted = Pick<LinkInputs, "connection" | "machine" | "identity">;

interface Asking {
  readonly isUnknown: (value: unknown) => boolean;
  /** Undefined where hosts are not to be asked. */
  readonly reach: Reach | undefined;
}

/** Which host a link is to be on, and what it keeps if it is there already. */
export async function whichHost(
  connection: unknown,
  before: Hosted | undefined,
  asking: Asking,
): Promise<Pick<CheckContext, "host" | "machine" | "kept">> {
  const thisMachine = thisMachineId();
  const host = hostNameFor(connection, thisMachine);
  const asked = isHere(connection) ? thisMachine : await machineBehind(connection, asking);
  const now = { connection, machine: asked };
  const isThere =
    before !== undefined && isSameHost(await hostBefore(before, host, now, asking), now);
  return {
    host,
    // Out of reach, it is still the machine that it was.
    machine: asked ?? (isThere ? hostOf(before).machine : undefined),
    kept: isThere ? before.identity : undefined,
  };
}

/**
 * What create learned of a machine stands in the state alone, which diff is shown and check is not: so the old
 * way there is asked. Where that leads nowhere any more, it may be the same machine; diff will know.
 */
async function hostBefore(
  before: Hosted,
  name: string,
  { machine }: Host,
  asking: Asking,
): Promise<Host> {
  const host = hostOf(before);
  if (host.machine !== undefined || machine === undefined || before.identity.host === name)
    return host;
  return { ...host, machine: (await machineBehind(before.connection, asking)) ?? machine };
}

let known: string | undefined;
/** Asked for with each link of a run. */
const thisMachineId = (): string => (known ??= hostIdOf(localMachineId()));

/** Nothing where nobody knows: then its name tells it from others. Why is said where it is looked at. */
async function machineBehind(
  given: unknown,
  { isUnknown, reach }: Asking,
): Promise<string | undefined> {
  if (isUnknown(given) || reach === undefined) return undefined;
  let isWrong = false;
  const connection = checkConnection(given, () => (isWrong = true));
  if (isWrong) return undefined;
  return reach(connection).then(
    ({ machine }) => machine,
    () => undefined,
  );
}
