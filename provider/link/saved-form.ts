/**
 * How inputs and state lie in Pulumi's checkpoint. The engine writes all of it anew at every step, value
 * by value, so what only we read is one text there, and what is as in every new link is not there at all.
 * A state's connection is one text too, under its own name: if any part of what the program passed under that
 * name is a secret, the engine makes all of the text one.
 */
import { isDeepStrictEqual } from "node:util";
import { omitUndefined } from "../omit-undefined";
import type { Kind, LinkInputs, LinkState } from "./model";
import { AROUND } from "./around";
import { QUIET_NAMES, type QuietName, RECORD } from "./output-names";
import { forKind, PROPERTIES } from "./properties";
import { OF_OUR_OWN, readIdentity, readRecord, writeIdentity, writeRecord } from "./saved-texts";

type Saved = Readonly<Record<string, unknown>>;

export function saveInputs(inputs: Saved): Saved {
  const { identity, kind: _, machine: __, ...others } = inputs;
  // What is not known yet is a text already.
  if (typeof identity !== "object" || identity === null) return inputs;
  return { ...others, identity: writeIdentity(inputs as unknown as LinkInputs) };
}

export function loadInputs({ identity, ...saved }: Saved): LinkInputs {
  const isText = typeof identity === "string" && /^[[{]/.test(identity);
  const said = isText ? readIdentity(identity) : { identity };
  return omitUndefined({ ...saved, ...said }) as unknown as LinkInputs;
}

/** What a link that nobody said anything of has of all quiet outputs. */
const quietValuesOf = ({
  kind,
  lowerMtu,
  lowerDevice,
}: Pick<LinkState, "kind" | "lowerMtu" | "lowerDevice">): Saved => ({
  ...defaultsOf(kind),
  mtu: lowerMtu,
  actualLowerDevice: lowerDevice,
});

const defaults = new Map<Kind, Saved>();

/** Of those that do not rest on its lower device. */
function defaultsOf(kind: Kind): Saved {
  const known = defaults.get(kind);
  if (known !== undefined) return known;
  const found = Object.fromEntries(QUIET_NAMES.map((name) => [name, findDefault(name, kind)]));
  defaults.set(kind, found);
  return found;
}

function findDefault(name: QuietName, kind: Kind): unknown {
  if (name === "usedBroadcastQueueLength") return findDefault("broadcastQueueLength", kind);
  if (name === "operState") return "UP";
  if (name === "actualLowerDevice") return undefined;
  const { omitted, only } = PROPERTIES[name];
  if (only?.kind !== undefined && only.kind !== kind) return undefined;
  // Of these a new link says nothing, and nobody asks.
  if (AROUND.some((each) => each === name)) return undefined;
  switch (omitted.is) {
    case "left alone":
      return forKind(omitted.reset, kind);
    case "enforced":
      return forKind(omitted.value, kind) ?? omitted.reset;
    default:
      return undefined;
  }
}

export function saveState(state: LinkState): Saved {
  const outputs: Record<string, unknown> = { ...state };
  for (const field of OF_OUR_OWN) delete outputs[field];
  const seen: Record<string, unknown> = {};
  const quietValues = quietValuesOf(state);
  const declared = new Set(state.declared.map((path) => path.split(".")[0]));
  for (const name of QUIET_NAMES) {
    const isDeclared = declared.has(name);
    const [value, quiet] = [state[name], quietValues[name]];
    // Most are numbers, and the deep comparison is not cheap.
    const isAsEver =
      value === quiet || (typeof quiet === "object" && isDeepStrictEqual(value, quiet));
    if (!isDeclared && isAsEver) delete outputs[name];
    // A program that does not declare it has no output for it; one that this kernel does not have is none.
    else if (!isAsEver && (!isDeclared || state[name] === undefined))
      seen[name] = state[name] ?? null;
  }
  const { connection } = state;
  return {
    ...outputs,
    ...(connection && { connection: JSON.stringify(connection) }),
    [RECORD]: writeRecord(state, seen),
  };
}

/** An output that the program does not declare. */
export function quietOutput(
  record: string | undefined,
  lowerDevice: string,
  name: QuietName,
): unknown {
  if (record === undefined) return undefined;
  const { seen, ...recorded } = readRecord(record);
  if (seen === undefined) return undefined;
  return Object.hasOwn(seen, name)
    ? (seen[name] ?? undefined)
    : quietValuesOf({ ...recorded, lowerDevice })[name];
}

/** A state without a record is of a resource that is looked up by its id, or of the first layout, which had all in one. */
export function loadState({ [RECORD]: record, ...outputs }: Saved): LinkState {
  if (typeof record !== "string") return outputs as unknown as LinkState;
  const { seen, ...recorded } = readRecord(record);
  const lowerDevice = outputs["lowerDevice"] as string;
  const quiet = seen && { ...quietValuesOf({ ...recorded, lowerDevice }), ...valuesIn(seen) };
  const connection = connectionIn(outputs["connection"]);
  const state = { ...quiet, ...outputs, ...recorded, connection };
  return omitUndefined(state) as unknown as LinkState;
}

/** In an older layout it was an object. */
const connectionIn = (saved: unknown): unknown =>
  typeof saved === "string" ? (JSON.parse(saved) as unknown) : saved;

const valuesIn = (seen: Saved): Saved =>
  Object.fromEntries(Object.entries(seen).map(([name, value]) => [name, value ?? undefined]));
