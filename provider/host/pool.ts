/** One of a kind per key and process: here, what is known of one host, and the session to it. */
import { isSessionLost } from "../errors";

/** What rests on a session, and is of no use without it. */
export interface Pooled {
  readonly session: {
    onEnd(listener: () => void): void;
    close(): Promise<void>;
  };
}

export class Pool<T extends Pooled> {
  readonly #all = new Map<string, Promise<T>>();
  /** What died and has no successor yet. */
  readonly #lost = new Map<string, T>();

  /**
   * What the key, which is the whole resolved connection, stands for. Whoever comes first starts it, and
   * whoever comes meanwhile shares that start. A failed start is kept for the run: a host that does
   * not answer is not waited for again by each of its fifty resources. What died is forgotten once
   * its successor, which is told of it, has started.
   */
  get(key: string, start: (lost?: T) => Promise<T>): Promise<T> {
    const known = this.#all.get(key);
    if (known !== undefined) return known;
    const starting = start(this.#lost.get(key));
    this.#all.set(key, starting);
    const forget = (): void => {
      if (this.#all.get(key) === starting) this.#all.delete(key);
    };
    starting.then(
      (started) => {
        this.#lost.delete(key);
        started.session.onEnd(() => {
          forget();
          this.#lost.set(key, started);
        });
      },
      // The host was there, so that another attempt is worth it.
      (error: unknown) => isSessionLost(error) && forget(),
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
