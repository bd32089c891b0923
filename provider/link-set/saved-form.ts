/** How the state of a set lies in Pulumi's checkpoint: of each link, what differs from the first. */
import { isDeepStrictEqual } from "node:util";
import { createHash } from "node:crypto";
import { identify } from "../link/identity";
import type { Identity, LinkState } from "../link/model";
import { RECORD } from "../link/output-names";
import { OF_OUR_OWN } from "../link/saved-texts";
import { urnOf } from "./members";
import type { LinkSetInputs, LinkSetState, SetIdentity } from "./model";

type Fields = Readonly<Record<string, unknown>>;

/** What the set says for all of its links. */
const OF_THE_SET = ["version", "kind", "machine", "connection", "identity"] as const;

type Recorded = Omit<LinkSetState, "connection" | "links"> & {
  readonly common: Fields;
  readonly links: Readonly<Record<string, Fields>>;
};

export function saveState({ connection, links, ...rest }: LinkSetState): object {
  const flat = Object.entries(links).map(
    ([key, link]) => [key, fieldsOf(rest, key, link)] as const,
  );
  const common = withoutExpected(flat[0]?.[1] ?? {});
  const recorded: Recorded = {
    ...rest,
    common,
    links: Object.fromEntries(flat.map(([key, fields]) => [key, differing(fields, common)])),
  };
  return { ...(connection && { connection }), [RECORD]: JSON.stringify(recorded) };
}

export function loadState({ [RECORD]: record, connection }: Fields): LinkSetState {
  const { common, links, ...rest } = JSON.parse(String(record)) as Recorded;
  const set = { ...rest, ...(connection !== undefined && { connection }) } as Omit<
    LinkSetState,
    "links"
  >;
  return {
    ...set,
    links: Object.fromEntries(
      Object.entries(links).map(([key, own]) => [key, linkFrom(set, key, { ...common, ...own })]),
    ),
  };
}

/** What a program sees of each link. */
export type LinkOutputs = Omit<LinkState, (typeof OF_OUR_OWN)[number]>;

export function outputsOf(record: string): Readonly<Record<string, LinkOutputs>> {
  const hidden: readonly string[] = OF_OUR_OWN;
  const visible = (link: LinkState): LinkOutputs =>
    Object.fromEntries(
      Object.entries(link).filter(([name]) => !hidden.includes(name)),
    ) as unknown as LinkOutputs;
  return Object.fromEntries(
    Object.entries(loadState({ [RECORD]: record }).links).map(([key, link]) => [
      key,
      visible(link),
    ]),
  );
}

/** The same for the same inputs, in whatever order they come. */
export function digestOf(inputs: LinkSetInputs): string {
  const inOrder = (_: string, value: unknown): unknown =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value;
  const { connection: _, ...rest } = inputs;
  return createHash("sha256")
    .update(JSON.stringify(rest, inOrder))
    .digest("base64url")
    .slice(0, 16);
}

/** Which of its identity was generated; the rest follows from the key. */
type Generated = readonly ("name" | "macAddress")[];

function fieldsOf(set: { readonly identity: SetIdentity }, key: string, link: LinkState): Fields {
  const { name, macAddress } = link.identity;
  const generated: Generated = [
    ...(name === undefined ? [] : ["name" as const]),
    ...(macAddress === undefined ? [] : ["macAddress" as const]),
  ];
  const expected: Fields = expectedOf(madeFor(set.identity, key), link);
  const ofTheSet: readonly string[] = OF_THE_SET;
  const own = Object.entries(link).filter(([field]) => !ofTheSet.includes(field));
  const missing = Object.keys(expected).filter((field) => !(field in link));
  return {
    ...Object.fromEntries(own.filter(([field, value]) => value !== expected[field])),
    ...Object.fromEntries(missing.map((field) => [field, null])),
    generated,
  };
}

function linkFrom(
  { version, kind, machine, connection, identity }: Omit<LinkSetState, "links">,
  key: string,
  { generated, ...fields }: Fields,
): LinkState {
  const made = madeFor(identity, key);
  const own: Identity = {
    mark: made.mark,
    host: made.host,
    ...Object.fromEntries((generated as Generated).map((each) => [each, made[each]])),
  };
  const expected = expectedOf(made, { kind, ...fields } as unknown as LinkState);
  return withoutNull({
    version,
    kind,
    identity: own,
    machine,
    connection,
    ...expected,
    ...fields,
  }) as unknown as LinkState;
}

const madeFor = (identity: SetIdentity, key: string): Required<Identity> =>
  identify(urnOf(identity, key), identity.host, undefined);

/** What a link has where nothing else is saved of it; never among what they have in common. */
function expectedOf(
  { name, macAddress }: Identity,
  { kind, ifindex }: Pick<LinkState, "kind" | "ifindex">,
): Fields {
  return {
    name,
    macAddress,
    ...(kind === "macvtap" && { tapDevice: `/dev/tap${ifindex}` }),
  };
}

const withoutExpected = ({ name: _, macAddress: __, tapDevice: ___, ...fields }: Fields): Fields =>
  fields;

const withoutNull = (fields: Fields): Fields =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value != null));

/** Null stands for what the common link has and this one has not. */
function differing(fields: Fields, common: Fields): Fields {
  const names = new Set([...Object.keys(fields), ...Object.keys(common)]);
  return Object.fromEntries(
    [...names]
      .filter((name) => !isDeepStrictEqual(fields[name], common[name]))
      .map((name) => [name, fields[name] ?? null]),
  );
}
