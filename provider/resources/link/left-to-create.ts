/**
 * What check leaves to create. The engine asks check of one resource after the other, so what the first one waits
 * for, all wait for; creates run side by side. In a preview check is all there is, and what is in the state already
 * may be deleted for what check lets through: there it waits. See docs/decisions/left-to-create.md.
 */
import { HostError } from "../../errors";
import type { LinkHost } from "../../host/link-host";
import type { CheckFailure } from "../../link/check";
import { isHere } from "../../link/host";
import type { LinkInputs } from "../../link/model";
import type { Config } from "../../request";
import { claims, lookAt } from "./check";

interface Left {
  readonly urn: string;
  /** Not where what the program makes first may have changed the host since others looked. */
  looks: boolean;
}

// By mark: create is not told the URN.
const left = new Map<string, Left>();

export function leaveToCreate({ identity }: LinkInputs, what: Left): void {
  left.set(identity.mark, what);
}

/** The inputs as check would have left them, had it seen the host; throws what it would have refused. */
export async function lookedAtNow(
  host: LinkHost,
  given: LinkInputs,
  operation: string,
  config: Config,
): Promise<LinkInputs> {
  const what = left.get(given.identity.mark);
  if (what === undefined) return given;
  const { machine } = host;
  const isNews = !isHere(given.connection) && machine !== undefined;
  const inputs = isNews && machine !== given.identity.host ? { ...given, machine } : given;
  const conflicts = isNews ? claims.claim(what.urn, inputs) : [];
  if (conflicts.length > 0) throw refusal(host, operation, conflicts);
  if (!what.looks) return inputs;
  const past = { old: undefined, stood: undefined };
  const look = await lookAt(inputs, past, () => Promise.resolve(host), config);
  if (look.failures.length > 0) throw refusal(host, operation, look.failures);
  if (look.note !== undefined) console.log(`pulumi-macvlan: ${given.name} ${look.note}`);
  // After a lost connection it may be there already.
  what.looks = false;
  return look.inputs;
}

function refusal(
  { label }: LinkHost,
  operation: string,
  failures: readonly CheckFailure[],
): HostError {
  const reasons = failures.map(({ property, reason }) => `${property}: ${reason}`);
  const cause = reasons.join(" ").replace(/[.] ?$/, "");
  return new HostError({ kind: "refused", operation, host: label, cause });
}
