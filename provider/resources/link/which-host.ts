import { localMachineId } from "../../host/machine";
import type { LinkHost } from "../../host/link-host";
import { checkConnection } from "../../link/check-connection";
import type { CheckContext } from "../../link/check";
import { hostNameFor, hostOf, isHere, isSameHost } from "../../link/host";
import { hostIdOf } from "../../link/identity";
import type { Connection, LinkInputs } from "../../link/model";

/** Rejects where a host cannot be reached, or not soon enough. */
export type Reach = (connection: Connection | undefined) => Promise<LinkHost>;

interface Asking {
  readonly isUnknown: (value: unknown) => boolean;
  /** Undefined where hosts are not to be asked. */
  readonly reach: Reach | undefined;
}

/** Which host a link is to be on, and what it keeps if it is there already. */
export async function whichHost(
  connection: unknown,
  before: Pick<LinkInputs, "connection" | "machine" | "identity"> | undefined,
  asking: Asking,
): Promise<Pick<CheckContext, "host" | "machine" | "kept">> {
  const thisMachine = thisMachineId();
  const host = hostNameFor(connection, thisMachine);
  const asked = isHere(connection) ? thisMachine : await machineBehind(connection, asking);
  const isThere =
    before !== undefined && isSameHost(hostOf(before), { connection, machine: asked });
  return {
    host,
    // Out of reach, it is still the machine that it was.
    machine: asked ?? (isThere ? hostOf(before).machine : undefined),
    kept: isThere ? before.identity : undefined,
  };
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
