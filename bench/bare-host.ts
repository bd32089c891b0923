import type { Connection } from "../provider/link/model";
import type { Fleet, FleetHost } from "../tests/support/fleet";

/** For sshd_config: what this machine's own root has its shell do at each login is no part of a comparison. */
export const BARE_SHELL = ["SetEnv HOME=/nonexistent"];

/** As all contestants understand it. */
export function connectionTo(
  { userKey, knownHosts }: Pick<Fleet, "userKey" | "knownHosts">,
  { address }: Pick<FleetHost, "address">,
): Connection {
  return { host: address, user: "root", privateKeyPath: userKey, knownHosts: [knownHosts] };
}
