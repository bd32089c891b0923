/** What check sees of a set's links, one line for all of which the same is to be said. */
import { few } from "../../link-set/few";
import type { SetIdentity } from "../../link-set/model";

/** By key of a link. */
export type Notes = ReadonlyMap<string, string>;

const waiting = new Map<string, Notes>();

/** Of links that the set had already: only diff knows whether they are in its state. */
export const keepForDiff = ({ mark }: SetIdentity, notes: Notes): void =>
  void waiting.set(mark, notes);

/** Says what was kept of those links of which the plan does not say that they are made. */
export function sayKept(identity: SetIdentity, links: Readonly<Record<string, unknown>>): void {
  const kept = waiting.get(identity.mark) ?? new Map<string, string>();
  waiting.delete(identity.mark);
  sayNotes(identity, new Map([...kept].filter(([key]) => Object.hasOwn(links, key))));
}

export function sayNotes({ name }: SetIdentity, notes: Notes): void {
  const keysOf = new Map<string, string[]>();
  for (const [key, note] of notes) keysOf.set(note, [...(keysOf.get(note) ?? []), key]);
  for (const [note, keys] of keysOf)
    console.log(`pulumi-macvlan: ${name}: ${few(keys, 10)}: ${note}`);
}
