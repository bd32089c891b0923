import { HostError } from "../../errors";
import type * as Finding from "../../host/carriers";
import type { LinkHost } from "../../host/link-host";
import type { Place } from "../../host/namespaces";
import type { Snapshot } from "../../link/causes";
import type { CheckFailure } from "../../link/check";
import { type CutOff, cutOffBy, type Deed, deedsOfInputs } from "../../link/cut-offs";
import type { LinkInputs } from "../../link/model";
import { adoptee } from "../../link/refusals";

const known = new WeakMap<LinkHost, Finding.Carriers>();

/**
 * The devices of the host's own namespace, as the look saw them that each deletion on another machine
 * needs: some seconds old at most. Not on this machine, where nobody needs it.
 */
export async function devicesInSight(host: LinkHost): Promise<Finding.List | undefined> {
  return host.session.isRemote ? carriersOf(host).ownDevices() : undefined;
}

/** Throws where one of the deeds would cut the connection to the host. On this machine none can. */
export async function refuseToCutOff(
  host: LinkHost,
  place: Place,
  operation: string,
  deeds: readonly Deed[],
): Promise<void> {
  const [found] = await cutOffs(host, place, deeds);
  if (found === undefined) return;
  const { property, cause, cure } = found;
  const about = property === undefined ? "" : `${property}: `;
  throw new HostError({
    kind: "refused",
    operation,
    host: host.label,
    cause: `${about}${cause}`,
    cure,
  });
}

/** The same at preview, with what is seen of the host then. */
export async function foreseenCutOffs(
  host: LinkHost,
  place: Place,
  inputs: LinkInputs,
  snapshot: Snapshot,
  before: LinkInputs | undefined,
): Promise<CheckFailure[]> {
  if (!host.session.isRemote) return [];
  return foreseen(
    host,
    place,
    deedsOfInputs(inputs, snapshot, before, adoptee(inputs, snapshot.beside)),
  );
}

export async function foreseen(
  host: LinkHost,
  place: Place,
  deeds: readonly Deed[],
): Promise<CheckFailure[]> {
  return (await cutOffs(host, place, deeds)).map(({ property, cause, cure }) => ({
    property: property ?? "lowerDevice",
    reason: `${cause.charAt(0).toUpperCase()}${cause.slice(1)}. ${cure}`,
  }));
}

function carriersOf(host: LinkHost): Finding.Carriers {
  return known.get(host) ?? begunFor(host);
}

function begunFor(host: LinkHost): Finding.Carriers {
  // Few runs need it, and none that is local: no other loads the netlink of routes and addresses.
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const { Carriers } = require("../../host/carriers") as typeof Finding;
  const carriers = new Carriers(host);
  known.set(host, carriers);
  return carriers;
}

async function cutOffs(
  host: LinkHost,
  place: Place,
  deeds: readonly Deed[],
): Promise<readonly CutOff[]> {
  if (!host.session.isRemote || deeds.length === 0) return [];
  const carriers = carriersOf(host);
  const look = async (fresh: boolean): Promise<CutOff[]> => {
    const below = await carriers.in(place.below, fresh);
    const connecting = { below, beside: await carriers.in(place.beside, false) };
    return deeds.flatMap((deed) => cutOffBy(deed, connecting[deed.in]) ?? []);
  };
  // Nothing is refused by what was seen a while ago, and nothing but a deletion is let through by it.
  const first = await look(deeds.some(({ isCommon }) => !isCommon));
  return first.length === 0 ? first : look(true);
}
