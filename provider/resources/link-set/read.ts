import { few } from "../../link-set/few";
import type { LinkSetInputs, LinkSetState } from "../../link-set/model";
import type { ReadAnswer, ReadRequest } from "../../request";
import { readLink } from "../link";
import { idOf } from "./delete";
import { isOtherMachine, noteOtherMachine } from "../link/other-machine";
import { reached } from "../link/reached";
import { failureOf, operationOn, together } from "./together";

/** What is there now; nothing where none of its links is. */
export async function readSet({
  id,
  state,
  config,
}: ReadRequest<LinkSetState>): Promise<ReadAnswer<LinkSetInputs, LinkSetState>> {
  const operation = operationOn("read", state);
  const host = await reached(state.connection, config, "keep", operation);
  if (host === undefined) return { id, state };
  if (isOtherMachine(host, state)) {
    noteOtherMachine(host, operation);
    return undefined;
  }
  const { name } = state.identity;
  const links = new Map(Object.entries(state.links));
  const reading = await together(name, "read", links, (link) =>
    readLink({ id: idOf(link), state: link, config }),
  );
  if (reading.failed.size > 0)
    throw failureOf("read", state, reading, `${reading.done.size} of ${links.size} were read`);
  const { done } = reading;
  const seen = [...links.keys()].flatMap((key) => {
    const answer = done.get(key);
    return answer === undefined ? [] : [[key, answer.state] as const];
  });
  const gone = [...links.keys()].filter((key) => done.get(key) === undefined);
  if (gone.length > 0 && seen.length > 0)
    console.log(
      `pulumi-macvlan: ${name}: ${gone.length} of ${links.size} links are gone: ${few(gone, 10)}`,
    );
  if (gone.length === links.size && links.size > 0) return undefined;
  return { id, state: { ...state, links: Object.fromEntries(seen) } };
}
