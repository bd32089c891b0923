/** One of a kind per key and process: here, what is known of one host, and the session to it. */

/** What rests on a session, and is of no use without it. */
export interface Pooled {
  readonly session: {
    onEnd(listener: () => void): void;
    close(): Promise<void>;
  };
}

export class Pool<T extends Pooled> {
  readonly #all = new Map<string, Promise<T>>();

  /**
   * What the key, which is the whole resolved connection, stands for. Whoever comes first starts it, and
   * whoever comes meanwhile shares that start. A failed start is kept for the run: a host that does
   * not answer is not waited for again by each of its fifty resources. What died is forgotten.
   */
  get(key: string, start: () => Promise<T>): Promise<T> {
    const known = this.#all.get(key);
    if (known !== undefined) return known;
    const starting = start();
    this.#all.set(key, starting);
    const forget = (): void => {
      if (this.#all.get(key) === starting) this.#all.delete(key);
    };
    starting.then(
      ({ session }) => session.onEnd(forget),
      () => undefined,
    );
    return starting;
  }

  /** Ends every session, and forgets failed starts. */
  async close(): Promise<void> {
    const all = [...this.#all.values()];
    this.#all.clear();
    await Promise.allSettled(all.map(async (starting) => (await starting).session.close()));
  }
}
