import { openHost } from "../../host/open-host";
import type { LinkInputs, LinkState } from "../../link/model";
import { few } from "../../link-set/few";
import { linksOf } from "../../link-set/members";
import type { LinkSetInputs, LinkSetState } from "../../link-set/model";
import { digestOf } from "../../link-set/saved-form";
import { type Config, type CreateRequest, HalfMade } from "../../request";
import { createLink } from "../link";
import { deleteAll } from "./delete";
import { failureOf, type Outcome, together } from "./together";

/** All of its links, or none. */
export async function createSet({
  inputs,
  config,
}: CreateRequest<LinkSetInputs>): Promise<{ id: string; state: LinkSetState }> {
  const { name } = inputs.identity;
  // One that cannot be reached is said once, and not by each link.
  await openHost(inputs.connection, config);
  const links = linksOf(inputs);
  const id = setId(inputs);
  const making = await makeAll(name, links, config);
  if (making.failed.size === 0) return { id, state: stateOf(inputs, making.done) };
  const there = new Map([...making.done, ...halfMadeIn(making)]);
  // One that may have been there before is not ours to take away.
  const mine = new Map([...there].filter(([key]) => links.get(key)?.adopt !== true));
  const undone = await deleteAll(name, mine, config);
  const left = new Map([...there].filter(([key]) => !undone.done.has(key)));
  if (left.size === 0) throw failureOf("create", inputs, making, "none of its links is there");
  const outcome = `${left.size} of its links are there: ${few([...left.keys()], 10)}`;
  const { message } = failureOf("create", inputs, making, outcome);
  throw new HalfMade<LinkSetState>(id, stateOf(inputs, left), [message]);
}

/** Links that are there, and are not what was asked for. */
export function halfMadeIn({ failed }: Outcome<unknown>): [string, LinkState][] {
  return [...failed].flatMap(([key, error]) =>
    error instanceof HalfMade ? [[key, (error as HalfMade).state] as [string, LinkState]] : [],
  );
}

export function makeAll(
  name: string,
  links: ReadonlyMap<string, LinkInputs>,
  config: Config,
): Promise<Outcome<LinkState>> {
  return together(name, "made", links, async (inputs) => {
    return (await createLink({ inputs, config })).state;
  });
}

/** Of what is there after the work for these inputs. */
export function stateOf(
  inputs: LinkSetInputs,
  links: ReadonlyMap<string, LinkState>,
): LinkSetState {
  const { kind, identity, connection, machine, allowRemake } = inputs;
  return {
    version: 1,
    kind,
    identity,
    ...(connection && { connection }),
    ...(machine !== undefined && { machine }),
    ...(allowRemake !== undefined && { allowRemake }),
    given: digestOf(inputs),
    links: Object.fromEntries(links),
  };
}

export const setId = ({ identity }: Pick<LinkSetInputs, "identity">): string =>
  `${identity.host}/set:${identity.mark}`;
