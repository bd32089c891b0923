/** A Pulumi program whose links stand in a lab of its own: a host with the veth `lower`. */
import assert from "node:assert/strict";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { IpLink } from "./ip-link";
import { refuseOutsideSandbox } from "./kernel-guard";
import { KernelLab } from "./kernel-lab";
import {
  type Operation,
  type ProjectOptions,
  type RunOptions,
  type SavedResource,
  PulumiProject,
} from "./pulumi-project";
import type { RunResult } from "./pulumi-run";

/** A program for a whole suite, whose tests are the steps of one story. */
export function useLinkProgram(options: ProjectOptions = {}): () => LinkProgram {
  let program: LinkProgram | undefined;
  before(async () => {
    refuseOutsideSandbox();
    program = await LinkProgram.create(options);
  });
  after(() => program?.remove());
  return () => {
    if (program === undefined) throw new Error("There is a program only while its suite runs");
    return program;
  };
}

export class LinkProgram {
  /** The checkpoint of a stack that was never up. */
  private readonly pristine: string;

  private constructor(
    readonly project: PulumiProject,
    readonly lab: KernelLab,
    readonly netns: string,
  ) {
    this.pristine = readFileSync(this.checkpoint, "utf8");
  }

  static async create(options: ProjectOptions = {}): Promise<LinkProgram> {
    const lab = new KernelLab();
    const netns = lab.host();
    return new LinkProgram(await PulumiProject.create({ program: "", ...options }), lab, netns);
  }

  /** The program's text. `host` is what every link on the lab's host has among its arguments. */
  write(body: string): void {
    const host = { lowerNetns: this.netns, lowerDevice: "lower" };
    this.project.write(
      "index.js",
      `const pulumi = require("@pulumi/pulumi");
const { BridgePort, LinkSet, Macvlan, Macvtap } = require("pulumi-macvlan");
const host = ${JSON.stringify(host)};
${body}`,
    );
  }

  async succeed(operation: Operation, options?: RunOptions): Promise<RunResult> {
    const result = await this.project.start(operation, options).ended();
    assert.equal(result.status, 0, `pulumi ${operation}: ${result.stdout}${result.stderr}`);
    return result;
  }

  /** What it printed, of a run that must fail. */
  async fail(operation: Operation, options?: RunOptions): Promise<string> {
    const { status, stdout, stderr } = await this.project.start(operation, options).ended();
    assert.notEqual(status, 0, `pulumi ${operation} should have failed: ${stdout}`);
    return stdout + stderr;
  }

  /** `pulumi up` of a new text. */
  up(body: string, options?: RunOptions): Promise<RunResult> {
    this.write(body);
    return this.succeed("up", options);
  }

  /** As `ip` shows it; the test fails when there is none of that name. */
  link(name: string, netns = this.netns): IpLink {
    const link = this.lab.link(netns, name);
    assert(link, `There is no link called ${name}`);
    return link;
  }

  /** Names of the macvlans and macvtaps that are there, sorted. */
  links(netns = this.netns): string[] {
    return this.lab
      .macvlans(netns)
      .map(({ ifname }) => ifname)
      .sort();
  }

  /** `ip -n NETNS …` behind Pulumi's back. */
  ip(...args: string[]): string {
    return this.lab.ip(this.netns, ...args);
  }

  /** The saved links, by the names of their resources. */
  async saved(): Promise<Readonly<Record<string, SavedResource>>> {
    const { resources } = await this.project.export();
    const links = resources.filter(({ type }) => type.includes("dynamic/macvlan:"));
    return Object.fromEntries(links.map((link) => [link.urn.split("::").at(-1) ?? "", link]));
  }

  /** The file backend's own file: reading it takes no run of the CLI. */
  get checkpoint(): string {
    return join(this.project.folder, "../state/.pulumi/stacks/program/dev.json");
  }

  /**
   * A killed engine may leave its file backend's checkpoint empty, or the file of attributes beside
   * it, without which a checkpoint is read all the same. This puts back that of a stack that was
   * never up, or takes the attributes away.
   */
  mendCheckpoint(): void {
    const isEmpty = (path: string): boolean =>
      existsSync(path) && readFileSync(path, "utf8").trim() === "";
    if (isEmpty(this.checkpoint)) writeFileSync(this.checkpoint, this.pristine);
    const attributes = `${this.checkpoint}.attrs`;
    if (isEmpty(attributes)) rmSync(attributes);
  }

  /** Names of the saved links' resources, in no order. */
  savedNames(): string[] {
    const { checkpoint } = JSON.parse(readFileSync(this.checkpoint, "utf8")) as {
      checkpoint: { latest?: { resources?: { urn: string; type: string; delete?: boolean }[] } };
    };
    return (checkpoint.latest?.resources ?? [])
      .filter(({ type }) => type.includes("dynamic/macvlan:"))
      .map(({ urn }) => urn.split("::").at(-1) ?? "");
  }

  /** Back to no links on the host and none in the state, without asking anybody. */
  reset(): void {
    for (const name of this.links()) this.ip("link", "del", "dev", name);
    writeFileSync(this.checkpoint, this.pristine);
  }

  async remove(): Promise<void> {
    this.project.remove();
    await this.lab.remove();
  }
}
