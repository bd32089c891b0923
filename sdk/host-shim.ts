import { isIP } from "node:net";
import * as pulumi from "@pulumi/pulumi";
import type { LinkArgs, RouteArgs } from "./link-args";
import { Macvlan } from "./macvlan";
import { runError } from "./run-error";

export interface HostShimArgs extends Pick<
  LinkArgs,
  "connection" | "lowerDevice" | "lowerNetns" | "name" | "macAddress" | "mtu"
> {
  /**
   * Addresses of the host's own on the shim, "192.0.2.2/32": free ones of the guests' network, since those
   * of the lower device stay there. With a shorter prefix the whole network is looked for through the shim.
   */
  addresses: pulumi.Input<pulumi.Input<string>[]>;
  /** Whom the host reaches through it: addresses, or networks as "192.0.2.128/25". */
  guests: pulumi.Input<pulumi.Input<string>[]>;
  /** Default: "bridge", which reaches guests in bridge mode without any switch's help. With "vepa" the switch must send frames back. */
  mode?: pulumi.Input<"bridge" | "vepa">;
}

/**
 * The host's own way to its guests. A macvlan and its lower device do not hear each other, whatever the
 * mode; two macvlans do. So the host gets one too, on the same lower device, and a route through it to
 * each guest. The guests then also reach the host's other addresses.
 *
 * @example
 * new HostShim("shim", { lowerDevice: "eth0", addresses: ["192.0.2.2/32"], guests: ["192.0.2.10"] });
 */
export class HostShim extends pulumi.ComponentResource {
  /** The macvlan it is made of. */
  readonly link: Macvlan;

  constructor(name: string, args: HostShimArgs, opts?: pulumi.ComponentResourceOptions) {
    super("macvlan:index:HostShim", name, {}, opts);
    const { guests, addresses, mode = "bridge", ...where } = args;
    const routes = pulumi
      .all([pulumi.output(guests), pulumi.output(addresses)])
      .apply((known) => routesTo(name, ...known));
    this.link = new Macvlan(name, { ...where, mode, addresses, routes }, { parent: this });
    this.registerOutputs({ link: this.link.name });
  }
}

/** Each leaves from an address of the shim, since a guest could not answer one that is elsewhere. */
function routesTo(
  shim: string,
  guests: readonly string[],
  addresses: readonly string[],
): RouteArgs[] {
  const refuse = (what: string): never => {
    throw runError(`HostShim ${shim}: ${what}`);
  };
  return guests.map((guest, at) => {
    const path = `guests[${at}]: ${JSON.stringify(guest)}`;
    const [address = "", prefix] = String(guest).split("/");
    const family = isIP(address);
    if (family === 0) refuse(`${path} is neither an address nor a network; write 192.0.2.10`);
    const source = addresses
      .map((own) => String(own).split("/")[0] ?? "")
      .find((own) => isIP(own) === family);
    if (source === undefined)
      return refuse(
        `${path} is of IPv${family}, and the shim has no such address; add one to addresses`,
      );
    return { destination: `${address}/${prefix ?? (family === 4 ? 32 : 128)}`, source };
  });
}
