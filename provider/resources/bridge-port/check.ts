import { isDeepStrictEqual } from "node:util";
import { isHostError, messageOf } from "../../errors";
import { checkPort, PortClaims } from "../../port/check";
import type { PortInputs, PortState } from "../../port/model";
import { deedsOfPort } from "../../port/cut-offs";
import { diffPort, planPort, portInputsOf, wantedOf } from "../../port/port";
import type { CheckAnswer, CheckRequest, DiffAnswer, DiffRequest } from "../../request";
import { foreseen } from "../link/cut-off";
import { hostInTime } from "../link/hosts-ahead";
import { type Reach, whichHost } from "../link/which-host";
import { lookAtBackup, lookAtPort } from "./look";

export const claims = new PortClaims();

export async function checkPortInputs({
  inputs: given,
  oldInputs,
  config,
  isUnknown,
}: CheckRequest<PortInputs>): Promise<CheckAnswer> {
  const looks = config("snapshot") !== "off";
  const reach: Reach = (to) => hostInTime(to, config);
  const before = oldInputs?.identity === undefined ? undefined : (oldInputs as PortInputs);
  const asking = { isUnknown, reach: looks ? reach : undefined };
  const { kept, ...host } = await whichHost(given["connection"], before, asking);
  const name = kept?.host ?? host.host;
  const { inputs, failures } = checkPort(given, { ...host, host: name, isUnknown });
  if (failures.length > 0 || isUnknown(inputs)) return { inputs, failures };
  const known = inputs as unknown as PortInputs;
  const conflicts = claims.claim(String(given["resourceUrn"]), known);
  if (conflicts.length > 0 || given["waits"] === true || !looks)
    return { inputs, failures: conflicts };
  return { inputs, failures: await refusals(known, reach) };
}

async function refusals(inputs: PortInputs, reach: Reach): Promise<CheckAnswer["failures"]> {
  try {
    const host = await reach(inputs.connection);
    const look = await lookAtPort(host, inputs);
    if ("port" in look) {
      const { beside, port } = look;
      const backup = await lookAtBackup(host, beside, port, inputs.backupPort ?? "");
      if ("reason" in backup) return [{ property: "backupPort", reason: backup.reason }];
      const deeds = deedsOfPort(planPort(wantedOf(inputs, {}), port), port);
      return await foreseen(host, { below: beside, beside }, deeds);
    }
    const { property, reason, cure } = look;
    return [{ property, reason: `${reason[0]?.toUpperCase() ?? ""}${reason.slice(1)}. ${cure}` }];
  } catch (error) {
    if (isHostError(error) && error.kind === "missing")
      return [{ property: "netns", reason: `${error.failure.cause}. ${error.failure.cure ?? ""}` }];
    const why = messageOf(error);
    console.log(`pulumi-macvlan: ${inputs.device} was not checked against its host: ${why}`);
    return [];
  }
}

export function diffPortInputs({
  inputs,
  state,
  isUnknown,
}: DiffRequest<PortInputs, PortState>): Omit<DiffAnswer, "differences"> {
  const { replaces, changes } = diffPort(state, inputs, isUnknown);
  const inInputs = !isDeepStrictEqual(JSON.parse(JSON.stringify(portInputsOf(state))), inputs);
  return {
    changes: !changes ? "none" : inInputs ? "in the inputs" : "in the kernel",
    replaces,
    deleteBeforeReplace: true,
  };
}
