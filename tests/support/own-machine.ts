/** This sandbox as a machine on a network: a card in its own namespace, a cable, and a router at the other end. */
import { execFileSync, spawnSync } from "node:child_process";
import { refuseOutsideSandbox } from "./kernel-guard";
import { KernelLab } from "./kernel-lab";

export const MACHINE = "192.0.2.1";
export const ROUTER = "192.0.2.254";

export class OwnMachine {
  readonly lab = new KernelLab();
  readonly router = this.lab.namespace();
  readonly guest = this.lab.namespace();
  readonly card = "card";

  constructor() {
    refuseOutsideSandbox();
    const cable = ["peer", "name", "wire", "netns", this.router];
    this.ip("link", "add", "name", this.card, "type", "veth", ...cable);
    this.ip("address", "add", `${MACHINE}/24`, "dev", this.card);
    this.ip("link", "set", "dev", this.card, "up");
    this.lab.ip(this.router, "address", "add", `${ROUTER}/24`, "dev", "wire");
    this.lab.ip(this.router, "link", "set", "dev", "wire", "up");
  }

  ip(...args: string[]): string {
    return execFileSync("ip", args, { encoding: "utf8", stdio: "pipe" });
  }

  /** Whether an address answers, asked from a namespace, or from the machine itself. */
  reaches(address: string, netns?: string): boolean {
    const enter = netns === undefined ? [] : ["ip", "netns", "exec", netns];
    // The first may wait for an address to be looked up.
    const [file = "", ...args] = [...enter, ..."ping -n -c 3 -i 0.2 -W 2".split(" "), address];
    return spawnSync(file, args, { stdio: "ignore" }).status === 0;
  }

  async remove(): Promise<void> {
    this.ip("link", "delete", "dev", this.card);
    await this.lab.remove();
  }
}
