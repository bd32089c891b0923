/** The requests of one session that have no answer yet: a bounded number sent, the rest waiting. */
import type { End } from "../agent/protocol";

/** So many are sent at once. 20,000 cost 100 MB here and 46 MB in the agent; with 256 nothing idles. */
export const WINDOW = 256;

export interface Ask {
  readonly type: number;
  readonly payload: Uint8Array;
  /** What was tried, for errors: "change links". */
  readonly operation: string;
  /** Whether it can change the host: then an answer that is lost leaves the outcome unknown. */
  readonly changes: boolean;
}

export interface Answer extends End {
  readonly datagrams: readonly Uint8Array[];
}

export interface Waiting {
  readonly ask: Ask;
  readonly datagrams: Uint8Array[];
  /** Since when it has been silent, once it is its turn. */
  heard: number;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: Error) => void;
}

export class InFlight {
  readonly #sent = new Map<number, Waiting>();
  #queue: Waiting[] = [];
  #queueAt = 0;
  #lastId = 0;

  get isEmpty(): boolean {
    return this.#sent.size === 0 && this.#queueAt === this.#queue.length;
  }

  add(waiting: Waiting): void {
    this.#queue.push(waiting);
  }

  /** The next one that may be sent now, with the id it gets; undefined when the window is full. */
  next(): { requestId: number; ask: Ask } | undefined {
    const waiting = this.#sent.size < WINDOW ? this.#queue[this.#queueAt] : undefined;
    if (waiting === undefined) return undefined;
    // Not shift(), which takes time in proportion to what is left.
    if (++this.#queueAt === this.#queue.length) [this.#queue, this.#queueAt] = [[], 0];
    do this.#lastId = (this.#lastId % 0xffffffff) + 1;
    while (this.#sent.has(this.#lastId));
    waiting.heard = performance.now();
    this.#sent.set(this.#lastId, waiting);
    return { requestId: this.#lastId, ask: waiting.ask };
  }

  find(requestId: number): Waiting | undefined {
    return this.#sent.get(requestId);
  }

  finish(requestId: number): void {
    const wasOldest = this.oldest === this.#sent.get(requestId);
    this.#sent.delete(requestId);
    // The agent works in order, so the next one's time begins now.
    if (wasOldest && this.oldest !== undefined) this.oldest.heard = performance.now();
  }

  /** The agent answers in order, but for what its watchdog answers: only the oldest can be late. */
  get oldest(): Waiting | undefined {
    return this.#sent.values().next().value;
  }

  /** Empties it: what was sent, and what was not. */
  abandon(): { sent: Waiting[]; unsent: Waiting[] } {
    const all = { sent: [...this.#sent.values()], unsent: this.#queue.slice(this.#queueAt) };
    this.#sent.clear();
    [this.#queue, this.#queueAt] = [[], 0];
    return all;
  }
}
