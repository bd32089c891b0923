/** A host with a card, a cable to a port of a switch (a Linux bridge), and guests on the card, each in a namespace. */
import { execFileSync, spawnSync } from "node:child_process";
import type { Mode } from "../../provider/link/model";
import type { KernelLab } from "./kernel-lab";

export interface Guest {
  readonly netns: string;
  readonly link: string;
  readonly address: string;
}

export class SwitchedGuests {
  readonly host: Guest;
  /** The switch's own address is that of a router beyond it. */
  readonly outside: Guest;
  #count = 0;

  constructor(readonly lab: KernelLab) {
    this.host = { netns: lab.namespace(), link: "card", address: "192.0.2.1" };
    this.outside = { netns: lab.namespace(), link: "br0", address: "192.0.2.254" };
    lab.veth(this.host.netns, "card", "port", this.outside.netns);
    this.onSwitch("link", "add", "name", "br0", "type", "bridge");
    this.onSwitch("link", "set", "dev", "port", "master", "br0");
    this.onSwitch("link", "set", "dev", "br0", "up");
    for (const each of [this.host, this.outside]) this.#address(each);
  }

  onSwitch(...args: string[]): string {
    return this.lab.ip(this.outside.netns, ...args);
  }

  hairpin(on: boolean): void {
    const words = ["link", "set", "dev", "port", "hairpin", on ? "on" : "off"];
    execFileSync("bridge", ["-n", this.outside.netns, ...words], { stdio: "pipe" });
  }

  /** A macvlan in a namespace of its own, or in the host's, as a host's own way to its guests. */
  guest(mode: Mode, netns = this.lab.namespace()): Guest {
    const guest = { netns, link: `g${++this.#count}`, address: `192.0.2.${10 + this.#count}` };
    const place = ["name", guest.link, "link", "card", "netns", netns];
    this.lab.ip(this.host.netns, "link", "add", ...place, "type", "macvlan", "mode", mode);
    this.lab.ip(netns, "link", "set", "dev", guest.link, "up");
    this.#address(guest);
    return guest;
  }

  /** Whether the second answers the first, who has to ask for its MAC address by broadcast. */
  reaches(from: Guest, to: Guest): boolean {
    for (const { netns, link } of [from, to]) this.lab.ip(netns, "neigh", "flush", "dev", link);
    return this.#ping(from, to);
  }

  /** The same without any broadcast. */
  reachesUnicast(from: Guest, to: Guest): boolean {
    for (const [one, other] of [
      [from, to],
      [to, from],
    ] as const) {
      const { address: mac = "" } = this.lab.link(other.netns, other.link) ?? {};
      const entry = [other.address, "lladdr", mac, "dev", one.link, "nud", "reachable"];
      this.lab.ip(one.netns, "neigh", "replace", ...entry);
    }
    return this.#ping(from, to);
  }

  /** From now on these two send what is for each other to the router. */
  routed(one: Guest, other: Guest): void {
    for (const name of ["ip_forward", "conf.all.send_redirects", "conf.br0.send_redirects"])
      this.#sysctl(this.outside.netns, `net.ipv4.${name}`, name === "ip_forward" ? "1" : "0");
    for (const [from, to] of [
      [one, other],
      [other, one],
    ] as const) {
      const way = [`${to.address}/32`, "via", this.outside.address, "dev", from.link];
      this.lab.ip(from.netns, "route", "replace", ...way);
    }
  }

  #ping({ netns, address }: Guest, to: Guest): boolean {
    // The first may wait for an address to be looked up.
    const words = `ping -n -c 3 -i 0.2 -W 2 -I ${address} ${to.address}`.split(" ");
    return spawnSync("ip", ["netns", "exec", netns, ...words], { stdio: "ignore" }).status === 0;
  }

  #address({ netns, link, address }: Guest): void {
    this.lab.ip(netns, "address", "add", `${address}/24`, "dev", link);
  }

  #sysctl(netns: string, name: string, value: string): void {
    const file = `/proc/sys/${name.replaceAll(".", "/")}`;
    execFileSync("ip", ["netns", "exec", netns, "tee", file], { input: value, stdio: "pipe" });
  }
}
