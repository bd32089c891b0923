/** The same links on each host of a list, which is in the stack's configuration. */
import * as pulumi from "@pulumi/pulumi";
import * as macvlan from "pulumi-macvlan";

interface Host {
  /** What its resources are called by. It stays when the address changes. */
  readonly name: string;
  /** A name, an address, or an alias of ssh_config. */
  readonly host: string;
  readonly user?: string;
  readonly lowerDevice?: string;
}

const config = new pulumi.Config();
const hosts = config.requireObject<readonly Host[]>("hosts");

/** A host's links, and what whoever uses them wants to know. */
function linksOn({ name, host, user = "root", lowerDevice = "eth0" }: Host) {
  // Tell the links of two hosts apart, whatever address they are reached by.
  const where = { connection: { host, user, id: name }, lowerDevice, mode: "bridge" } as const;
  const web = new macvlan.Macvlan(`${name}-web`, { ...where, name: "web" });
  const db = new macvlan.Macvlan(`${name}-db`, { ...where, name: "db" });
  const vm = new macvlan.Macvtap(`${name}-vm1`, { ...where, name: "vm1" });
  return {
    web: web.macAddress,
    db: db.macAddress,
    vm1: { macAddress: vm.macAddress, tapDevice: vm.tapDevice },
  };
}

// By the host's name: links.hv1.web, …
export const links = Object.fromEntries(hosts.map((host) => [host.name, linksOn(host)]));
