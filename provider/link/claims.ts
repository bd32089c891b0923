import { isLinkLocal } from "./carriers";
import type { CheckFailure } from "./check";
import { partsOf } from "./addresses";
import { hostKey } from "./host";
import { spellNetns } from "./link-id";
import type { LinkInputs, Netns } from "./model";
import { routeKey } from "./routes";

/** What two resources of one run cannot both have. Looked up by text, so that n links cost n looks. */
interface Rule {
  readonly property: string;
  /** What a resource has of it. */
  readonly holds: (mine: LinkInputs) => readonly string[];
  /** What no other resource may have beside it; what it holds itself, where this is absent. */
  readonly seeks?: (mine: LinkInputs) => readonly string[];
  readonly reason: (mine: LinkInputs, other: LinkInputs) => string;
}

const nameOn = (host: string, netns: Netns | undefined, name: string): string =>
  `name ${host} ${spellNetns(netns)} ${name}`;

// The kernel keeps names and alternative names in one list.
const namesOf = ({ name, altNames = [] }: LinkInputs): string[] => [name, ...altNames];

const lowerDeviceOf = (mine: LinkInputs): string =>
  `${hostKey(mine)} ${spellNetns(mine.lowerNetns)} ${mine.lowerDevice}`;

const placeOf = (mine: LinkInputs): string =>
  `${hostKey(mine)} ${spellNetns(mine.netns ?? mine.lowerNetns)}`;

/** A link-local one means something on its own link only. */
const ipsOf = ({ addresses = [] }: LinkInputs): string[] =>
  addresses
    .map((each) => partsOf(each).address.split("/")[0] ?? "")
    .filter((ip) => !isLinkLocal(ip));

const firstShared = (mine: readonly string[], others: readonly string[]): string =>
  mine.find((each) => others.includes(each)) ?? "";

const MARK: Rule = {
  property: "name",
  holds: (mine) => [`mark ${hostKey(mine)} ${mine.identity.mark}`],
  reason: (mine, other) =>
    `"${mine.name}" and "${other.name}" carry one mark: one of the two resources was renamed and the other now has its old name; give the new one another resource name`,
};

const RULES: readonly Rule[] = [
  {
    property: "name",
    holds: (mine) =>
      namesOf(mine).map((name) => nameOn(hostKey(mine), mine.netns ?? mine.lowerNetns, name)),
    reason: (mine, other) =>
      `Another resource of this program makes a link called "${namesOf(mine).find((name) => namesOf(other).includes(name))}" in the same namespace; give one of them another name`,
  },
  {
    property: "mode",
    holds: (mine) => [
      `on ${lowerDeviceOf(mine)}`,
      ...(mine.mode === "passthru" ? [`alone on ${lowerDeviceOf(mine)}`] : []),
    ],
    seeks: (mine) => [`${mine.mode === "passthru" ? "on" : "alone on"} ${lowerDeviceOf(mine)}`],
    reason: (mine, other) =>
      `"${mine.name}" and "${other.name}" share the lower device ${mine.lowerDevice}, and a passthru link must be the only one there; use another mode or another lower device`,
  },
  {
    property: "macAddress",
    holds: (mine) =>
      mine.macAddress === undefined ? [] : [`${mine.macAddress} on ${lowerDeviceOf(mine)}`],
    reason: (mine, other) =>
      `"${other.name}" on the same lower device ${mine.lowerDevice} has this MAC address too; give each link its own`,
  },
  {
    property: "addresses",
    holds: (mine) => ipsOf(mine).map((ip) => `${ip} in ${placeOf(mine)}`),
    reason: (mine, other) =>
      `"${other.name}" in the same namespace has ${firstShared(ipsOf(mine), ipsOf(other))} too; give each link its own`,
  },
  {
    property: "routes",
    holds: ({ routes = [], ...mine }) =>
      routes.map((route) => `${routeKey(route)} in ${placeOf(mine)}`),
    reason: ({ routes = [] }, other) =>
      `"${other.name}" in the same namespace has the route to ${firstShared(routes.map(routeKey), (other.routes ?? []).map(routeKey))} too; give one of them another metric`,
  },
];

/**
 * What the resources of one run want for themselves. Two that want the same, or what the kernel
 * would refuse together, are told so before anything is touched.
 */
export class Claims {
  // By URN: check runs twice for a resource that is replaced, the second time without the old
  // inputs that a renamed one keeps its mark from.
  readonly #claims = new Map<string, LinkInputs>();
  readonly #holders = new Map<string, Set<string>>();

  /** Registers a resource's wish, all of it known, and returns what stands against it. */
  claim(urn: string, inputs: LinkInputs): CheckFailure[] {
    this.release(urn);
    this.#claims.set(urn, inputs);
    const sharedMark = this.#against(MARK, inputs);
    const failures =
      sharedMark.length > 0 ? sharedMark : RULES.flatMap((rule) => this.#against(rule, inputs));
    for (const key of held(inputs)) {
      const holders = this.#holders.get(key);
      if (holders === undefined) this.#holders.set(key, new Set([urn]));
      else holders.add(urn);
    }
    return failures;
  }

  /** Of what the run does not make any more. */
  release(urn: string): void {
    const before = this.#claims.get(urn);
    if (before !== undefined) for (const key of held(before)) this.#holders.get(key)?.delete(urn);
    this.#claims.delete(urn);
  }

  /** Whether a resource of this run makes the lower device that another one stands on. */
  makesLower(mine: LinkInputs): boolean {
    const { lowerNetns, lowerDevice } = mine;
    return (this.#holders.get(nameOn(hostKey(mine), lowerNetns, lowerDevice))?.size ?? 0) > 0;
  }

  /** One other for each thing: a thousand that stand against it would say no more. */
  #against({ property, holds, seeks = holds, reason }: Rule, mine: LinkInputs): CheckFailure[] {
    return seeks(mine)
      .flatMap((key) => {
        const [first] = this.#holders.get(key) ?? [];
        return first ?? [];
      })
      .flatMap((urn) => this.#claims.get(urn) ?? [])
      .map((other) => ({ property, reason: reason(mine, other) }));
  }
}

const held = (inputs: LinkInputs): string[] =>
  [MARK, ...RULES].flatMap(({ holds }) => holds(inputs));
