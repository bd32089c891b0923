import { execFileSync, spawn } from "node:child_process";
import { statSync } from "node:fs";

let count = 0;

/** A network namespace of a test's own, with a veth called `lower` in it. The machine's own links are never touched. */
export class TestNamespace {
  readonly name: string;

  constructor() {
    this.name = `pmv-${process.pid}-${++count}`;
    execFileSync("ip", ["netns", "add", this.name]);
    this.ip("link", "add", "lower", "type", "veth", "peer", "name", "wire");
    this.ip("link", "set", "lower", "up");
    this.ip("link", "set", "wire", "up");
  }

  ip(...args: string[]): string {
    return execFileSync("ip", ["-n", this.name, ...args], { encoding: "utf8", stdio: "pipe" });
  }

  get path(): string {
    return `/run/netns/${this.name}`;
  }

  get inode(): number {
    return statSync(this.path).ino;
  }

  get lowerIndex(): number {
    return this.indexOf("lower");
  }

  indexOf(link: string): number {
    return Number(/^(\d+):/.exec(this.ip("-o", "link", "show", "dev", link))?.[1]);
  }

  /** Names of the links, without `lo`, `lower` and `wire`. */
  get links(): string[] {
    const lines = this.ip("-o", "link", "show").split("\n");
    const names = lines.flatMap((line) => /^\d+: ([^:@]+)/.exec(line)?.[1] ?? []);
    return names.filter((name) => !["lo", "lower", "wire"].includes(name));
  }

  /** So many pairs of veth, in one go. */
  makeVeths(pairs: number): void {
    const lines = Array.from(
      { length: pairs },
      (_, n) => `link add a${n} type veth peer name b${n}`,
    );
    execFileSync("ip", ["-n", this.name, "-batch", "-"], { input: lines.join("\n") });
  }

  /** The pid of a process in it, until `stop` is called. */
  run(): { pid: number; inode: () => number; stop: () => void } {
    const child = spawn("ip", ["netns", "exec", this.name, "sleep", "600"], { stdio: "ignore" });
    if (child.pid === undefined) throw new Error("Cannot start a process in a namespace");
    const inode = (): number => statSync(`/proc/${child.pid}/ns/net`).ino;
    return { pid: child.pid, inode, stop: () => child.kill("SIGKILL") };
  }

  remove(): void {
    execFileSync("ip", ["netns", "del", this.name]);
  }
}

/** Says why, where tests of the kernel cannot run. */
export function skipUnlessRoot(context: Mocha.Context): void {
  if (process.getuid?.() === 0) return;
  console.log("    skipped: network namespaces need root");
  context.skip();
}
