/** What is in all the network namespaces of a host, for what is no longer where it was. */
import { isHostError } from "../errors";
import type { Device } from "../link/causes";
import type { LinkHost } from "./link-host";
import type { Namespace } from "./namespaces";
import { namespaceIdIn } from "./route-answers";

export interface Inhabited {
  /** A file of the namespace: below /run/netns where it has a name, else of a process in it. */
  readonly path: string;
  readonly namespace: Namespace;
  readonly devices: readonly Device[];
}

// The agent keeps what it opens until the session ends, with two descriptors each.
const MOST_NAMESPACES = 256;
// Many links that are gone at once, as after a reboot, share one look.
const FRESH_MS = 1000;

interface Look {
  readonly at: number;
  readonly seen: Promise<readonly Inhabited[]>;
}

const looks = new WeakMap<LinkHost, Look>();

/** May be a second old: what is found must be looked at again before it is changed. */
export function devicesEverywhere(host: LinkHost): Promise<readonly Inhabited[]> {
  const old = looks.get(host);
  if (old !== undefined && performance.now() - old.at <= FRESH_MS) return old.seen;
  const seen = lookEverywhere(host);
  looks.set(host, { at: performance.now(), seen });
  seen.catch(() => looks.delete(host));
  return seen;
}

export interface ChildElsewhere {
  readonly path: string;
  readonly namespace: Namespace;
  readonly device: Device;
}

/** What stands on a device of one namespace and is in another. */
export async function childrenElsewhere(
  host: LinkHost,
  below: Namespace,
  ifindex: number,
): Promise<readonly ChildElsewhere[]> {
  const found = await Promise.all(
    (await devicesEverywhere(host)).map(async ({ path, namespace, devices }) => {
      const seen = devices.filter(
        ({ lowerIfindex, lowerNetnsId }) => lowerIfindex === ifindex && lowerNetnsId !== undefined,
      );
      // Numbers of devices collide among namespaces.
      const id = seen.length === 0 ? undefined : await namespaceIdIn(host, namespace, below);
      return seen
        .filter(({ lowerNetnsId }) => lowerNetnsId === id)
        .map((device) => ({ path, namespace, device }));
    }),
  );
  return found.flat();
}

async function lookEverywhere(host: LinkHost): Promise<readonly Inhabited[]> {
  const all = (await host.session.file({ op: "netns-list" })) as readonly {
    readonly path: string;
  }[];
  const found = await Promise.all(
    all.slice(0, MOST_NAMESPACES).map(({ path }) => lookInto(host, path)),
  );
  return found.filter((each) => each !== undefined);
}

/** Nothing of a namespace that went meanwhile, or is not ours to enter. */
async function lookInto(host: LinkHost, path: string): Promise<Inhabited | undefined> {
  try {
    const namespace = await host.namespace({ path });
    return { path, namespace, devices: await host.devices(namespace) };
  } catch (error) {
    if (isHostError(error) && (error.kind === "missing" || error.kind === "refused"))
      return undefined;
    throw error;
  }
}
