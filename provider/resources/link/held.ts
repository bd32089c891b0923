/** Which managers of its host hold a link, or what it stands on. */
import { childrenElsewhere } from "../../host/everywhere";
import type { LinkHost, Process } from "../../host/link-host";
import type { Namespace } from "../../host/namespaces";
import type { Device } from "../../link/causes";
import {
  ancestryIn,
  CONTAINER_SHIM,
  DOCKER,
  isDockersOwn,
  warningOfContainers,
  warningOfDockersOwn,
} from "../../link/docker";
import { type Held, MANAGERS } from "../../link/managers";

const NAMES = [...MANAGERS.map(({ comm }) => comm), DOCKER];
const running = new WeakMap<LinkHost, Map<number, Promise<readonly Process[]>>>();
const containers = new WeakMap<LinkHost, Map<string, Promise<readonly number[]>>>();

/**
 * A manager sees the namespace that it runs in, and its notes are where it sees them. Who has no
 * privilege does not see other users' processes, and is told of nothing.
 */
export async function holdsOn(
  host: LinkHost,
  namespace: Namespace,
  device: Device,
  isLower: boolean,
): Promise<Held[]> {
  const holds = await Promise.all(
    (await managersIn(host, namespace)).map(async ({ pid, comm }) => {
      const manager = MANAGERS.find((each) => each.comm === comm);
      if (manager === undefined) return [];
      const note = await host.text(`/proc/${pid}/root/${manager.notes}/${device.ifindex}`);
      const by = note === undefined ? undefined : manager.hold(note);
      if (by === undefined) return [];
      return [{ manager: manager.name, device: device.settings.name, isLower, by }];
    }),
  );
  return holds.flat();
}

/** What Docker has to do with a lower device. Its links are in the namespaces of its containers. */
export async function dockerOn(
  host: LinkHost,
  below: Namespace,
  lower: Device,
): Promise<string | undefined> {
  if (!(await managersIn(host, below)).some(({ comm }) => comm === DOCKER)) return undefined;
  const { name } = lower.settings;
  if (isDockersOwn(lower)) return warningOfDockersOwn(name);
  const pids = await onceFor(containers, host, `${below.inode} ${lower.ifindex}`, () =>
    containersOn(host, below, lower).catch(() => []),
  );
  return pids.length === 0 ? undefined : warningOfContainers(name, pids);
}

async function containersOn(
  host: LinkHost,
  below: Namespace,
  { ifindex }: Device,
): Promise<readonly number[]> {
  const paths = (await childrenElsewhere(host, below, ifindex)).map(({ path }) => path);
  const pids = [...new Set(paths)].map((path) => Number(/^\/proc\/(\d+)\//.exec(path)?.[1]));
  const isContainer = await Promise.all(pids.map((pid) => descendsFromShim(host, pid)));
  return pids.filter((_, at) => isContainer[at]);
}

async function descendsFromShim(host: LinkHost, pid: number): Promise<boolean> {
  for (let each = pid; each > 1;) {
    const stat = await host.text(`/proc/${each}/stat`);
    if (stat === undefined) return false;
    const { comm, parent } = ancestryIn(stat);
    if (comm === CONTAINER_SHIM) return true;
    each = parent;
  }
  return false;
}

/** Looked for once in a run. */
const managersIn = (host: LinkHost, namespace: Namespace): Promise<readonly Process[]> =>
  onceFor(running, host, namespace.inode, () => host.processes(namespace, NAMES).catch(() => []));

function onceFor<K, V>(
  all: WeakMap<LinkHost, Map<K, Promise<V>>>,
  host: LinkHost,
  key: K,
  look: () => Promise<V>,
): Promise<V> {
  const known = all.get(host) ?? new Map<K, Promise<V>>();
  all.set(host, known);
  const looking = known.get(key) ?? look();
  known.set(key, looking);
  return looking;
}
