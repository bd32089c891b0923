import { HostError } from "../../errors";
import { omitUndefined } from "../../omit-undefined";
import { openHost } from "../../host/open-host";
import { StepRefused, type LinkHost } from "../../host/link-host";
import type { Place } from "../../host/namespaces";
import type { Device } from "../../link/causes";
import { causeOf, sceneOf } from "../../link/causes";
import { deedsOfChange, deedsOfCreation, deedsOfDeletion } from "../../link/cut-offs";
import { isTransitionalGroupOf } from "../../link/identity";
import { linkId } from "../../link/link-id";
import type { LinkInputs, LinkState } from "../../link/model";
import { adoptionMismatch, ownerOf } from "../../link/ownership";
import { needsRemaking } from "../../link/plan";
import { keptOf, shortfalls, stateOf } from "../../link/state";
import { complete, isGenerated, type Wanted } from "../../link/wanted";
import { Errno } from "../../netlink/errno";
import { type Config, HalfMade, type CreateRequest } from "../../request";
import { announce } from "./announce";
import { change, make, type Applied } from "./apply";
import { inTurn, lookedAtAgain } from "./arp";
import { bridgesFor, interestOf, sysctlsBefore, withItsAround } from "./around";
import { refuseToCutOff } from "./cut-off";
import { LedElsewhere, lookedAtSpot, seenSpot, type Spot } from "./lower-device";
import { refuseOtherMachine } from "./other-machine";
import { explained, noLowerDevice, operationOn, snapshotOf } from "./refused";
import { surroundings } from "./surroundings";
import { tapOf } from "./tap";
import { refuseInUse } from "./tap-users";

export async function createLink({
  inputs,
  config,
}: CreateRequest): Promise<{ id: string; state: LinkState }> {
  const operation = operationOn("create", inputs);
  const host = await openHost(inputs.connection, config);
  refuseOtherMachine(host, inputs, operation);
  const leave = await host.makings.take();
  try {
    return await createWhereSeen({ host, inputs, operation, config });
  } finally {
    leave();
  }
}

interface Scope {
  readonly host: LinkHost;
  readonly inputs: LinkInputs;
  readonly operation: string;
  readonly config: Config;
}

async function createWhereSeen(scope: Scope): Promise<{ id: string; state: LinkState }> {
  const { host, inputs } = scope;
  const seen = await seenSpot(host, inputs);
  if (seen !== undefined) {
    try {
      return await createOn(scope, seen);
    } catch (error) {
      if (!(error instanceof LedElsewhere)) throw error;
    }
  }
  return createOn(scope, await lookedAtSpot(host, inputs));
}

async function createOn(scope: Scope, spot: Spot): Promise<{ id: string; state: LinkState }> {
  const { host, inputs, operation } = scope;
  const { place, lower } = spot;
  await refuseToCutOff(host, place, operation, deedsOfCreation(inputs, lower));
  const { wanted, adoptedMac, applied } = await establish(scope, spot).catch(
    async (error: unknown) => {
      throw await explained(
        error,
        host,
        place,
        operation,
        complete(inputs, undefined).settings,
        inputs.identity.mark,
      );
    },
  );
  const around = await surroundings(host, place, applied.link, lower, applied.tap);
  const before = sysctlsBefore(inputs, applied.before);
  const kept = keptOf(inputs, omitUndefined({ adoptedMac, sysctlsBefore: before }));
  const state = stateOf(kept, applied.link, around);
  const made = verified(wanted, state, operation, host);
  await announce(host, place, state);
  return made;
}

interface Established {
  readonly wanted: Wanted;
  readonly adoptedMac: string | undefined;
  readonly applied: Applied;
}

const MOST_TRIES = 5;

/** Makes the link without a look whether there is one: the kernel never changes one that is. */
async function establish(scope: Scope, spot: Spot, tries = MOST_TRIES): Promise<Established> {
  const { host, inputs, operation } = scope;
  const { place, lower, confirm } = spot;
  const { mark } = inputs.identity;
  if (lower === undefined) {
    throw noLowerDevice(host, operation, sceneOf(await snapshotOf(host, place), inputs, mark));
  }
  const bridges = await bridgesFor(host, place, operation, inputs.bridge);
  const site = { place, lowerIfindex: lower.ifindex, bridges, ...(confirm && { confirm }) };
  try {
    return {
      wanted: complete(inputs, lower.settings.mtu),
      adoptedMac: undefined,
      // An MTU that nobody declared is the lower device's without being said.
      applied: await inTurn(host, place, lower.ifindex, inputs, () =>
        make(host, site, complete(inputs, undefined)),
      ),
    };
  } catch (error) {
    // Not EEXIST alone: some kernels look at the name last where it is in another namespace.
    if (!(error instanceof StepRefused)) throw error;
    const holder = await host.device(place.beside, { name: inputs.name });
    // It went since: what a killed run has left is being taken back by its host at this moment.
    const isFree = holder === undefined && error.errno === Errno.EEXIST;
    if (isFree && tries > 1) return establish(scope, spot, tries - 1);
    if (holder === undefined) throw error;
    return takeOver(scope, place, holder, lower, bridges);
  }
}

