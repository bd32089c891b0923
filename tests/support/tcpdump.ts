/** What tcpdump itself shows of a link. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { eventually } from "./processes";

export class Tcpdump {
  #shown = "";
  #complaint = "";
  readonly #child: ChildProcess;

  private constructor(netns: string, link: string, what: string) {
    // -A shows the text in a frame of ours, -e its addresses and its VLAN.
    const words = `tcpdump -i ${link} -l -n -e -A --immediate-mode ${what}`;
    const args = ["netns", "exec", netns, ...words.split(" ")];
    this.#child = spawn("ip", args, { stdio: ["ignore", "pipe", "pipe"] });
    this.#child.stdout?.on("data", (data: Buffer) => (this.#shown += data.toString("latin1")));
    this.#child.stderr?.on("data", (data: Buffer) => (this.#complaint += data.toString()));
  }

  /** It listens when this comes back. `what`: a filter; experimental frames by default, and all with a VLAN. */
  static async on(
    netns: string,
    link: string,
    what = "ether proto 0x88b5 or vlan",
  ): Promise<Tcpdump> {
    const capture = new Tcpdump(netns, link, what);
    const listens = () => capture.#complaint.includes("listening on");
    await eventually(`tcpdump listens: ${capture.#complaint}`, listens, 30_000);
    return capture;
  }

  get lines(): string[] {
    return this.#shown.trim().split("\n");
  }

  /** All that it showed until it showed this. */
  async until(text: string): Promise<string> {
    await eventually(`tcpdump shows ${text}`, () => this.#shown.includes(text), 30_000);
    return this.#shown;
  }

  async close(): Promise<void> {
    const gone = once(this.#child, "exit");
    if (this.#child.kill("SIGKILL")) await gone;
  }
}
