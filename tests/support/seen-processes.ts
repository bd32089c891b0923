/** What any process shows to others while a test runs: its command line and its environment. */
import { readdirSync, readFileSync } from "node:fs";
import { childrenOf } from "./processes";

/** Where a text was seen, in words. */
export class SeenProcesses {
  readonly #found = new Set<string>();
  readonly #timer: NodeJS.Timeout;
  #looks = 0;

  /** @param own processes below these hold credentials in no environment; of others nobody knows. */
  constructor(
    private readonly texts: readonly string[],
    private readonly own: () => readonly number[],
  ) {
    this.#timer = setInterval(() => this.#look(), 10);
  }

  /** The looks that were taken, and where a text was seen. */
  stop(): { looks: number; found: readonly string[] } {
    clearInterval(this.#timer);
    return { looks: this.#looks, found: [...this.#found] };
  }

  #look(): void {
    this.#looks++;
    const below = new Set(this.own().flatMap(descendants));
    for (const name of readdirSync("/proc").filter((each) => /^\d+$/.test(each))) {
      this.#search(`/proc/${name}/cmdline`);
      if (below.has(Number(name))) this.#search(`/proc/${name}/environ`);
    }
  }

  #search(file: string): void {
    let text: string;
    try {
      text = readFileSync(file, "utf8");
    } catch {
      return; // It has ended.
    }
    if (this.texts.some((each) => text.includes(each)))
      this.#found.add(`${file.split("/").at(-1)} of ${text.split("\0").slice(0, 3).join(" ")}`);
  }
}

function descendants(pid: number): number[] {
  return [pid, ...childrenOf(pid).flatMap(descendants)];
}