/** There is a link of that name. Ours from a run that was killed, or one to adopt; else hands off. */
async function takeOver(
  { host, inputs, operation, config }: Scope,
  place: Place,
  link: Device,
  lower: Device,
  bridges: ReadonlyMap<string, number>,
): Promise<Established> {
  const site = { place, lowerIfindex: lower.ifindex, bridges };
  const { mark } = inputs.identity;
  const owner = ownerOf(link, mark);
  const foreign = owner === "foreign" && inputs.adopt === true;
  if (owner !== "ours" && !foreign) {
    const scene = sceneOf(await snapshotOf(host, place), inputs, mark);
    const holder = causeOf(Errno.EEXIST, scene);
    throw new HostError({
      kind: "not-ours",
      operation,
      host: host.label,
      cause: `name: ${holder?.cause ?? `there is a link called ${inputs.name} already`}`,
      cure: holder?.cure,
    });
  }
  const hasNoMac = isGenerated(inputs.identity, "macAddress");
  const { macAddress: ownMac } = complete(inputs, undefined).settings;
  // One that was taken over when the connection broke is ours by now, with the MAC that it had.
  const takesOver =
    foreign || (inputs.adopt === true && hasNoMac && link.settings.macAddress !== ownMac);
  const adoptedMac = takesOver && hasNoMac ? link.settings.macAddress : undefined;
  const wanted = complete(
    inputs,
    lower.settings.mtu,
    adoptedMac === undefined ? undefined : { declared: [], adoptedMac },
  );
  if (takesOver) {
    const mismatch = adoptionMismatch(link, wanted, lower.ifindex, !hasNoMac);
    if (mismatch.length > 0) throw cannotAdopt(host, operation, inputs.name, mismatch);
  } else if (
    needsRemaking(wanted, link, lower.ifindex).length > 0 ||
    isTransitionalGroupOf(mark, link.settings.group ?? 0)
  ) {
    // Half-made, or made with what cannot be changed any more: start over.
    await refuseToCutOff(host, place, operation, deedsOfDeletion(link, "name", inputs.addresses));
    await refuseInUse(host, place.beside, link, { switches: inputs, operation, config });
    await host.delete(place.beside, link);
    const applied = await inTurn(host, place, lower.ifindex, inputs, () =>
      make(host, site, complete(inputs, undefined)),
    );
    return { wanted, adoptedMac, applied };
  }
  const interest = interestOf(wanted, inputs);
  const [whole, tap] = await Promise.all([
    withItsAround(host, place, link, interest),
    tapOf(host, place.beside, link, wanted.settings.tap),
  ]);
  await refuseToCutOff(host, place, operation, deedsOfChange(wanted, whole));
  const applied = await inTurn(host, place, lower.ifindex, wanted.settings, async () =>
    change(host, site, wanted, await lookedAtAgain(host, place, whole, interest), tap, interest),
  );
  return { wanted, adoptedMac, applied };
}

function cannotAdopt(
  host: LinkHost,
  operation: string,
  name: string,
  mismatch: readonly string[],
): HostError {
  return new HostError({
    kind: "not-ours",
    operation,
    host: host.label,
    cause: `adopt: the link ${name} that is there is not the one declared: ${mismatch.join("; ")}`,
    cure: "Declare what is there, or choose another name",
  });
}

/** The last word has what was read back. A difference is an error, and state records what is there. */
export function verified(
  wanted: Wanted,
  state: LinkState,
  operation: string,
  host: LinkHost,
): { id: string; state: LinkState } {
  const id = linkId({ host: state.identity.host, netns: state.netns, name: state.name });
  const differences = shortfalls(wanted, state);
  if (differences.length === 0) return { id, state };
  const { message } = new HostError({
    kind: "differs",
    operation,
    host: host.label,
    cause: `the link is there and is not as wanted: ${differences.join("; ")}`,
    cure: `The kernel took the change without doing it: Linux ${host.session.hello.kernel} may be older than the property`,
  });
  throw new HalfMade(id, state, [message]);
}
