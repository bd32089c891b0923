import { isDeepStrictEqual } from "node:util";
import { messageOf } from "../../errors";
import { openHost } from "../../host/open-host";
import { omitUndefined } from "../../omit-undefined";
import type { LinkInputs, LinkState } from "../../link/model";
import { inputsOf } from "../../link/state";
import type { LinkSetInputs, LinkSetState } from "../../link-set/model";
import { linksOf } from "../../link-set/members";
import { planSet } from "../../link-set/plan";
import { type Config, HalfMade, type UpdateRequest } from "../../request";
import { updateLink } from "../link";
import { halfMadeIn, makeAll, stateOf } from "./create";
import { deleteAll, idOf } from "./delete";
import { refuseToRemake } from "./diff";
import { failureOf, type Outcome, together } from "./together";

/**
 * Touches those links alone that differ: changes them, deletes them, makes them, in this order, since a new one
 * may want what an old one has. When one fails, what was done is taken back, and state is what is there then.
 */
export async function updateSet({
  id,
  inputs,
  state,
  config,
}: UpdateRequest<LinkSetInputs, LinkSetState>): Promise<LinkSetState> {
  const wanted = linksOf(inputs);
  const plan = planSet(state, wanted, () => false);
  if (inputs.allowRemake === false) refuseToRemake(state, plan);
  await openHost(inputs.connection, config);
  const work = new Work(inputs, state, config);
  const failed =
    (await work.change(pick(wanted, [...plan.changed.keys()]))) ??
    (await work.delete([...plan.removed, ...plan.remade.keys()])) ??
    (await work.make(pick(wanted, [...plan.remade.keys(), ...plan.added])));
  if (failed === undefined) return stateOf(inputs, pick(work.there, [...wanted.keys()]));
  const notUndone = await work.undo();
  const undone = "what had been done was taken back";
  const butFor = notUndone && failureOf("take back", state, notUndone, "it is as it is").message;
  const error = failureOf(
    ...(["update", state, failed] as const),
    butFor === undefined ? undone : `${undone}, but not all: ${butFor}`,
  );
  const now = { ...state, links: Object.fromEntries(work.there) };
  if (isDeepStrictEqual(now, state)) throw error;
  throw new HalfMade<LinkSetState>(id, now, [messageOf(error)], { cause: error });
}

/** What is there of a set while it is changed, and what takes that back. */
class Work {
  readonly there: Map<string, LinkState>;
  readonly #before: ReadonlyMap<string, LinkState>;
  readonly #name: string;

  constructor(
    { identity, connection, machine }: LinkSetInputs,
    before: LinkSetState,
    private readonly config: Config,
  ) {
    this.#name = identity.name;
    // The host is the same, and may be reached by another way now.
    const hosted = omitUndefined({ connection, machine });
    this.#before = new Map(
      Object.entries(before.links).map(([key, { connection: _, machine: __, ...link }]) => [
        key,
        { ...link, ...hosted },
      ]),
    );
    this.there = new Map(this.#before);
  }

  /** Each answers its failures, or nothing. */
  async change(links: ReadonlyMap<string, LinkInputs>): Promise<Failures | undefined> {
    const changing = await together(this.#name, "changed", links, (inputs, key) => {
      const state = this.there.get(key) as LinkState;
      return updateLink({ id: idOf(state), inputs, state, config: this.config });
    });
    return this.#note(changing);
  }

  async delete(keys: readonly string[]): Promise<Failures | undefined> {
    const deleting = await deleteAll(this.#name, pick(this.there, keys), this.config);
    for (const key of deleting.done.keys()) this.there.delete(key);
    return failuresIn(deleting);
  }

  async make(links: ReadonlyMap<string, LinkInputs>): Promise<Failures | undefined> {
    return this.#note(await makeAll(this.#name, links, this.config));
  }

  #note(outcome: Outcome<LinkState>): Failures | undefined {
    for (const [key, state] of [...outcome.done, ...halfMadeIn(outcome)])
      this.there.set(key, state);
    return failuresIn(outcome);
  }

  /** Answers what could not be taken back. */
  async undo(): Promise<Failures | undefined> {
    const [before, now] = [this.#before, this.there];
    const isNew = (key: string): boolean => before.get(key)?.ifindex !== now.get(key)?.ifindex;
    const failures = [
      await this.delete([...now.keys()].filter(isNew)),
      await this.make(formerly([...before].filter(([key]) => !now.has(key)))),
      await this.change(
        formerly([...before].filter(([key, state]) => isOtherThan(state, now.get(key)))),
      ),
    ];
    return failures.find((each) => each !== undefined);
  }
}

type Failures = Pick<Outcome<unknown>, "failed">;

const failuresIn = (outcome: Failures): Failures | undefined =>
  outcome.failed.size > 0 ? outcome : undefined;

/** Those that were made anew to be as before have another ifindex, and no more is to be done for them. */
const isOtherThan = (before: LinkState, now: LinkState | undefined): boolean =>
  now !== undefined && now.ifindex === before.ifindex && !isDeepStrictEqual(before, now);

/** As its inputs would have been. */
const formerly = (
  links: readonly (readonly [string, LinkState])[],
): ReadonlyMap<string, LinkInputs> =>
  new Map(links.map(([key, state]) => [key, inputsOf(state)] as const));

function pick<T>(all: ReadonlyMap<string, T>, keys: readonly string[]): ReadonlyMap<string, T> {
  return new Map(keys.flatMap((key) => (all.has(key) ? [[key, all.get(key) as T] as const] : [])));
}
