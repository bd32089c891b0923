/** What `reachability` is to know of a link that is a resource. */
import * as pulumi from "@pulumi/pulumi";
import type { LinkStation, Station } from "../provider/link/station";
import type { HostShim } from "./host-shim";
import type { Link } from "./link";
import type { LinkArgs } from "./link-args";

/** What each link's program said of its host, which is no output. */
const connections = new WeakMap<object, LinkArgs["connection"]>();

export const declareConnection = (link: Link, { connection }: LinkArgs): void =>
  void connections.set(link, connection);

/** Resources, and what is known later. */
export type StationInput =
  | pulumi.Input<Station>
  | { [K in keyof LinkStation]: pulumi.Input<LinkStation[K]> }
  | Link
  | HostShim;

export function stationOf(station: StationInput): pulumi.Input<Station> {
  if (typeof station === "object" && "link" in station) return stationOf(station.link);
  if (!pulumi.Resource.isInstance(station)) return station as pulumi.Input<Station>;
  const { name, mode, lowerNetns, actualLowerDevice, macAddress, sourceMacAddresses, adminState } =
    station;
  const known = { name, mode, lowerNetns, actualLowerDevice, macAddress, sourceMacAddresses };
  return (
    pulumi
      .all([pulumi.output({ ...known, adminState }), hostOf(connections.get(station))])
      // Left out, it is this machine and the host's own namespace, and not the other station's.
      .apply(([link, connection]): LinkStation => ({
        ...link,
        connection,
        lowerNetns: link.lowerNetns ?? "",
      }))
  );
}

/** Of a connection no more than says which host it is: the rest may be secret. */
function hostOf(connection: LinkArgs["connection"]): pulumi.Output<string> {
  if (connection === undefined || typeof connection === "string")
    return pulumi.output(connection ?? "");
  const isPlain = !pulumi.Output.isInstance(connection) && !(connection instanceof Promise);
  const { id, host } = isPlain ? connection : { id: undefined, host: undefined };
  return isPlain
    ? pulumi.all([id, host]).apply(([anId, aHost]) => anId ?? aHost ?? "")
    : pulumi.output(connection).apply((known) => known.id ?? known.host ?? "");
}
