/** Every TCP connection that this network namespace tries to make, whoever tries it and whatever becomes of it. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { PYTHON } from "./python";

export class Dials {
  #seen: string[] = [];

  private constructor(private readonly child: ChildProcess) {}

  static async watch(): Promise<Dials> {
    const script = join(__dirname, "dials.py");
    const child = spawn(PYTHON, ["-I", script], { stdio: ["ignore", "pipe", "inherit"] });
    if (child.stdout === null) throw new Error("No pipe from the watch of connections");
    const lines = createInterface(child.stdout);
    const [first] = (await once(lines, "line")) as [string];
    if (first !== "ready") throw new Error(`The watch of connections said ${first}`);
    const dials = new Dials(child);
    lines.on("line", (line: string) => dials.#seen.push(line));
    return dials;
  }

  /** How often an address was dialled on port 22 since the watch began, or was last cleared. */
  of(address: string): number {
    return this.#seen.filter((line) => line === `${address} 22`).length;
  }

  clear(): void {
    this.#seen = [];
  }

  stop(): void {
    this.child.kill("SIGKILL");
  }
}
