import { isHostError } from "../../errors";
import type { LinkHost } from "../../host/link-host";
import { openHost, whenUnreachable } from "../../host/open-host";
import type { Connection } from "../../link/model";
import type { Config } from "../../request";

/**
 * The host, or nothing where it cannot be reached and the user has said to do without it: "forget"
 * lets a delete leave what may still be there, "keep" lets a read believe what the state says.
 */
export async function reached(
  connection: Connection | undefined,
  config: Config,
  without: "forget" | "keep",
  operation: string,
): Promise<LinkHost | undefined> {
  const choice = whenUnreachable(connection, config);
  try {
    return await openHost(connection, config, "state");
  } catch (error) {
    if (choice !== without || !isHostError(error) || error.kind !== "broken") throw error;
    const instead =
      without === "forget"
        ? "The link is forgotten, and may still be there"
        : "What the state says of it is believed, unseen";
    console.log(`pulumi-macvlan: WARNING: Cannot ${operation}. ${error.message} ${instead}.`);
    return undefined;
  }
}
