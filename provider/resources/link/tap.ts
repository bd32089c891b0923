import { setTimeout as sleep } from "node:timers/promises";
import { HostError, isHostError } from "../../errors";
import type { LinkHost } from "../../host/link-host";
import type { Namespace } from "../../host/namespaces";
import type { Device } from "../../link/causes";
import type { Tap } from "../../link/model";
import type { TapDevice } from "../../link/state";
import { Errno } from "../../netlink/errno";
import { tapDevice } from "./surroundings";

/** The node that should be ours is, or was when ours was made, of a link of another namespace with the same ifindex. */
export class TapTaken extends HostError {}

interface TapWish {
  readonly change: Tap;
  readonly declared: Tap;
  /** Just made, so that it may be made again where its tap device is not its own. */
  readonly isNew: boolean;
}

// devtmpfs makes the node at once; where udev does, it takes some milliseconds, on a busy host seconds.
const WAIT_MS = 5000;
const POLL_MS = 20;

/**
 * Waits for the tap device of a macvtap and sets owner, group and mode. Where the host has no
 * devtmpfs (a container) no node ever comes; that is an error only if the program declares `tap`.
 */
export async function awaitTap(
  host: LinkHost,
  namespace: Namespace,
  { name, ifindex }: { readonly name: string; readonly ifindex: number },
  { change, declared, isNew }: TapWish,
): Promise<TapDevice> {
  const until = Date.now() + WAIT_MS;
  for (;;) {
    const node = await host.tap(namespace, name, ifindex, change).catch((error: unknown) => {
      throw refusedTap(error, name);
    });
    if (node.mismatch === true) {
      // What was changed is something else then, and it was so before.
      if (!isNew && Object.keys(declared).length === 0) return tapDevice(node, declared);
      throw new TapTaken(
        failure(
          host,
          name,
          `/dev/tap${ifindex} is, or was, of a link of another namespace with the same ifindex`,
          "Replace the link: a new one gets a number that is free",
        ),
      );
    }
    if (node.path !== null) return tapDevice(node, declared);
    if (Date.now() >= until) {
      if (Object.keys(declared).length === 0) return tapDevice(node, declared);
      throw new HostError(
        failure(
          host,
          name,
          `/dev/tap${ifindex} did not appear within ${WAIT_MS / 1000} s`,
          "Without devtmpfs on /dev (in a container, say) leave tap out and make the node from tapMajor and tapMinor",
        ),
      );
    }
    await sleep(POLL_MS);
  }
}

/** An account that the host does not have, or a host whose root we are not. */
function refusedTap(error: unknown, name: string): unknown {
  if (!isHostError(error) || error.kind !== "refused") return error;
  const cures: Readonly<Record<number, string>> = {
    [Errno.ENOENT]: "Create the account on that host first, or give another owner or group",
    [Errno.EPERM]: "A tap device is its host's root's to give away, not a user namespace's",
  };
  const { cause } = error.failure;
  return new HostError({
    ...error.failure,
    operation: `set up the tap device of ${name}`,
    cause: `tap: ${cause}`,
    cure: cures[error.errno ?? 0],
  });
}

function failure(
  host: LinkHost,
  name: string,
  cause: string,
  cure?: string,
): ConstructorParameters<typeof HostError>[0] {
  return {
    kind: "missing",
    operation: `open up the tap device of ${name}`,
    host: host.label,
    cause,
    cure,
  };
}

/** The tap device as it is now; nothing for a macvlan. */
export async function tapOf(
  host: LinkHost,
  namespace: Namespace,
  link: Device,
  declared: Tap = {},
): Promise<TapDevice | undefined> {
  if (link.kind !== "macvtap") return undefined;
  const node = await host.tap(namespace, link.settings.name, link.ifindex);
  return tapDevice(node, declared);
}
