import { HostError, isHostError } from "../../errors";
import type { LinkHost } from "../../host/link-host";
import { openHost, whenUnreachable } from "../../host/open-host";
import { isHere } from "../../link/host";
import type { Connection } from "../../link/model";
import type { Config } from "../../request";

/** What a user may choose for each of the two, and what comes of it. */
const WITHOUT = {
  forget: {
    instead: "The link is forgotten, and may still be there",
    offer: "If the host is gone for good, PULUMI_MACVLAN_UNREACHABLE=forget deletes without it",
  },
  keep: {
    instead: "What the state says of it is believed, unseen",
    offer: "PULUMI_MACVLAN_UNREACHABLE=keep believes the state for now",
  },
} as const;

/**
 * The host, or nothing where it cannot be reached and the user has said to do without it: "forget"
 * lets a delete leave what may still be there, "keep" lets a read believe what the state says.
 */
export async function reached(
  connection: Connection | undefined,
  config: Config,
  without: keyof typeof WITHOUT,
  operation: string,
): Promise<LinkHost | undefined> {
  const choice = whenUnreachable(connection, config);
  try {
    return await openHost(connection, config, "state");
  } catch (error) {
    if (!isHostError(error) || error.kind !== "broken") throw error;
    const { instead, offer } = WITHOUT[without];
    if (choice !== without) {
      // This machine is not gone for good.
      if (isHere(connection)) throw error;
      const { cure } = error.failure;
      const cures = cure === undefined ? offer : `${cure.replace(/[.]$/, "")}. ${offer}`;
      throw new HostError({ ...error.failure, cure: cures }, { cause: error });
    }
    console.log(`pulumi-macvlan: WARNING: Cannot ${operation}. ${error.message} ${instead}.`);
    return undefined;
  }
}
