import { isDeepStrictEqual } from "node:util";
import { HostError, messageOf } from "../../errors";
import { omitUndefined } from "../../omit-undefined";
import { openHost } from "../../host/open-host";
import type { LinkHost } from "../../host/link-host";
import { interestIn } from "../../link/around";
import { deedsOfChange } from "../../link/cut-offs";
import type { LinkState } from "../../link/model";
import { keptOf, stateOf, type Kept } from "../../link/state";
import { complete } from "../../link/wanted";
import { HalfMade, type UpdateRequest } from "../../request";
import { announce } from "./announce";
import { change } from "./apply";
import { inTurn, lookedAtAgain } from "./arp";
import { bridgesFor, interestOf, sysctlsBefore, withItsAround } from "./around";
import { verified } from "./create";
import { refuseToCutOff } from "./cut-off";
import { findElsewhere, isElsewhere } from "./elsewhere";
import { findLink } from "./find";
import { refuseOtherMachine } from "./other-machine";
import { explained, operationOn } from "./refused";
import { surroundings } from "./surroundings";
import { tapOf } from "./tap";

export async function updateLink({ id, inputs, state, config }: UpdateRequest): Promise<LinkState> {
  const operation = operationOn("update", inputs);
  const host = await openHost(inputs.connection, config);
  refuseOtherMachine(host, inputs, operation);
  const { place, lower, link } = (await findLink(host, state)) ?? {};
  if (place === undefined || link === undefined) {
    const elsewhere = await findElsewhere(host, state);
    throw elsewhere === undefined ? gone(host, operation) : isElsewhere(host, operation, elsewhere);
  }
  const wanted = complete(inputs, lower?.settings.mtu ?? state.lowerMtu, state);
  const interest = interestOf(wanted, inputs, state);
  const [whole, seenTap] = await Promise.all([
    withItsAround(host, place, link, interest),
    tapOf(host, place.beside, link, wanted.settings.tap),
  ]);
  await refuseToCutOff(host, place, operation, deedsOfChange(wanted, whole));
  const { bridge } = wanted.settings;
  const bridges = await bridgesFor(host, place, operation, bridge, whole.settings.bridge);
  const { adoptedMac } = state;
  const before = sysctlsBefore(inputs, whole, state.sysctlsBefore);
  const kept = keptOf(inputs, omitUndefined({ adoptedMac, sysctlsBefore: before }));
  try {
    const site = { place, lowerIfindex: lower?.ifindex ?? link.lowerIfindex ?? 0, bridges };
    const applied = await inTurn(host, place, link.lowerIfindex, wanted.settings, async () => {
      const now = await lookedAtAgain(host, place, whole, interest);
      return change(host, site, wanted, now, seenTap, interest);
    });
    const now = stateOf(
      kept,
      applied.link,
      await surroundings(host, place, applied.link, lower, applied.tap),
    );
    const updated = verified(wanted, now, operation, host).state;
    await announce(host, place, updated, whole.settings);
    return updated;
  } catch (error) {
    if (error instanceof HalfMade) throw error;
    const why = await explained(error, host, place, operation, wanted.settings, wanted.mark);
    throw (await halfDone(host, id, state, why)) ?? why;
  }
}

/** After a failure the host should be as it was. Where it is not, state must say so. */
async function halfDone(
  host: LinkHost,
  id: string,
  state: LinkState,
  why: unknown,
): Promise<HalfMade | undefined> {
  const found = await findLink(host, state).catch(() => undefined);
  if (found?.link === undefined) return undefined;
  const { place, lower, link } = found;
  const tap = await tapOf(host, place.beside, link, state.tap).catch(() => undefined);
  const kept: Kept = state;
  const whole = await withItsAround(
    host,
    place,
    link,
    interestIn(state, state.identity.mark),
  ).catch(() => link);
  const now = stateOf(kept, whole, await surroundings(host, place, link, lower, tap));
  return isDeepStrictEqual(now, state)
    ? undefined
    : new HalfMade(id, now, [messageOf(why)], { cause: why });
}

function gone(host: LinkHost, operation: string): HostError {
  return new HostError({
    kind: "missing",
    operation,
    host: host.label,
    cause: "the link is no longer there, or no longer ours",
    cure: "Run pulumi refresh, so that the state says what is there, and then pulumi up",
  });
}
