/**
 * How inputs and state lie in Pulumi's checkpoint. The engine writes all of it anew at every step, value
 * by value, so what only we read is one text there, and no object of ten values.
 */
import { omitUndefined } from "../omit-undefined";
import type { Identity, LinkInputs, LinkState } from "./model";

type Saved = Readonly<Record<string, unknown>>;

/** What of a state is for nobody's eyes but ours; the rest are outputs. */
const RECORDED = [
  "version",
  "kind",
  "identity",
  "machine",
  "declared",
  "adoptedMac",
  "markLost",
  "lowerMtu",
  "bootId",
] as const satisfies readonly (keyof LinkState)[];

const RECORD = "record";

export function saveInputs(inputs: Saved): Saved {
  const { identity } = inputs;
  // What is not known yet is a text already.
  return typeof identity === "object" && identity !== null
    ? { ...inputs, identity: spelled(identity as Identity) }
    : inputs;
}

export function loadInputs(saved: Saved): LinkInputs {
  const { identity } = saved;
  const isText = typeof identity === "string" && identity.startsWith("{");
  return (isText
    ? { ...saved, identity: JSON.parse(identity) as Identity }
    : saved) as unknown as LinkInputs;
}

export function saveState(state: LinkState): Saved {
  const outputs: Record<string, unknown> = { ...state };
  for (const field of RECORDED) delete outputs[field];
  const recorded = RECORDED.map((field) => [field, state[field]] as const);
  return { ...outputs, [RECORD]: JSON.stringify(Object.fromEntries(recorded)) };
}

/** A state without a record is of a resource that is looked up by its id, or of the first layout, which had all in one. */
export function loadState({ [RECORD]: record, ...outputs }: Saved): LinkState {
  const recorded = typeof record === "string" ? (JSON.parse(record) as object) : {};
  return { ...outputs, ...recorded } as unknown as LinkState;
}

/** In one order: the engine compares it as text. */
function spelled({ mark, host, name, macAddress }: Identity): string {
  return JSON.stringify(omitUndefined({ mark, host, name, macAddress }));
}
