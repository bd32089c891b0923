/** Creations that something interrupts, and what they may leave behind. */
import assert from "node:assert/strict";
import { randomInt } from "node:crypto";
import type { Kind, LinkInputs } from "../../provider/link/model";
// Not those that begin anew when the agent dies.
import { createLink } from "../../provider/resources/link/create";
import { deleteLink } from "../../provider/resources/link/delete";
import type { Config } from "../../provider/request";
import type { IpLink } from "../support/ip-link";
import type { KernelLab } from "../support/kernel-lab";
import { LinkResource } from "../support/link-resource";

const GROUP = 5;
let made = 0;

/** With a step of every sort after the creating message. */
export function interruptible(lab: KernelLab, kind: Kind, more: object = {}): LinkResource {
  return new LinkResource(lab, {
    kind,
    lowerDevice: "lower",
    group: GROUP,
    alias: "all of it",
    // One resource of a run may not have another's.
    altNames: [`all-of-it-${++made}`],
    addrGenMode: "random",
    ...(kind === "macvtap" && { tap: { owner: "daemon" } }),
    ...more,
  });
}

/** Makes the link and deletes it until it is interrupted, or until `goesOn` says so. */
export async function makeOverAndOver(
  inputs: LinkInputs,
  config: Config,
  goesOn: () => boolean = () => true,
): Promise<void> {
  while (goesOn()) {
    const { id, state } = await createLink({ inputs, config });
    await deleteLink({ id, state, config });
  }
}

/** Between no link at all and the whole of it there is nothing. */
export function assertAllOrNothing(links: readonly IpLink[], { inputs }: LinkResource): void {
  const [link, ...more] = links;
  assert.deepEqual(more, []);
  if (link === undefined) return;
  assert.equal(link.ifname, inputs.name);
  assert.equal(link.group, String(GROUP));
  assert.equal(link.ifalias, `all of it [pulumi-macvlan:${inputs.identity.mark}]`);
  assert.deepEqual(link.altnames, inputs.altNames);
  assert.equal(link.inet6_addr_gen_mode, "random");
  assert(link.flags.includes("UP"));
}

/** A moment of a creation, which takes some milliseconds. */
export const aMoment = (): number => randomInt(0, 40);
