import { causesIn, sceneOf, type Device, type Snapshot } from "./causes";
import type { CheckFailure } from "./check";
import { named } from "./having";
import type { LinkInputs } from "./model";
import { adoptionMismatch, ownerOf } from "./ownership";
import { complete, isGenerated } from "./wanted";

/** The link that something else made and that this resource would take over. */
export function adoptee(inputs: LinkInputs, beside: readonly Device[]): Device | undefined {
  if (inputs.adopt !== true) return undefined;
  const found = named(beside, inputs.name);
  const isForeign = found !== undefined && ownerOf(found, inputs.identity.mark) === "foreign";
  return isForeign ? found : undefined;
}

/**
 * What the kernel would refuse, as the host is now. Links of this package are not held against a
 * resource: the very run that asks may change or delete them. `makesLower` knows whether it makes
 * the lower device; `before` is what the resource was until now.
 */
export function refusals(
  inputs: LinkInputs,
  snapshot: Snapshot,
  makesLower: boolean,
  before?: LinkInputs,
): CheckFailure[] {
  const { mark } = inputs.identity;
  const wanted = complete(inputs, undefined);
  const adopted = adoptee(inputs, snapshot.beside);
  const scene = sceneOf(snapshot, wanted.settings, mark, adopted);
  const failures: CheckFailure[] = causesIn(scene)
    .filter(({ culprit }) => culprit === undefined || ownerOf(culprit, mark) === "foreign")
    .filter(({ culprit }) => culprit === undefined || !mayHaveLostItsAlias(culprit, before))
    .filter(({ property }) => !(property === "lowerDevice" && makesLower))
    .map(({ property, cause, cure }) => ({ property, reason: `${sentence(cause)}. ${cure}` }));
  failures.push(...bridgeFailures(inputs, snapshot.beside));
  if (adopted === undefined || scene.lower === undefined) return failures;
  const mismatch = adoptionMismatch(
    adopted,
    wanted,
    scene.lower.ifindex,
    !isGenerated(inputs.identity, "macAddress"),
  );
  if (mismatch.length === 0) return failures;
  const reason = `The link ${inputs.name} that is there is not the one declared: ${mismatch.join("; ")}. Declare what is there, or choose another name`;
  return [...failures, { property: "adopt", reason }];
}

function bridgeFailures({ bridge }: LinkInputs, beside: readonly Device[]): CheckFailure[] {
  if (bridge === undefined || bridge === "") return [];
  const device = named(beside, bridge);
  if (device?.kind === "bridge") return [];
  const fault =
    device === undefined
      ? `There is no device "${bridge}" in the link's namespace`
      : `${bridge} is no bridge`;
  const cure = `Make it first ("ip link add ${bridge} type bridge"); if another resource of the program does, say so with dependsOn`;
  return [{ property: "bridge", reason: `${fault}. ${cure}` }];
}

/** The resource's own link, by all that can be seen from here; the update compares ifindex and boot too. */
function mayHaveLostItsAlias(
  { kind, mark, settings }: Device,
  before: LinkInputs | undefined,
): boolean {
  return (
    before !== undefined &&
    mark === undefined &&
    kind === before.kind &&
    settings.name === before.name &&
    (before.macAddress ?? settings.macAddress) === settings.macAddress
  );
}

const sentence = (clause: string): string => `${clause.charAt(0).toUpperCase()}${clause.slice(1)}`;
