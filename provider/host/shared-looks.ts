/**
 * Looks that many ask for at the same moment, as when a set of links is made on one lower device,
 * are one. Never longer than that: what is seen must not be older than the question.
 */
export class SharedLooks {
  readonly #looks = new Map<string, unknown>();

  /** `what` says all that `look` depends on, and is only ever used with the same type. */
  share<T>(what: string, look: () => T): T {
    const begun = this.#looks.get(what);
    if (begun !== undefined) return begun as T;
    if (this.#looks.size === 0) queueMicrotask(() => this.forget());
    const looking = look();
    this.#looks.set(what, looking);
    return looking;
  }

  /** Who asks after a change that was asked for in the same moment sees what became of it. */
  forget(): void {
    this.#looks.clear();
  }
}
