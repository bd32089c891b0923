import { setTimeout as sleep } from "node:timers/promises";
import { isHostError, messageOf } from "../../errors";
import type { LinkHost } from "../../host/link-host";
import { localMachineId } from "../../host/machine";
import type { Namespace } from "../../host/namespaces";
import { openHost } from "../../host/open-host";
import { DeviceCache } from "../../host/device-cache";
import { causesIn, sceneOf } from "../../link/causes";
import { checkLink, type CheckFailure } from "../../link/check";
import { Claims } from "../../link/claims";
import { hostIdOf } from "../../link/identity";
import type { LinkInputs, Netns } from "../../link/model";
import { adoptionMismatch, ownerOf } from "../../link/ownership";
import { complete, isGenerated } from "../../link/wanted";
import type { CheckAnswer, CheckRequest, Config } from "../../request";

const claims = new Claims();
const devices = new DeviceCache();

// Preview must not hang on a host that is slow to answer.
const LOOK_MS = 5000;

export async function checkLinkInputs({
  inputs: given,
  oldInputs,
  config,
  isUnknown,
}: CheckRequest): Promise<CheckAnswer> {
  const { connection, waits } = given as { connection?: { id?: unknown }; waits?: unknown };
  const host = typeof connection?.id === "string" ? connection.id : hostIdOf(localMachineId());
  const old =
    oldInputs?.["identity"] === undefined ? undefined : (oldInputs as unknown as LinkInputs);
  const { inputs, failures } = checkLink(given, old, { host, isUnknown });
  // What is unknown, or wrong already, says nothing about the host yet.
  if (failures.length > 0 || isUnknown(inputs)) return { inputs, failures };
  const known = inputs as unknown as LinkInputs;
  const conflicts = claims.claim(String(given["resourceUrn"]), known, isUnknown);
  // What dependsOn names may still change the host: nothing that is seen now would be a reason to refuse.
  if (conflicts.length > 0 || waits === true || config("snapshot") === "off")
    return { inputs, failures: conflicts };
  const look = lookAt(known, config);
  const late = sleep(LOOK_MS, undefined, { ref: false }).then((): Look => ({
    inputs: known,
    failures: [],
    note: `no answer within ${LOOK_MS / 1000} s`,
  }));
  const { inputs: placed, failures: refusals, note } = await Promise.race([look, late]);
  if (note !== undefined)
    console.log(`pulumi-macvlan: ${known.name} was not checked against its host: ${note}`);
  return { inputs: { ...placed }, failures: refusals };
}

interface Look {
  readonly inputs: LinkInputs;
  readonly failures: readonly CheckFailure[];
  readonly note?: string;
}

/** What the kernel would refuse, told from one cached read-only look at the host. */
async function lookAt(inputs: LinkInputs, config: Config): Promise<Look> {
  let host: LinkHost;
  try {
    host = await openHost(inputs.connection, config);
  } catch (error) {
    return { inputs, failures: [], note: messageOf(error) };
  }
  const opened = await Promise.all([
    open(host, "lowerNetns", inputs.lowerNetns),
    open(host, "netns", inputs.netns ?? inputs.lowerNetns),
  ]);
  const [below, beside] = opened;
  if ("reason" in below) return { inputs, failures: [below] };
  if ("reason" in beside) return { inputs, failures: inputs.netns === undefined ? [] : [beside] };
  const placed = {
    ...inputs,
    ...withInode("lowerNetns", inputs.lowerNetns, below),
    ...withInode("netns", inputs.netns, beside),
  };
  // Before anything is refused the host is looked at once more: the program itself may have changed it.
  let failures: readonly CheckFailure[] = [];
  for (const fresh of [false, true]) {
    const [there, here] = await Promise.all([
      devices.of(host, below, fresh),
      devices.of(host, beside, fresh),
    ]);
    failures = refusals(inputs, there, here);
    if (failures.length === 0) break;
  }
  return { inputs: placed, failures };
}

async function open(
  host: LinkHost,
  property: string,
  netns: Netns | undefined,
): Promise<Namespace | CheckFailure> {
  try {
    return await host.namespace(netns);
  } catch (error) {
    if (!isHostError(error) || error.kind !== "missing") throw error;
    return { property, reason: `${error.failure.cause}. ${error.failure.cure ?? ""}` };
  }
}

/** A pid comes back as another process; the namespace behind it is known by its inode. */
function withInode(
  property: "netns" | "lowerNetns",
  netns: Netns | undefined,
  { inode }: Namespace,
): Partial<LinkInputs> {
  return typeof netns === "object" && "pid" in netns ? { [property]: { ...netns, inode } } : {};
}

function refusals(
  inputs: LinkInputs,
  below: Awaited<ReturnType<DeviceCache["of"]>>,
  beside: typeof below,
): CheckFailure[] {
  const { mark, host } = inputs.identity;
  const scene = sceneOf({ below, beside }, complete(inputs, undefined).settings, mark);
  const found = beside.find((device) => device.settings.name === inputs.name);
  const adopted =
    inputs.adopt === true && found !== undefined && ownerOf(found, mark) === "foreign"
      ? found
      : undefined;
  if (adopted !== undefined) {
    const mismatch = adoptionMismatch(
      adopted,
      complete(inputs, undefined),
      scene.lower?.ifindex,
      !isGenerated(inputs.identity, "macAddress"),
    );
    return mismatch.length === 0
      ? []
      : [
          {
            property: "adopt",
            reason: `The link ${inputs.name} that is there is not the one declared: ${mismatch.join("; ")}`,
          },
        ];
  }
  return (
    causesIn(scene)
      // A link of this package may be changed or deleted in this very run.
      .filter(
        ({ culprit }) =>
          culprit?.mark === undefined &&
          !(culprit !== undefined && ownerOf(culprit, mark) === "ours"),
      )
      .filter(
        ({ property }) =>
          !(
            property === "lowerDevice" && claims.makes(host, inputs.lowerNetns, inputs.lowerDevice)
          ),
      )
      .map(({ property, cause, cure }) => ({
        property,
        reason: `${cause.charAt(0).toUpperCase()}${cause.slice(1)}. ${cure}`,
      }))
  );
}
