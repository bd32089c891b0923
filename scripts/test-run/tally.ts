/** What a run of tests came to. */
export interface Tally {
  readonly passed: number;
  readonly failed: number;
  /** What failed and why, as far as that is known. */
  readonly failures: readonly string[];
  /** Full titles of the tests that did not run. */
  readonly skipped: readonly string[];
  /** Those that passed, each as "file: full title". */
  readonly proved: readonly string[];
}

export const EMPTY: Tally = { passed: 0, failed: 0, failures: [], skipped: [], proved: [] };
export const ONE_PASSED: Tally = { ...EMPTY, passed: 1 };
export const ONE_FAILED: Tally = { ...EMPTY, failed: 1 };

export function sum(tallies: readonly Tally[]): Tally {
  return tallies.reduce((all, one) => ({
    passed: all.passed + one.passed,
    failed: all.failed + one.failed,
    failures: [...all.failures, ...one.failures],
    skipped: [...all.skipped, ...one.skipped],
    proved: [...all.proved, ...one.proved],
  }));
}

/** The line that a run ends with. */
export function inWords({ passed, failed, skipped }: Tally): string {
  const line = `${passed} passed, ${failed} failed`;
  return skipped.length === 0 ? line : `${line}, ${skipped.length} skipped`;
}

/**
 * What mocha came to, by the file that `tally-reporter` wrote and by mocha's exit status. A mocha
 * that crashed wrote nothing; one that ran nothing proved nothing.
 */
export function judged(reported: Tally | undefined, succeeded: boolean): Tally {
  if (reported === undefined) return ONE_FAILED;
  const ran = reported.passed + reported.failed + reported.skipped.length;
  const silentFailure = reported.failed === 0 && (!succeeded || ran === 0);
  return silentFailure ? { ...reported, failed: 1 } : reported;
}

export interface AllowedSkip {
  /** The test's full title. */
  readonly test: string;
  readonly reason: string;
}

/** In CI nobody reads what was skipped, so it counts as a failure unless someone gave a reason. */
export function skipsAsFailures(tally: Tally, allowed: readonly AllowedSkip[]): Tally {
  const excused = new Set(allowed.filter(({ reason }) => reason !== "").map(({ test }) => test));
  const skipped = tally.skipped.filter((title) => excused.has(title));
  return { ...tally, failed: tally.failed + tally.skipped.length - skipped.length, skipped };
}
