/** The handlers of a bridge port that speak with its host; each begins with a look at what is there. */
import { isHostError } from "../../errors";
import { againAfterLoss } from "../../host/after-loss";
import type { LinkHost } from "../../host/link-host";
import { openHost } from "../../host/open-host";
import type { PortInputs, PortState, Settings } from "../../port/model";
import { declaredIn } from "../../port/check";
import {
  beforeOf,
  isSamePort,
  planPort,
  portId,
  portInputsOf,
  portStateOf,
  wantedOf,
} from "../../port/port";
import {
  type CreateRequest,
  type DeleteRequest,
  HalfMade,
  type ReadAnswer,
  type ReadRequest,
  type UpdateRequest,
} from "../../request";
import { isOtherMachine, noteOtherMachine, refuseOtherMachine } from "../link/other-machine";
import { reached } from "../link/reached";
import { apply, readBack } from "./apply";
import { claims } from "./check";
import { existingPort, lookAtPort, operationOn } from "./look";

type Saved = { readonly id: string; readonly state: PortState };

export function createPort({ inputs, config }: CreateRequest<PortInputs>): Promise<Saved> {
  const operation = operationOn("set", inputs);
  // An attempt whose connection breaks may have set all already: only the first saw what was there.
  let former: Settings = {};
  return againAfterLoss(operation, async () => {
    const host = await openHost(inputs.connection, config);
    refuseOtherMachine(host, inputs, operation);
    const found = await existingPort(host, inputs, operation);
    former = beforeOf(inputs, former, found.port);
    return establish(host, inputs, found, former, operation);
  });
}

export function updatePort({
  inputs,
  state,
  config,
}: UpdateRequest<PortInputs, PortState>): Promise<PortState> {
  const operation = operationOn("update", inputs);
  let former: Settings | undefined;
  return againAfterLoss(operation, async () => {
    const host = await openHost(inputs.connection, config);
    refuseOtherMachine(host, inputs, operation);
    const found = await existingPort(host, inputs, operation);
    former ??= isSamePort(state, found.port, host) ? state.before : {};
    former = { ...former, ...beforeOf(inputs, former, found.port) };
    return (await establish(host, inputs, found, former, operation)).state;
  });
}

async function establish(
  host: LinkHost,
  inputs: PortInputs,
  { beside, port }: Awaited<ReturnType<typeof existingPort>>,
  former: Settings,
  operation: string,
): Promise<Saved> {
  const wanted = wantedOf(inputs, claims.without(inputs, former));
  await apply(host, beside, port, planPort(wanted, port), operation);
  const { port: now, reasons } = await readBack(host, inputs, operation);
  const before = beforeOf(inputs, former, port);
  const state = portStateOf(inputs, declaredIn(inputs), before, now, host);
  const id = portId(inputs);
  if (reasons.length > 0) throw new HalfMade<PortState>(id, state, reasons);
  return { id, state };
}

export function readPort({
  id,
  state,
  config,
}: ReadRequest<PortState>): Promise<ReadAnswer<PortInputs, PortState>> {
  const operation = operationOn("read", state);
  return againAfterLoss(operation, async () => {
    const host = await reached(state.connection, config, "keep", operation);
    if (host === undefined) return { id, state, inputs: portInputsOf(state) };
    if (isOtherMachine(host, state)) {
      noteOtherMachine(host, operation);
      return undefined;
    }
    const look = await lookAtPort(host, state).catch(goneIfMissing);
    if (look === undefined || !("port" in look)) return undefined;
    const before = isSamePort(state, look.port, host) ? state.before : {};
    const now = portStateOf(state, state.declared, before, look.port, host);
    return { id, state: now, inputs: portInputsOf(now) };
  });
}

/** Puts back what was there before. A port that is one no more has nothing of ours. */
export function deletePort({ state, config }: DeleteRequest<PortState>): Promise<void> {
  const operation = operationOn("put back", state);
  return againAfterLoss(operation, async () => {
    const host = await reached(state.connection, config, "forget", operation);
    if (host === undefined) return;
    if (isOtherMachine(host, state)) return noteOtherMachine(host, operation);
    const look = await lookAtPort(host, state).catch(goneIfMissing);
    if (look === undefined || !("port" in look) || !isSamePort(state, look.port, host)) return;
    const wanted = claims.without(state, state.before);
    noteHandover(state, wanted);
    await apply(host, look.beside, look.port, planPort(wanted, look.port), operation);
  });
}

/** One line, since what the port was before the first of the two is known to nobody then. */
function noteHandover({ device, before }: PortState, putBack: Settings): void {
  const kept = Object.entries(before).filter(([name]) => !(name in putBack));
  if (kept.length === 0) return;
  const were = kept.map(([name, value]) => `${name} was ${String(value)}`).join(", ");
  console.log(
    `pulumi-macvlan: ${device}: another resource sets what this one did, which stays so; before them ${were}. A resource that only got another name keeps that with an alias.`,
  );
}

/** A namespace that is gone takes its ports with it. */
function goneIfMissing(error: unknown): undefined {
  if (isHostError(error) && error.kind === "missing") return undefined;
  throw error;
}
