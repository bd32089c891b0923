/**
 * How long check waits for a host. The engine asks check of one resource after the other, so what one
 * waits for a dead host, all wait that come after it.
 */
export class Patience {
  readonly #since = new Map<string, number>();

  constructor(private readonly ms: number) {}

  /**
   * So long from when the host was first asked for; nothing after that, unless the answer is there. One
   * that answers has all of it again: its connection may be made anew later in the run.
   */
  async wait<T>(host: string, answer: Promise<T>): Promise<T> {
    const since = this.#since.get(host) ?? performance.now();
    this.#since.set(host, since);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      const left = Math.max(0, since + this.ms - performance.now());
      timer = setTimeout(
        () => reject(new Error(`no answer from ${host} within ${this.ms / 1000} s`)),
        left,
      );
      timer.unref();
    });
    try {
      const answered = await Promise.race([answer, late]);
      this.#since.delete(host);
      return answered;
    } finally {
      clearTimeout(timer);
    }
  }
}
