/**
 * Deletions that meet go together: the kernel takes 20 ms for one link, and hardly more for a group of
 * hundreds. See docs/decisions/bulk-deletes.md.
 */
import { randomBytes, randomInt } from "node:crypto";
import { setImmediate as allIsHeard } from "node:timers/promises";
import { isSessionLost } from "../errors";
import type { Device } from "../link/causes";
import { LEAST_TRANSITIONAL_GROUP } from "../link/identity";
import { isSameLink } from "../link/ownership";
import { NLM_F_ACK, NLM_F_CREATE, NLM_F_EXCL } from "../netlink/constants";
import {
  addAlternativeNames,
  deleteAlternativeName,
  deleteLinksOfGroup,
  setLinkNamed,
} from "../netlink/requests";
import type { LinkHost, ToldStep } from "./link-host";
import { inodeKey, type Namespace } from "./namespaces";
import { nextSequence } from "./step-messages";

/** Of each, two changes are armed on the host, and the agent does nothing else meanwhile. */
const MOST_TOGETHER = 500;

interface Doomed {
  readonly namespace: Namespace;
  readonly link: Device;
  readonly isSeenJustNow: boolean;
  readonly resolve: (wasThere: boolean) => void;
  readonly reject: (error: unknown) => void;
}

export class BulkDeletes {
  /** By namespace, what waits for the batch that runs there. */
  readonly #waiting = new Map<string, Doomed[]>();

  constructor(private readonly host: LinkHost) {}

  /** Of nothing that was asked for later does anybody wait: who comes while a batch runs is in the next. */
  delete(namespace: Namespace, link: Device, isSeenJustNow: boolean): Promise<boolean> {
    return new Promise((resolve, reject) => {
      const doomed = { namespace, link, isSeenJustNow, resolve, reject };
      const key = inodeKey(namespace);
      const waiting = this.#waiting.get(key);
      // By the time it is its turn that was a while ago.
      if (waiting !== undefined) return void waiting.push({ ...doomed, isSeenJustNow: false });
      const first = [doomed];
      this.#waiting.set(key, first);
      void this.#run(key, first);
    });
  }

  async #run(key: string, waiting: Doomed[]): Promise<void> {
    while (waiting.length > 0) {
      // What came in one piece with the answer that the first of them waited for.
      await allIsHeard();
      await this.#deleteAll(waiting.splice(0, MOST_TOGETHER));
    }
    this.#waiting.delete(key);
  }

  async #deleteAll(batch: readonly Doomed[]): Promise<void> {
    const isAlone = batch.length === 1;
    try {
      if (!isAlone && (await this.#together(batch))) {
        for (const { resolve } of batch) resolve(true);
        return;
      }
    } catch (error) {
      for (const { reject } of batch) reject(error);
      return;
    }
    await Promise.all(
      batch.map((doomed) => {
        const isSeenJustNow = isAlone && doomed.isSeenJustNow;
        return this.#oneByOne({ ...doomed, isSeenJustNow }).then(doomed.resolve, doomed.reject);
      }),
    );
  }

  /**
   * False where they must go one by one: then all of them, and whatever else was met, is as before.
   * Each gets a name that nothing else has, and only what has that name, and was seen to be the link
   * that is meant, is moved into the group that goes.
   */
  async #together(batch: readonly Doomed[]): Promise<boolean> {
    const { host } = this;
    const undo = host.session.newUndoId();
    const group = LEAST_TRANSITIONAL_GROUP + randomInt(0x80000000);
    const prefix = `pulumi-macvlan-deletes-${randomBytes(8).toString("hex")}`;
    const named = batch.map((doomed, n) => ({ ...doomed, name: `${prefix}-${n}` }));
    try {
      const [, ...seen] = await Promise.all([
        host.carryOut(undo, named.map(naming)),
        ...named.map(({ namespace, name }) => host.device(namespace, { name })),
      ]);
      const meant = named.flatMap(({ link, ...each }, n) => {
        const now = seen[n];
        return now !== undefined && isSameLink(now, link) ? [{ ...each, link: now }] : [];
      });
      if (meant.length === named.length) {
        const moves = meant.map((each) => moving(each, group));
        await Promise.all([
          host.carryOut(undo, [...moves, deletion(batch, group)]),
          host.session.disarm(undo),
        ]);
        return true;
      }
    } catch (error) {
      if (isSessionLost(error)) throw error;
    }
    await host.session.undo(undo);
    return false;
  }

  /** After a while its ifindex may be another's. */
  async #oneByOne({ namespace, link, isSeenJustNow }: Doomed): Promise<boolean> {
    const { ifindex } = link;
    const now = isSeenJustNow ? link : await this.host.device(namespace, { ifindex });
    if (now === undefined || !isSameLink(now, link)) return false;
    await this.host.deleteOne(namespace, ifindex);
    return true;
  }
}

interface Named extends Doomed {
  readonly name: string;
}

const ADDING = NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL;

function naming({ namespace: { handle }, link, name }: Named): ToldStep {
  const sequence = nextSequence();
  return {
    handle,
    message: addAlternativeNames(link.ifindex, [name], { sequence, flags: ADDING }),
    inverses: [{ handle, message: deleteAlternativeName(name, { sequence: nextSequence() }) }],
  };
}

function moving({ namespace: { handle }, link, name }: Named, group: number): ToldStep {
  const to = (IFLA_GROUP: number): Uint8Array =>
    setLinkNamed(name, { IFLA_GROUP }, { sequence: nextSequence() });
  return {
    handle,
    message: to(group),
    inverses: [{ handle, message: to(link.settings.group ?? 0) }],
  };
}

function deletion([first]: readonly Doomed[], group: number): ToldStep {
  const message = deleteLinksOfGroup(group, { sequence: nextSequence() });
  return { handle: first?.namespace.handle ?? 0, message, inverses: [] };
}
