/**
 * Logins at once, whatever launches them: docs/decisions/logins-at-once.md says how many, how long
 * each may hold its place, and why.
 */

/** Each costs a core of ours 20 ms. */
const AT_ONCE = 8;
/** A server takes ten before it drops some (MaxStartups), and counts one a moment longer than we do. */
const AT_ONE_SERVER = 6;
/** Ten times what a login takes. Who needs longer goes on without a place. */
const LONGEST_MS = 3000;

/** Gives a place back; only the first call counts. */
export type Leave = () => void;

export class Places {
  readonly #waiting = new Set<() => void>();
  #free: number;

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

/** Here: who logs in anywhere. */
export const logins = new Places(AT_ONCE, LONGEST_MS);

const servers = new Map<string, Places>();

/** At one server: who has a connection there, or wants one, and is not in yet. */
export function placesAt(host: string, port: number): Places {
  const name = `${host}:${port}`;
  const known = servers.get(name) ?? new Places(AT_ONE_SERVER);
  servers.set(name, known);
  return known;
}
