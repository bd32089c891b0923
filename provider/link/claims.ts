import type { CheckFailure } from "./check";
import { spellNetns } from "./link-id";
import type { LinkInputs, Netns } from "./model";

/**
 * What the resources of one run want for themselves. Two that want the same, or what the kernel
 * would refuse together, are told so before anything is touched.
 */
export class Claims {
  // By URN: check runs twice for a resource that is replaced, the second time without the old
  // inputs that a renamed one keeps its mark from.
  readonly #claims = new Map<string, LinkInputs>();

  /** Registers a resource's wish and returns what stands against it. Values not yet known claim nothing. */
  claim(urn: string, inputs: LinkInputs, isUnknown: (value: unknown) => boolean): CheckFailure[] {
    this.#claims.set(urn, inputs);
    return [...this.#claims].flatMap(([each, other]) =>
      each === urn || isUnknown([inputs, other]) ? [] : conflicts(inputs, other),
    );
  }

  /** Whether a resource of this run makes a link of that name there. */
  makes(host: string, netns: Netns | undefined, name: string): boolean {
    return [...this.#claims.values()].some(
      (each) =>
        each.identity.host === host &&
        each.name === name &&
        spellNetns(each.netns ?? each.lowerNetns) === spellNetns(netns),
    );
  }
}

function conflicts(mine: LinkInputs, other: LinkInputs): CheckFailure[] {
  if (mine.identity.host !== other.identity.host) return [];
  if (mine.identity.mark === other.identity.mark)
    return [
      {
        property: "name",
        reason: `"${mine.name}" and "${other.name}" carry one mark: one of the two resources was renamed and the other now has its old name; give the new one another resource name`,
      },
    ];
  const failures: CheckFailure[] = [];
  if (
    mine.name === other.name &&
    spellNetns(mine.netns ?? mine.lowerNetns) === spellNetns(other.netns ?? other.lowerNetns)
  ) {
    failures.push({
      property: "name",
      reason: `Another resource of this program makes a link called "${mine.name}" in the same namespace; give one of them another name`,
    });
  }
  if (
    mine.lowerDevice !== other.lowerDevice ||
    spellNetns(mine.lowerNetns) !== spellNetns(other.lowerNetns)
  )
    return failures;
  if (mine.mode === "passthru" || other.mode === "passthru") {
    failures.push({
      property: "mode",
      reason: `"${mine.name}" and "${other.name}" share the lower device ${mine.lowerDevice}, and a passthru link must be the only one there; use another mode or another lower device`,
    });
  } else if (mine.macAddress !== undefined && mine.macAddress === other.macAddress) {
    failures.push({
      property: "macAddress",
      reason: `"${other.name}" on the same lower device ${mine.lowerDevice} has this MAC address too; give each link its own`,
    });
  }
  return failures;
}
