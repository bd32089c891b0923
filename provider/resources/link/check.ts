import { isHostError, messageOf } from "../../errors";
import { againAfterLoss } from "../../host/after-loss";
import type { LinkHost } from "../../host/link-host";
import type { Namespace } from "../../host/namespaces";
import { DeviceCache } from "../../host/device-cache";
import { lowerDeviceIn } from "../../link/causes";
import { checkLink, type CheckFailure } from "../../link/check";
import { Claims } from "../../link/claims";
import type { LinkInputs, Netns } from "../../link/model";
import { adoptee, refusals } from "../../link/refusals";
import type { CheckAnswer, CheckRequest, Config } from "../../request";
import { foreseenCutOffs } from "./cut-off";
import { isAbsent, whereIs } from "./elsewhere";
import { hostInTime, LOOK_MS, nameOf, reachAhead } from "./hosts-ahead";
import { noteLower } from "./lower-device";
import { foreseenUse } from "./tap-users";
import { warn } from "./warn";
import { type Reach, whichHost } from "./which-host";

export const claims = new Claims();
const devices = new DeviceCache();
// By URN: check runs a second time for a resource that is replaced, then without its old inputs. What
// it kept of them the first time, diff has seen; the new link must be the one that diff was told of.
const before = new Map<string, LinkInputs>();

export async function checkLinkInputs({
  inputs: given,
  oldInputs,
  config,
  isUnknown,
}: CheckRequest): Promise<CheckAnswer> {
  const { connection, waits, hostsAhead } = given;
  const looks = config("snapshot") !== "off";
  if (looks) reachAhead(hostsAhead, config, lookAhead);
  const urn = String(given["resourceUrn"]);
  if (oldInputs?.identity !== undefined) before.set(urn, oldInputs as LinkInputs);
  const old = before.get(urn);
  const reach: Reach = (to) => hostInTime(to, config);
  const host = await whichHost(connection, old, { isUnknown, reach: looks ? reach : undefined });
  const { inputs, failures } = checkLink(given, { ...host, isUnknown });
  // What is unknown, or wrong already, says nothing about the host yet.
  if (failures.length > 0 || isUnknown(inputs)) return { inputs, failures };
  const known = inputs as unknown as LinkInputs;
  const conflicts = claims.claim(urn, known);
  // What dependsOn names may still change the host: nothing that is seen now would be a reason to refuse.
  if (conflicts.length > 0 || waits === true || !looks) return { inputs, failures: conflicts };
  const stood = oldInputs?.identity === undefined ? undefined : (oldInputs as LinkInputs);
  const look = await inTime(known, () =>
    againAfterLoss(`check ${known.name}`, () => lookAt(known, { old, stood }, reach, config)),
  );
  const { inputs: placed, failures: refused, note } = look;
  if (note !== undefined) console.log(`pulumi-macvlan: ${known.name} ${note}`);
  return { inputs: { ...placed }, failures: refused };
}

export interface Look {
  readonly inputs: LinkInputs;
  readonly failures: readonly CheckFailure[];
  /** One line for the user, without the link's name. */
  readonly note?: string;
}

/** What is seen within the time that preview may wait for a host. */
export function inTime(inputs: LinkInputs, look: () => Promise<Look>): Promise<Look> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<Look>((resolve) => {
    const note = unchecked(
      `no answer from ${nameOf(inputs.connection)} within ${LOOK_MS / 1000} s`,
    );
    timer = setTimeout(() => resolve({ inputs, failures: [], note }), LOOK_MS).unref();
  });
  // Left to run out, the timers of thousands of checks would hold all that these had in hand.
  return Promise.race([look(), tooLate]).finally(() => clearTimeout(timer));
}

interface Past {
  readonly old: LinkInputs | undefined;
  /** The inputs of a link that the state has, at the first check of it alone. */
  readonly stood: LinkInputs | undefined;
}

const unchecked = (why: string): string => `was not checked against its host: ${why}`;

/** Most lower devices are in the host's own namespace. */
export async function lookAhead(host: LinkHost): Promise<unknown> {
  return devices.of(host, await host.namespace(undefined), false);
}

/**
 * What the kernel would refuse, told from one cached read-only look at the host. `who` is warned of: the
 * link, or the set that it is one of.
 */
export async function lookAt(
  inputs: LinkInputs,
  { old: before, stood }: Past,
  reach: Reach,
  config: Config,
  who = inputs.name,
): Promise<Look> {
  let host: LinkHost;
  try {
    host = await reach(inputs.connection);
  } catch (error) {
    return { inputs, failures: [], note: unchecked(messageOf(error)) };
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
  const makesLower = claims.makesLower(inputs);
  const look = async (fresh: boolean): Promise<Look> => {
    const [there, here] = await Promise.all([
      devices.of(host, below, fresh),
      devices.of(host, beside, fresh),
    ]);
    const snapshot = { below: there, beside: here };
    noteLower(host, inputs, lowerDeviceIn(there, inputs.lowerDevice));
    const failures = [
      ...refusals(inputs, snapshot, makesLower, before),
      ...(await foreseenCutOffs(host, { below, beside }, inputs, snapshot, before)),
      ...(await foreseenUse(host, inputs, before, config)),
    ];
    if (failures.length === 0) await warn(host, { below, beside }, inputs, snapshot, config, who);
    const adopts = failures.length === 0 && adoptee(inputs, here) !== undefined;
    const absent = failures.length === 0 && stood !== undefined && isAbsent(stood, inputs, here);
    if (absent && !fresh) return look(true);
    const note = adopts
      ? "takes over the link that is there"
      : absent
        ? await whereIs(host, stood)
        : undefined;
    return { inputs: placed, failures, ...(note !== undefined && { note }) };
  };
  const cached = await look(false);
  // Before anything is refused the host is looked at once more: the program itself may have changed it.
  return cached.failures.length === 0 ? cached : look(true);
}

async function open(
  host: LinkHost,
  property: string,
  netns: Netns | undefined,
): Promise<Namespace | CheckFailure> {
  try {
    return await host.namespace(netns);
  } catch (error) {
    if (!isHostError(error) || (error.kind !== "missing" && error.kind !== "refused")) throw error;
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
