import type { Difference } from "./link/diff";
import type { LinkInputs, LinkState } from "./link/model";

/**
 * What a handler is asked, whichever door the request came through. The dynamic provider knows no
 * URN, preview flag or signal; a provider plugin will.
 */
export interface CheckRequest {
  readonly inputs: Readonly<Record<string, unknown>>;
  /** Empty for a resource that is new. */
  readonly oldInputs?: Partial<LinkInputs> | undefined;
  readonly config: Config;
  readonly isUnknown: (value: unknown) => boolean;
}

export interface DiffRequest {
  readonly inputs: LinkInputs;
  readonly state: LinkState;
  readonly isUnknown: (value: unknown) => boolean;
}

export interface CreateRequest {
  readonly inputs: LinkInputs;
  readonly config: Config;
}

export interface ReadRequest {
  readonly id: string;
  readonly state: LinkState;
  readonly config: Config;
}

export interface UpdateRequest extends CreateRequest {
  readonly id: string;
  readonly state: LinkState;
}

export type DeleteRequest = ReadRequest;

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

/** `undefined` where the link is gone. */
export type ReadAnswer =
  { readonly id: string; readonly state: LinkState; readonly inputs: LinkInputs } | undefined;

/**
 * The resource exists, and is not what was asked for. State must record it, or it would leak.
 */
export class HalfMade extends Error {
  constructor(
    readonly id: string,
    readonly state: LinkState,
    readonly reasons: readonly string[],
    options?: { cause?: unknown },
  ) {
    super(reasons.join("\n"), options);
    this.name = "HalfMade";
  }
}
