import type { LinkHost } from "../../host/link-host";
import type { Place } from "../../host/namespaces";
import type { Device } from "../../link/causes";
import { deedsOfDeletion } from "../../link/cut-offs";
import type { LinkState } from "../../link/model";
import { isPortWhileUp } from "../../link/plan-around";
import type { DeleteRequest } from "../../request";
import { inTurn, releaseArp, removeRules } from "./arp";
import { refuseToCutOff } from "./cut-off";
import { findElsewhere } from "./elsewhere";
import { findInSight, findMarked, type FoundLink } from "./find";
import { isOtherMachine, noteOtherMachine } from "./other-machine";
import { reached } from "./reached";
import { explained, operationOn } from "./refused";
import { numbersIn, refuseInUse } from "./tap-users";

/** A link that is already gone is a success; one that is not ours is not touched. */
export async function deleteLink(request: DeleteRequest): Promise<void> {
  const { state, config } = request;
  const operation = operationOn("delete", state);
  const host = await reached(state.connection, config, "forget", operation);
  if (host === undefined) return;
  if (isOtherMachine(host, state)) return noteOtherMachine(host, operation);
  const inSight = await findInSight(host, state);
  if (inSight !== undefined && (await deleteFound(host, inSight, request, operation))) return;
  const found = await findMarked(host, state);
  const { place, link } =
    (found?.link === undefined ? await findElsewhere(host, state) : found) ?? {};
  if (place === undefined || link === undefined) return removeRules(host, found?.place, state);
  await deleteFound(host, { place, link, isSeenJustNow: true }, request, operation);
}

/** False where it is not there any more. */
async function deleteFound(
  host: LinkHost,
  { place, link, isSeenJustNow }: FoundLink,
  { state, config }: DeleteRequest,
  operation: string,
): Promise<boolean> {
  await Promise.all([
    refuseToCutOff(host, place, operation, deedsOfDeletion(link, undefined, state.addresses)),
    refuseInUse(
      host,
      place.beside,
      link,
      { switches: state, operation, config },
      numbersIn(state, host),
    ),
  ]);
  try {
    if (state.declared?.includes("arp"))
      await inTurn(host, place, link.lowerIfindex, { arp: "own" }, () =>
        releaseArp(host, place, link, state),
      );
    if (state.declared?.includes("bridge")) await leaveBridge(host, place, link, state);
    return await host.delete(place.beside, link, isSeenJustNow);
  } catch (error) {
    throw await explained(error, host, place, operation, state, state.identity.mark);
  }
}

/** The kernel forgets, when a passthru link goes, that its lower device hears all multicast for a bridge. */
async function leaveBridge(
  host: LinkHost,
  place: Place,
  link: Device,
  { kind, identity: { mark } }: LinkState,
): Promise<void> {
  const { ifindex, lowerIfindex = 0, master, settings } = link;
  if (!isPortWhileUp(settings) || settings.adminState !== "up" || master === undefined) return;
  const target = { kind, mark, place, lowerIfindex, ifindex };
  const leave = { step: { do: "set bridge", bridge: "" } } as const;
  await host.change(host.session.newUndoId(), [leave], target);
}
