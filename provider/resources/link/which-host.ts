import { localMachineId } from "../../host/machine";
import { openHost } from "../../host/open-host";
import { checkConnection } from "../../link/check-connection";
import type { CheckContext } from "../../link/check";
import { hostNameFor, hostOf, isHere, isSameHost } from "../../link/host";
import { hostIdOf } from "../../link/identity";
import type { LinkInputs } from "../../link/model";
import type { Config } from "../../request";

interface Asking {
  readonly config: Config;
  readonly isUnknown: (value: unknown) => boolean;
  /** Resolves when it has taken too long. */
  readonly late: Promise<undefined>;
}

/** Which host a link is to be on, and what it keeps if it is there already. */
export async function whichHost(
  connection: unknown,
  before: LinkInputs | undefined,
  asking: Asking,
): Promise<Pick<CheckContext, "host" | "machine" | "kept">> {
  const thisMachine = hostIdOf(localMachineId());
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

/** Nothing where nobody knows: then its name tells it from others. Why is said where it is looked at. */
async function machineBehind(
  given: unknown,
  { config, isUnknown, late }: Asking,
): Promise<string | undefined> {
  if (isUnknown(given) || config("snapshot") === "off") return undefined;
  let isWrong = false;
  const connection = checkConnection(given, () => (isWrong = true));
  if (isWrong) return undefined;
  const asked = openHost(connection, config).then(
    ({ machine }) => machine,
    () => undefined,
  );
  return Promise.race([asked, late]);
}
