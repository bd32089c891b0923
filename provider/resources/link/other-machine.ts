import { HostError } from "../../errors";
import type { LinkHost } from "../../host/link-host";
import { hostOf } from "../../link/host";
import type { LinkInputs } from "../../link/model";

type Hosted = Pick<LinkInputs, "connection" | "machine" | "identity">;

/**
 * Whether the host that answers is another machine than the one meant: installed anew, or its address
 * was given away. Links of the old one are not there.
 */
export function isOtherMachine(host: LinkHost, link: Hosted): boolean {
  const { connection } = link;
  // An id says which host it is, whatever its machine-id.
  if (connection?.id !== undefined || !host.session.isRemote) return false;
  const { machine } = hostOf(link);
  return machine !== undefined && host.machine !== undefined && machine !== host.machine;
}

/** Between check and the work the address came to lead elsewhere. */
export function refuseOtherMachine(host: LinkHost, inputs: Hosted, operation: string): void {
  if (!isOtherMachine(host, inputs)) return;
  throw new HostError({
    kind: "missing",
    operation,
    host: host.label,
    cause: "connection: another machine answers there than a moment ago (its machine-id differs)",
    cure: "See where the address leads, and run it again",
  });
}

/** One line under the stack: the link is not looked for on a machine that never had it. */
export function noteOtherMachine(host: LinkHost, operation: string): void {
  console.log(
    `pulumi-macvlan: WARNING: Cannot ${operation}. Another machine answers at ${host.label} now (its machine-id differs), so the link is taken for gone; on the old machine it may still be there.`,
  );
}
