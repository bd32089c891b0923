import type { LinkState } from "../../link/model";
import type { LinkSetState } from "../../link-set/model";
import type { Config, DeleteRequest } from "../../request";
import { linkId } from "../../link/link-id";
import { deleteLink } from "../link";
import { isOtherMachine, noteOtherMachine } from "../link/other-machine";
import { reached } from "../link/reached";
import { failureOf, operationOn, type Outcome, together } from "./together";

/** Asked for in one moment, they go in bulk. */
export function deleteAll(
  name: string,
  links: ReadonlyMap<string, LinkState>,
  config: Config,
): Promise<Outcome<void>> {
  return together(name, "deleted", links, (state) =>
    deleteLink({ id: idOf(state), state, config }),
  );
}

/** What cannot be deleted stays in the state with all others: who deletes it again finds these gone. */
export async function deleteSet({ state, config }: DeleteRequest<LinkSetState>): Promise<void> {
  const operation = operationOn("delete", state);
  const host = await reached(state.connection, config, "forget", operation);
  if (host === undefined) return;
  if (isOtherMachine(host, state)) return noteOtherMachine(host, operation);
  const links = new Map(Object.entries(state.links));
  const deleting = await deleteAll(state.identity.name, links, config);
  if (deleting.failed.size > 0)
    throw failureOf(
      "delete",
      state,
      deleting,
      `${deleting.done.size} of its ${links.size} links are gone, which is no failure when it is run again`,
    );
}

export const idOf = ({ identity, netns, name }: LinkState): string =>
  linkId({ host: identity.host, netns, name });
