import { omitUndefined } from "../omit-undefined";
import { checkConnection } from "../link/check-connection";
import type { CheckContext, CheckFailure } from "../link/check";
import { unknownProperty } from "../link/did-you-mean";
import { markOf, partsOf } from "../link/identity";
import { KINDS, SWITCHES } from "../link/model";
import { PROPERTY_NAMES } from "../link/properties";
import { boolean, type Fail, integer, show, type ValueType } from "../link/value-type";
import { type Member, membersOf, MOST_LINKS, PLACE_OF_NUMBER, sharedBy } from "./members";
import type { LinkSetInputs, SetIdentity } from "./model";

export interface SetContext extends Omit<CheckContext, "kept"> {
  /** Of a set that is on this host already. */
  readonly kept: SetIdentity | undefined;
}

export interface CheckedSet {
  readonly inputs: Readonly<Record<string, unknown>>;
  /** Undefined while it is not known which links there are. */
  readonly members: ReadonlyMap<string, Member> | undefined;
  readonly failures: readonly CheckFailure[];
}

type Given = Readonly<Record<string, unknown>>;

/** So many failures are shown; with one cause they are often as many as the links. */
const MOST_FAILURES = 20;

const ONLY_FOR_ONE = ["name", "macAddress", "altNames"] as const;

/** Brings the arguments of a set to what is saved of them, and checks each of its links as one alone. */
export function checkSet(given: Given, context: SetContext): CheckedSet {
  const { isUnknown } = context;
  const failures: CheckFailure[] = [];
  const fail: Fail = (property, reason) => failures.push({ property, reason });
  const said = (name: string): unknown => given[name] ?? undefined;
  // What is within an object may be unknown, and the object itself is not.
  const isOpen = (value: unknown): boolean => !isObject(value) && isUnknown(value);
  const known = (name: string): boolean => said(name) !== undefined && !isOpen(said(name));

  const kind = said("kind") ?? "macvlan";
  if (!isUnknown(kind) && !KINDS.some((each) => each === kind))
    fail("kind", `${show(kind)} is none of ${KINDS.join(", ")}`);
  for (const name of ONLY_FOR_ONE)
    if (said(name) !== undefined)
      fail(name, `It is of one link; say it of each by itself: links: { vm1: { ${name}: … } }`);
  if (said("links") === undefined && said("count") === undefined)
    fail(
      "links",
      "A set is made of links, by name ({ vm1: {}, vm2: { mtu: 9000 } }), or of a count",
    );
  for (const name of ["count", "namePattern"])
    if (said("links") !== undefined && said(name) !== undefined)
      fail(name, "The links are given by name; leave it out, or leave links out");
  const parsed = Object.fromEntries(
    Object.entries(OF_THE_SET).map(([name, { parse }]) => [
      name,
      known(name) ? parse(said(name), name, fail) : said(name),
    ]),
  );

  const connection = isUnknown(said("connection"))
    ? said("connection")
    : checkConnection(said("connection"), fail);
  const shared = Object.entries(sharedBy(given)).filter(([, value]) => value !== null);
  const inputs = omitUndefined({
    ...Object.fromEntries(shared),
    ...parsed,
    kind,
    connection,
    ...identityFor(said("resourceUrn"), context),
  }) as Given;
  const each = Object.entries(isObject(parsed["links"]) ? parsed["links"] : {});
  for (const [key, link] of each)
    if (!isObject(link) && !isUnknown(link))
      fail(`links.${key}`, `${show(link)} does not say what is its own; {} is one like all others`);
  const decides = ["kind", "identity", "count", "namePattern", "links"].map((name) => inputs[name]);
  const isUndecided = [...decides, ...each.map(([, link]) => link)].some(isOpen);
  if (failures.length > 0 || isUndecided) return { inputs, members: undefined, failures };
  const members = membersOf(inputs as unknown as LinkSetInputs, isUnknown);
  const faults = [...members].flatMap(([key, member]) =>
    member.failures.map((failure) => failureOf(key, failure, said("links"))),
  );
  return { inputs, members, failures: fewOf(faults) };
}

const namePattern: ValueType<string>["parse"] = (value, path, fail) => {
  if (typeof value === "string" && value.split(PLACE_OF_NUMBER).length === 2) return value;
  fail(
    path,
    `${show(value)} does not have ${PLACE_OF_NUMBER} once, where the number of a link stands; write "vm${PLACE_OF_NUMBER}"`,
  );
  return undefined;
};

/** Each key with what is the link's own, without what is left out: Pulumi passes that as null. */
const links: ValueType<Given>["parse"] = (value, path, fail) => {
  if (!isObject(value)) {
    fail(path, `${show(value)} is no object of links by name`);
    return undefined;
  }
  const entries = Object.entries(value);
  if (entries.length > MOST_LINKS)
    fail(path, `${entries.length} links are more than the ${MOST_LINKS} that a set may have`);
  return Object.fromEntries(
    entries.map(([key, link]) => [key, ownOf(link, `${path}.${key}`, fail)]),
  );
};

function ownOf(link: unknown, path: string, fail: Fail): unknown {
  // One that is not known yet is a text, as one that is wrong may be: the caller tells them apart.
  if (!isObject(link)) return link;
  const said = Object.entries(link).filter(([, value]) => value != null);
  for (const [name] of said)
    if (!OF_A_LINK.includes(name)) fail(`${path}.${name}`, unknownProperty(name, OF_A_LINK));
  return Object.fromEntries(said);
}

const OF_THE_SET: Readonly<Record<string, Pick<ValueType<unknown>, "parse">>> = {
  links: { parse: links },
  count: integer(0, MOST_LINKS),
  namePattern: { parse: namePattern },
  allowRemake: boolean,
};

const OF_A_LINK: readonly string[] = [...PROPERTY_NAMES, ...SWITCHES];

const isObject = (value: unknown): value is Given =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function identityFor(urn: unknown, { host, machine, kept, isUnknown }: SetContext): object {
  if (typeof urn !== "string" || isUnknown(urn) || isUnknown(host))
    return { identity: isUnknown(host) ? host : urn };
  const name = partsOf(urn).logical;
  const identity = kept ?? { mark: markOf(urn, host), host, name };
  return { identity, ...(machine !== identity.host && { machine }) };
}

/** What all links have is at fault where the link does not say it itself. */
export function failureOf(
  key: string,
  { property, reason }: CheckFailure,
  links: unknown,
): CheckFailure {
  const [root = property] = property.split(/[.[]/);
  const own = isObject(links) && isObject(links[key]) ? links[key] : {};
  return root in own ? { property: `links.${key}.${property}`, reason } : { property, reason };
}

/** Each once, and not more than anybody reads. */
export function fewOf(failures: readonly CheckFailure[]): CheckFailure[] {
  const once = [
    ...new Map(failures.map((each) => [`${each.property}\0${each.reason}`, each])).values(),
  ];
  if (once.length <= MOST_FAILURES) return once;
  const rest = once.length - MOST_FAILURES;
  return [
    ...once.slice(0, MOST_FAILURES),
    { property: "links", reason: `${rest} more of the links cannot be made` },
  ];
}
