/** Docker, which has links of its own and knows nothing of ours. docs/decisions/managers.md */
import type { Device } from "./causes";

export const DOCKER = "dockerd";

/** From which the processes of a container descend, as the kernel cuts its name. */
export const CONTAINER_SHIM = "containerd-shim";

// Its drivers call a device after the first 12 digits of the network's id: bridge.go, macvlan_setup.go.
const ITS_OWN: readonly (readonly [kind: string, name: RegExp])[] = [
  ["bridge", /^docker0$/],
  ["bridge", /^br-[0-9a-f]{12}$/],
  ["dummy", /^dm-[0-9a-f]{12}$/],
];

/** Whether Docker made the device, and will delete it with its network. */
export const isDockersOwn = ({ kind, settings: { name } }: Device): boolean =>
  ITS_OWN.some(([of, called]) => of === kind && called.test(name ?? ""));

/** One line, that begins with the device. */
export const warningOfDockersOwn = (lower: string): string =>
  `${lower}: Docker made this lower device, and deletes it with its network ("docker network rm"), and the links on it too. Make a bridge of your own and give it to Docker (-o com.docker.network.bridge.name), or use another lower device`;

/** The same, of a container's processes by their pid. */
export function warningOfContainers(lower: string, pids: readonly number[]): string {
  const whose =
    pids.length === 1
      ? `a container (process ${pids[0]})`
      : `${pids.length} containers (processes ${pids.slice(0, 5).join(", ")}${pids.length > 5 ? ", …" : ""})`;
  return `${lower}: Docker has links of ${whose} on this lower device, and hands out their addresses without a look at others'. Keep yours out of what it hands out ("docker network create --ip-range" or "--aux-address"), give its network a VLAN or a parent of its own ("-o parent="), or remove it ("docker network rm")`;
}

/** What /proc/<pid>/stat says of a process: its name, and from whom it descends. */
export function ancestryIn(stat: string): { readonly comm: string; readonly parent: number } {
  const [, comm = "", parent = "0"] = /^\d+ \((.*)\) \S (\d+)/s.exec(stat) ?? [];
  return { comm, parent: Number(parent) };
}
