import type { LinkHost } from "../../host/link-host";
import { interestIn } from "../../link/around";
import { parseLinkId } from "../../link/link-id";
import { KINDS, type LinkState } from "../../link/model";
import { inputsOf, stateOf } from "../../link/state";
import type { ReadAnswer, ReadRequest } from "../../request";
import { withItsAround } from "./around";
import { findElsewhere, noteElsewhere } from "./elsewhere";
import { findLink, lookFor } from "./find";
import { isOtherMachine, noteOtherMachine } from "./other-machine";
import { reached } from "./reached";
import { operationOn } from "./refused";
import { surroundings } from "./surroundings";
import { tapOf } from "./tap";
import { noteManyUsers, numbersIn } from "./tap-users";

/** What is there now; nothing where the link, or its namespace, is gone. */
export async function readLink({ id, state, config }: ReadRequest): Promise<ReadAnswer> {
  const operation = state.kind === undefined ? `read ${id}` : operationOn("read", state);
  const host = await reached(state.connection, config, "keep", operation);
  if (host === undefined) return { id, state, inputs: inputsOf(state) };
  if (state.identity !== undefined && isOtherMachine(host, state)) {
    noteOtherMachine(host, operation);
    return undefined;
  }
  const known = state.identity === undefined ? await fromId(host, id) : state;
  const { place, lower, link } = (known && (await findLink(host, known))) ?? {};
  if (known === undefined) return undefined;
  if (place === undefined || link === undefined) {
    const elsewhere = await findElsewhere(host, known);
    if (elsewhere === undefined) return undefined;
    // Neither gone nor drift: there it is its consumer's to set.
    noteElsewhere(known.name, elsewhere);
    return { id, state: known, inputs: inputsOf(known) };
  }
  const [tap, whole] = await Promise.all([
    tapOf(host, place.beside, link, known.tap),
    withItsAround(host, place, link, interestIn(known, known.identity.mark)),
    noteManyUsers(host, link, numbersIn(known, host)),
  ]);
  const now = stateOf(known, whole, await surroundings(host, place, link, lower, tap));
  return { id, state: now, inputs: inputsOf(now) };
}

/** Without a state (a resource that is looked up by its id) the link is taken for what it is. */
async function fromId(host: LinkHost, id: string): Promise<LinkState | undefined> {
  const parsed = parseLinkId(id);
  const { link } = (parsed && (await lookFor(host, { ...parsed, lowerDevice: "" }))) ?? {};
  const kind = KINDS.find((each) => each === link?.kind);
  if (parsed === undefined || link === undefined || kind === undefined) return undefined;
  const identity = { mark: link.mark ?? "", host: parsed.host };
  const kept = {
    kind,
    identity,
    declared: [],
    lowerDevice: "",
    ...(parsed.netns !== undefined && { netns: parsed.netns }),
  };
  return stateOf(kept, link, {
    bootId: host.bootId,
    actualLowerDevice: undefined,
    lowerAsNamed: false,
    lowerMtu: undefined,
  });
}
