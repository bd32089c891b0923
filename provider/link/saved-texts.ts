/**
 * The two texts in Pulumi's checkpoint that only we read, as they are laid out now and were before. A quote in
 * a text is two bytes there, so parts have places in a list and no names.
 */
import { omitUndefined } from "../omit-undefined";
import type { Identity, Kind, LinkState } from "./model";

/** What every state has of what is for nobody's eyes but ours, in this order. */
const PLACES = [
  "version",
  "kind",
  "identity",
  "machine",
  "declared",
  "lowerMtu",
  "bootId",
] as const satisfies readonly (keyof LinkState)[];

const SELDOM = [
  "adoptedMac",
  "sysctlsBefore",
  "markLost",
] as const satisfies readonly (keyof LinkState)[];

/** What of a state are no outputs. */
export const OF_OUR_OWN = [...PLACES, ...SELDOM] as const;

export interface Recorded extends Pick<LinkState, (typeof OF_OUR_OWN)[number]> {
  /** Outputs that are not as ever and that no program declares; absent in a layout that had every output. */
  readonly seen?: Readonly<Record<string, unknown>>;
}

export function writeRecord(state: LinkState, seen: Readonly<Record<string, unknown>>): string {
  const seldom = omitUndefined({
    ...Object.fromEntries(SELDOM.map((name) => [name, state[name]])),
    seen: Object.keys(seen).length > 0 ? seen : undefined,
  });
  const placed = PLACES.map((name) =>
    name === "identity" ? briefly(state.identity) : state[name],
  );
  return JSON.stringify(Object.keys(seldom).length > 0 ? [...placed, seldom] : placed);
}

export function readRecord(text: string): Recorded {
  const said = JSON.parse(text) as readonly unknown[] | Recorded;
  if (!isList(said)) return { ...said, identity: inFull(said.identity) };
  const placed = Object.fromEntries(PLACES.map((name, n) => [name, said[n] ?? undefined]));
  const seldom = { seen: {}, ...(said[PLACES.length] as Partial<Recorded> | undefined) };
  const identity = inFull(placed["identity"] as Brief);
  return omitUndefined({ ...placed, identity, ...seldom }) as unknown as Recorded;
}

interface Declared {
  readonly identity: Identity;
  readonly kind?: Kind | undefined;
  readonly machine?: string | undefined;
}

/** What of inputs only we read. */
export const writeIdentity = ({ identity, kind, machine }: Declared): string =>
  JSON.stringify([...briefly(identity), kind, machine]);

/** Kind and machine are not in those of an older layout. */
export function readIdentity(text: string): Declared {
  const said = JSON.parse(text) as Brief | Identity;
  const [, , , , kind, machine] = isList(said) ? said : [];
  return omitUndefined({ identity: inFull(said), kind, machine: machine ?? undefined });
}

type Brief = readonly [
  ...[mark: string, host: string, name: string | null, macAddress: string | null],
  ...[kind?: Kind, machine?: string | null],
];

/** In JSON what a list does not have is null. */
const briefly = ({ mark, host, name, macAddress }: Identity) => [mark, host, name, macAddress];

/** Of an older layout it was an object. */
function inFull(said: Brief | Identity): Identity {
  if (!isList(said)) return said;
  const [mark, host, name, macAddress] = said;
  return omitUndefined({
    mark,
    host,
    name: name ?? undefined,
    macAddress: macAddress ?? undefined,
  });
}

const isList = <L extends readonly unknown[]>(said: L | object): said is L => Array.isArray(said);
