/** A bound on how many do something at once. */

/** Gives a place back; only the first call counts. */
export type Leave = () => void;

export class Places {
  readonly #waiting = new Set<() => void>();
  #free: number;

  /** `longestMs`: who holds a place for longer goes on without it; without end by default. */
  constructor(
    atOnce: number,
    private readonly longestMs?: number,
  ) {
    this.#free = atOnce;
  }

  /** In the order in which they came. Rejects when the signal says that nobody waits any more. */
  async take(signal?: AbortSignal): Promise<Leave> {
    signal?.throwIfAborted();
    if (this.#free > 0) this.#free--;
    else await this.#turn(signal);
    let isTaken = true;
    const leave = (): void => {
      clearTimeout(late);
      if (!isTaken) return;
      isTaken = false;
      const [next] = this.#waiting;
      if (next === undefined) this.#free++;
      else next();
    };
    const late = this.longestMs && setTimeout(leave, this.longestMs).unref();
    return leave;
  }

  #turn(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const comes = (): void => {
        this.#waiting.delete(comes);
        signal?.removeEventListener("abort", ends);
        resolve();
      };
      const ends = (): void => {
        this.#waiting.delete(comes);
        reject(signal?.reason as Error);
      };
      this.#waiting.add(comes);
      signal?.addEventListener("abort", ends, { once: true });
    });
  }
}
