import type { Difference } from "./link/diff";
import type { LinkInputs, LinkState } from "./link/model";

/**
 * What a handler is asked, whichever door the request came through. The dynamic provider knows no
 * URN, preview flag or signal; a provider plugin will.
 */
export interface CheckRequest<I = LinkInputs> {
  readonly inputs: Readonly<Record<string, unknown>>;
  /** Empty for a resource that is new. */
  readonly oldInputs?: Partial<I> | undefined;
  readonly config: Config;
  readonly isUnknown: (value: unknown) => boolean;
}

export interface DiffRequest<I = LinkInputs, S = LinkState> {
  readonly inputs: I;
  readonly state: S;
  readonly isUnknown: (value: unknown) => boolean;
}

export interface CreateRequest<I = LinkInputs> {
  readonly inputs: I;
  readonly config: Config;
}

export interface ReadRequest<S = LinkState> {
  readonly id: string;
  readonly state: S;
  readonly config: Config;
}

export interface UpdateRequest<I = LinkInputs, S = LinkState> extends CreateRequest<I> {
  readonly id: string;
  readonly state: S;
}

export type DeleteRequest<S = LinkState> = ReadRequest<S>;

/**
 * What the environment says, else what the stack's configuration says; or what one of the two says.
 * The key is without its namespace: "deadline".
 */
export type Config = (key: string, from?: ConfigSource) => string | undefined;

export type ConfigSource = "environment" | "stack";

export interface CheckAnswer {
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly failures: readonly { readonly property: string; readonly reason: string }[];
}

export interface DiffAnswer {
  /** Where the difference can be seen; "in the kernel" alone when the inputs are what they were. */
  readonly changes: "none" | "in the inputs" | "in the kernel";
  readonly differences: readonly Difference[];
  /** The properties that make it a replacement. */
  readonly replaces: string[];
  readonly deleteBeforeReplace: boolean;
}

/** `undefined` where the resource is gone; without inputs they stay as they were. */
export type ReadAnswer<I = LinkInputs, S = LinkState> =
  { readonly id: string; readonly state: S; readonly inputs?: I } | undefined;

/** What a type of resource answers, whichever door asks. */
export interface Handlers<I, S> {
  readonly check: (request: CheckRequest<I>) => Promise<CheckAnswer>;
  readonly diff: (request: DiffRequest<I, S>) => Omit<DiffAnswer, "differences">;
  readonly create: (request: CreateRequest<I>) => Promise<{ id: string; state: S }>;
  readonly read: (request: ReadRequest<S>) => Promise<ReadAnswer<I, S>>;
  readonly update: (request: UpdateRequest<I, S>) => Promise<S>;
  readonly delete: (request: DeleteRequest<S>) => Promise<void>;
}

/** How inputs and state of a type lie in Pulumi's checkpoint. */
export interface SavedForm<I, S> {
  readonly saveInputs: (inputs: Readonly<Record<string, unknown>>) => object;
  readonly loadInputs: (saved: Readonly<Record<string, unknown>>) => I;
  readonly saveState: (state: S) => object;
  readonly loadState: (saved: Readonly<Record<string, unknown>>) => S;
}

/**
 * The resource exists, and is not what was asked for. State must record it, or it would leak.
 */
export class HalfMade<S = LinkState> extends Error {
  constructor(
    readonly id: string,
    readonly state: S,
    readonly reasons: readonly string[],
    options?: { cause?: unknown },
  ) {
    super(reasons.join("\n"), options);
    this.name = "HalfMade";
  }
}
