import { readFileSync } from "node:fs";
import { hostname } from "node:os";

/** This machine's id as machine-id(5) defines it; its host name where it has none. */
export function localMachineId(): string {
  for (const path of ["/etc/machine-id", "/var/lib/dbus/machine-id"]) {
    try {
      const id = readFileSync(path, "utf8").trim();
      if (/^[0-9a-f]{32}$/.test(id)) return id;
    } catch {
      // The next one may be there.
    }
  }
  return hostname();
}
