import { againAfterLoss } from "../../host/after-loss";
import type { CheckFailure } from "../../link/check";
import { checkSet, failureOf, fewOf } from "../../link-set/check";
import { linksOf, type Member } from "../../link-set/members";
import type { LinkSetInputs, Overrides, SetIdentity } from "../../link-set/model";
import type { LinkInputs } from "../../link/model";
import type { CheckAnswer, CheckRequest, Config } from "../../request";
import { claims, inTime, type Look, lookAhead, lookAt } from "../link/check";
import { hostInTime, reachAhead } from "../link/hosts-ahead";
import { type Reach, whichHost } from "../link/which-host";
import { keepForDiff, sayNotes } from "./notes";

// By URN, as for single links: the second check of a set that is replaced is not given its old inputs.
const before = new Map<string, LinkSetInputs>();

export async function checkSetInputs({
  inputs: given,
  oldInputs,
  config,
  isUnknown,
}: CheckRequest<LinkSetInputs>): Promise<CheckAnswer> {
  const { connection, waits, hostsAhead } = given;
  const looks = config("snapshot") !== "off";
  if (looks) reachAhead(hostsAhead, config, lookAhead);
  const urn = String(given["resourceUrn"]);
  if (oldInputs?.identity !== undefined) before.set(urn, oldInputs as LinkSetInputs);
  const old = before.get(urn);
  const reach: Reach = (to) => hostInTime(to, config);
  const { kept, ...host } = await whichHost(connection, old, {
    isUnknown,
    reach: looks ? reach : undefined,
  });
  const checked = checkSet(given, {
    ...host,
    kept: kept === undefined ? undefined : old?.identity,
    isUnknown,
  });
  const { inputs, members, failures } = checked;
  if (failures.length > 0 || members === undefined || isUnknown(inputs))
    return { inputs, failures };
  const faultOf = (key: string, failure: CheckFailure): CheckFailure =>
    failureOf(key, failure, inputs["links"]);
  const stood = oldInputs?.identity === undefined ? undefined : linksOf(oldInputs as LinkSetInputs);
  for (const key of stood?.keys() ?? []) if (!members.has(key)) claims.release(`${urn} ${key}`);
  const conflicts = [...members].flatMap(([key, member]) =>
    claims.claim(`${urn} ${key}`, member.inputs).map((failure) => faultOf(key, failure)),
  );
  if (conflicts.length > 0 || waits === true || !looks)
    return { inputs, failures: fewOf(conflicts) };
  const identity = inputs["identity"] as SetIdentity;
  const seen = await lookAtAll(members, stood, reach, config, identity.name);
  const faults = [...seen].flatMap(([key, look]) =>
    look.failures.map((failure) => faultOf(key, failure)),
  );
  const notes = [...seen].flatMap(([key, { note }]) =>
    note === undefined ? [] : [[key, note] as const],
  );
  const isOld = (key: string): boolean => stood?.has(key) ?? false;
  sayNotes(identity, new Map(notes.filter(([key]) => !isOld(key))));
  keepForDiff(identity, new Map(notes.filter(([key]) => isOld(key))));
  return { inputs: withInodes(inputs, seen), failures: fewOf(faults) };
}

/** Asked for in one moment, what they look at is looked at once. */
async function lookAtAll(
  members: ReadonlyMap<string, Member>,
  stood: ReadonlyMap<string, LinkInputs> | undefined,
  reach: Reach,
  config: Config,
  name: string,
): Promise<ReadonlyMap<string, Look>> {
  const looks = [...members].map(async ([key, { inputs }]) => {
    const old = stood?.get(key);
    const look = await inTime(inputs, () =>
      againAfterLoss(`check ${inputs.name}`, () =>
        lookAt(inputs, { old, stood: old }, reach, config, name),
      ),
    );
    return [key, look] as const;
  });
  return new Map(await Promise.all(looks));
}

/** A pid comes back as another process: the inode of its namespace is kept beside it, where the pid stands. */
function withInodes(
  inputs: Readonly<Record<string, unknown>>,
  seen: ReadonlyMap<string, Look>,
): Readonly<Record<string, unknown>> {
  const links = inputs["links"] as Readonly<Record<string, Overrides>> | undefined;
  const placed = (own: object, found: LinkInputs | undefined): object =>
    Object.fromEntries(
      (["lowerNetns", "netns"] as const)
        .filter((name) => name in own && found?.[name] !== undefined)
        .map((name) => [name, found?.[name]]),
    );
  const plain = [...seen].find(([key]) => {
    const own = links?.[key] ?? {};
    return !("netns" in own) && !("lowerNetns" in own);
  });
  return {
    ...inputs,
    ...placed(inputs, plain?.[1].inputs),
    ...(links && {
      links: Object.fromEntries(
        Object.entries(links).map(([key, own]) => [
          key,
          { ...own, ...placed(own, seen.get(key)?.inputs) },
        ]),
      ),
    }),
  };
}
