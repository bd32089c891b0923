/** The links of a set, each as the inputs of a single link. */
import { checkLink, type CheckFailure } from "../link/check";
import type { LinkInputs } from "../link/model";
import type { LinkSetInputs, Overrides, SetIdentity } from "./model";

/** How many links a set may have: one message of the engine holds them all. */
export const MOST_LINKS = 10_000;

export const PLACE_OF_NUMBER = "{n}";

/** What a program says of the set, and not of its links. */
export const SET_INPUTS = [
  ...["kind", "identity", "connection", "machine", "links", "count", "namePattern", "allowRemake"],
  ...["resourceUrn", "hostsAhead", "waits"],
] as const;

export interface Member {
  readonly inputs: LinkInputs;
  readonly failures: readonly CheckFailure[];
}

type Given = Readonly<Record<string, unknown>>;

/** Keys of the set's links, in their order. */
export function keysOf({ links, count = 0, namePattern, identity }: LinkSetInputs): string[] {
  if (links !== undefined) return Object.keys(links);
  const pattern = namePattern ?? `${identity.name}${PLACE_OF_NUMBER}`;
  return Array.from({ length: count }, (_, n) => pattern.replace(PLACE_OF_NUMBER, String(n)));
}

/** By key: a link that is called as its key where it does not say otherwise. */
export function membersOf(
  inputs: LinkSetInputs,
  isUnknown: (value: unknown) => boolean,
): ReadonlyMap<string, Member> {
  const { identity, links = {}, connection, machine, kind } = inputs;
  const shared = sharedBy(inputs);
  const context = { host: identity.host, machine, isUnknown };
  const hosted = connection === undefined ? {} : { connection };
  return new Map(
    keysOf(inputs).map((key) => {
      const own: Overrides = links[key] ?? {};
      const given = { ...shared, ...own, kind, resourceUrn: urnOf(identity, key) };
      const checked = checkLink(given, context);
      return [
        key,
        { ...checked, inputs: { ...checked.inputs, ...hosted } as unknown as LinkInputs },
      ] as const;
    }),
  );
}

/** The same of inputs that were checked already. */
export const linksOf = (
  inputs: LinkSetInputs,
  isUnknown: (value: unknown) => boolean = () => false,
): ReadonlyMap<string, LinkInputs> =>
  new Map([...membersOf(inputs, isUnknown)].map(([key, member]) => [key, member.inputs]));

/** What all links have where they do not say otherwise. */
export function sharedBy(given: Given | LinkSetInputs): Given {
  return Object.fromEntries(
    Object.entries(given).filter(([name]) => !SET_INPUTS.some((each) => each === name)),
  );
}

/**
 * In place of the URN that a single link has: of the set's mark, so that whatever becomes of stack, parent and
 * name, its links keep their marks, names and MAC addresses without each having them saved.
 */
export const urnOf = ({ mark }: SetIdentity, key: string): string =>
  `urn:pulumi:${mark}::pulumi-macvlan::LinkSet::${key}`;
