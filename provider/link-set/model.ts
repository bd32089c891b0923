import type { Connection, Kind, LinkState, Settings, Switches } from "../link/model";

/** What tells a set from others, and what the marks, names and MAC addresses of its links are made of. */
export interface SetIdentity {
  /** A hash of the URN under which the set was first declared. */
  readonly mark: string;
  /** What the host was called then, as in a link's identity. */
  readonly host: string;
  /** The resource's name then, for messages. */
  readonly name: string;
}

/** What a link of a set may say for itself. */
export type Overrides = Settings & Switches;

/** What check leaves of a program's arguments: what all links have, and what one has for itself. */
export interface LinkSetInputs extends Settings, Switches {
  readonly kind: Kind;
  readonly identity: SetIdentity;
  readonly connection?: Connection;
  readonly machine?: string;
  /** Either these, by key, … */
  readonly links?: Readonly<Record<string, Overrides>>;
  /** … or so many, whose keys are the pattern with a number in place of `{n}`. */
  readonly count?: number;
  readonly namePattern?: string;
  readonly allowRemake?: boolean;
}

/** What is saved of a set: its links, each as it would be saved by itself. */
export interface LinkSetState {
  readonly version: 1;
  readonly kind: Kind;
  readonly identity: SetIdentity;
  readonly connection?: Connection;
  readonly machine?: string;
  readonly allowRemake?: boolean;
  /** A digest of the inputs: neither diff nor read is given the old ones. */
  readonly given: string;
  readonly links: Readonly<Record<string, LinkState>>;
}
