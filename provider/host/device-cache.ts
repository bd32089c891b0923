import type { Device } from "../link/causes";
import type { LinkHost } from "./link-host";
import { inodeKey, type Namespace } from "./namespaces";

/** What the namespaces of the run's hosts hold, read once each: a hundred resources share one look. */
export class DeviceCache {
  readonly #looks = new WeakMap<LinkHost, Map<string, Promise<readonly Device[]>>>();

  of(host: LinkHost, namespace: Namespace, fresh: boolean): Promise<readonly Device[]> {
    const looks = this.#looks.get(host) ?? new Map<string, Promise<readonly Device[]>>();
    this.#looks.set(host, looks);
    const key = inodeKey(namespace);
    const cached = fresh ? undefined : looks.get(key);
    const look = cached ?? host.devices(namespace);
    looks.set(key, look);
    return look;
  }
}
