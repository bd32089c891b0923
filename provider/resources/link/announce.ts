import { setTimeout as sleep } from "node:timers/promises";
import { messageOf } from "../../errors";
import type { LinkHost } from "../../host/link-host";
import type { Place } from "../../host/namespaces";
import { addressesIn } from "../../host/route-answers";
import { keyOf } from "../../link/addresses";
import { announcements } from "../../link/announce";
import type { LinkState } from "../../link/model";
import { IFA_F_TENTATIVE } from "../../netlink/constants";

// Duplicate address detection takes a second or two, and an address in it is not to be used yet.
const WAIT_MS = 5000;
const POLL_MS = 100;

/**
 * Tells the network of the addresses that are new since `before`. The link stands, whatever becomes of
 * it, so what fails is said and no more.
 */
export async function announce(
  host: LinkHost,
  { beside }: Place,
  state: LinkState,
  before: Pick<LinkState, "addresses"> = {},
): Promise<void> {
  const { announce: isAsked, addresses = [], adminState, macAddress, ifindex, name } = state;
  const known = new Set((before.addresses ?? []).map(keyOf));
  const fresh = addresses.filter((address) => !known.has(keyOf(address)));
  if (isAsked !== true || fresh.length === 0 || adminState !== "up" || macAddress === undefined)
    return;
  try {
    await untilUsable(host, beside, ifindex);
    await host.announce(beside, ifindex, announcements(fresh, macAddress));
  } catch (error) {
    const why = messageOf(error);
    console.log(`pulumi-macvlan: WARNING: ${name} is there, and was not announced: ${why}`);
  }
}

async function untilUsable(
  host: LinkHost,
  beside: Place["beside"],
  ifindex: number,
): Promise<void> {
  for (const until = Date.now() + WAIT_MS; Date.now() < until; await sleep(POLL_MS)) {
    const all = await addressesIn(host, beside, ifindex);
    const isTentative = all.some(
      ({ flags, attributes }) => ((attributes.IFA_FLAGS ?? flags) & IFA_F_TENTATIVE) !== 0,
    );
    if (!isTentative) return;
  }
}
