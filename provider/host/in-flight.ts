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
  /** Sent before all that waits: a deadline on the host is running. */
  readonly first?: boolean;
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
  readonly #first = new Queue();
  readonly #queue = new Queue();
  #lastId = 0;

  get isEmpty(): boolean {
    return this.#sent.size + this.#first.size + this.#queue.size === 0;
  }

  /** How many could be sent now. */
  get sendable(): number {
    return Math.min(this.#first.size + this.#queue.size, WINDOW - this.#sent.size);
  }

  add(waiting: Waiting): void {
    (waiting.ask.first === true ? this.#first : this.#queue).add(waiting);
  }

  /** The next one that may be sent now, with the id it gets; undefined when the window is full. */
  next(): { requestId: number; ask: Ask } | undefined {
    if (this.#sent.size >= WINDOW) return undefined;
    const waiting = this.#first.take() ?? this.#queue.take();
    if (waiting === undefined) return undefined;
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
    const sent = [...this.#sent.values()];
    this.#sent.clear();
    return { sent, unsent: [...this.#first.drain(), ...this.#queue.drain()] };
  }
}

/** First in, first out; unlike shift(), taking costs nothing in proportion to what is left. */
class Queue {
  #all: Waiting[] = [];
  #at = 0;

  get size(): number {
    return this.#all.length - this.#at;
  }

  add(waiting: Waiting): void {
    this.#all.push(waiting);
  }

  take(): Waiting | undefined {
    const taken = this.#all[this.#at];
    if (taken !== undefined && ++this.#at === this.#all.length) this.drain();
    return taken;
  }

  drain(): Waiting[] {
    const left = this.#all.slice(this.#at);
    [this.#all, this.#at] = [[], 0];
    return left;
  }
}
