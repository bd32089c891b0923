/** What went wrong, in the terms of what a caller can do about it. */
export type FailureKind =
  /** The kernel, or a file on the host, said no. Nothing of that step happened. */
  | "refused"
  /** The host could not be asked, or stopped answering before anything was changed. */
  | "broken"
  /** A change was sent and its answer was lost: it may or may not have happened. */
  | "unknown"
  /** What the operation needs is not there. */
  | "missing"
  /** It is there, and belongs to somebody else. */
  | "not-ours"
  /** The kernel accepted the change and holds something else than what was asked for. */
  | "differs";

export interface Failure {
  readonly kind: FailureKind;
  /** What was tried, as a clause: "create macvlan web on eth0". */
  readonly operation: string;
  /** Which host, in words; never an address with credentials in it. */
  readonly host: string;
  /** The deciding fact, in sentence case, without a full stop. */
  readonly cause: string;
  /** What to do about it. */
  readonly cure?: string | undefined;
  /** Positive errno, where a system call gave one. */
  readonly errno?: number | undefined;
  /** The kernel's own extended-ack text. */
  readonly kernelText?: string | undefined;
  /** There was a session, and it died meanwhile: a new one can be asked what became of it. */
  readonly sessionDied?: boolean | undefined;
}

// Two copies of this package can meet in one process (a program's own and a component's), so
// `instanceof` would miss the other's errors.
const BRAND = "pulumi-macvlan.HostError";

/** One error type for all that a host can do to us; `kind` says which. */
export class HostError extends Error {
  readonly brand = BRAND;
  readonly failure: Failure;

  constructor(failure: Failure, options?: { cause?: unknown }) {
    super(sentence(failure), options);
    this.name = "HostError";
    this.failure = failure;
  }

  get kind(): FailureKind {
    return this.failure.kind;
  }

  get errno(): number | undefined {
    return this.failure.errno;
  }
}

export function isHostError(error: unknown): error is HostError {
  return error instanceof Error && "brand" in error && error.brand === BRAND;
}

/** Not of a host that could not be reached, or would not let us in: trying again would not help there. */
export function isSessionLost(error: unknown): boolean {
  return isHostError(error) && error.failure.sessionDied === true;
}

/** The host cannot be asked; nothing was changed by the operation that failed. */
export function connectionBroken(failure: Omit<Failure, "kind">): HostError {
  return new HostError({ ...failure, kind: "broken" });
}

/** A change was under way when the answer was lost. */
export function outcomeUnknown(failure: Omit<Failure, "kind">): HostError {
  return new HostError({ ...failure, kind: "unknown" });
}

/** The text of any thrown value, for embedding in another message. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function sentence({ operation, host, cause, cure, kernelText }: Failure): string {
  const said = kernelText === undefined ? "" : ` (the kernel: "${kernelText}")`;
  const todo = cure === undefined ? "" : ` ${cure}${/[.!?]$/.test(cure) ? "" : "."}`;
  return `Cannot ${operation} on ${host}: ${cause}${said}.${todo}`;
}
