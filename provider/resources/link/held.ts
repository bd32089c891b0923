/** Which managers of its host hold a link, or what it stands on. */
import type { LinkHost, Process } from "../../host/link-host";
import type { Namespace } from "../../host/namespaces";
import type { Device } from "../../link/causes";
import { type Held, MANAGERS } from "../../link/managers";

const NAMES = MANAGERS.map(({ comm }) => comm);
const running = new WeakMap<LinkHost, Map<number, Promise<readonly Process[]>>>();

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

/** Looked for once in a run. */
function managersIn(host: LinkHost, namespace: Namespace): Promise<readonly Process[]> {
  const known = running.get(host) ?? new Map<number, Promise<readonly Process[]>>();
  running.set(host, known);
  const look = known.get(namespace.inode) ?? host.processes(namespace, NAMES).catch(() => []);
  known.set(namespace.inode, look);
  return look;
}
