/** A Pulumi project in a folder of its own, with a stack, run by the real CLI. */
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { PulumiRun, type RunResult } from "./pulumi-run";
import { processesWith } from "./run-processes";

const ROOT = join(__dirname, "../..");
const STACK = "dev";

export interface ProjectOptions {
  /** The program's text: JavaScript, since TypeScript costs a compiler's start in each run. */
  readonly program?: string;
  /** A folder that is copied instead; it brings its own Pulumi.yaml and may be TypeScript. */
  readonly folder?: string;
  /** Folders of packages that the program may require, beside pulumi-macvlan. */
  readonly packages?: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
}

export interface RunOptions {
  readonly args?: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  /** Also run the preview that the CLI runs by default; it costs as much as the run. */
  readonly preview?: boolean;
  /** After so long the run is killed with all its processes; 120 by default. */
  readonly timeoutSeconds?: number;
}

export type Operation = "up" | "preview" | "refresh" | "destroy";

/** A resource as `pulumi stack export` shows it. */
export interface SavedResource {
  readonly urn: string;
  readonly type: string;
  readonly id?: string;
  readonly inputs?: Readonly<Record<string, unknown>>;
  readonly outputs?: Readonly<Record<string, unknown>>;
  /** Where the program makes it: "project:///index.js#5,17". */
  readonly sourcePosition?: string;
}

export interface SavedStack {
  readonly resources: readonly SavedResource[];
  readonly pendingOperations: readonly {
    readonly type: string;
    readonly resource: SavedResource;
  }[];
}

export class PulumiProject {
  readonly folder: string;
  private readonly top: string;
  private readonly env: NodeJS.ProcessEnv;
  private readonly mark: string;

  private constructor(options: ProjectOptions) {
    this.top = mkdtempSync(join(tmpdir(), "macvlan-program-"));
    this.folder = join(this.top, "program");
    const home = join(this.top, "home");
    mkdirSync(home);
    mkdirSync(join(this.top, "state"));
    this.mark = `PULUMI_HOME=${home}`;
    this.env = {
      ...process.env,
      PATH: `${cliFolder()}:${process.env["PATH"] ?? ""}`,
      PULUMI_HOME: home,
      PULUMI_BACKEND_URL: `file://${join(this.top, "state")}`,
      PULUMI_CONFIG_PASSPHRASE: "test",
      PULUMI_SKIP_UPDATE_CHECK: "true",
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
      // A second copy of every checkpoint, which no test reads.
      PULUMI_DIY_BACKEND_DISABLE_CHECKPOINT_BACKUPS: "1",
      PULUMI_NODEJS_TRANSPILE_ONLY: "true",
      NO_COLOR: "1",
      ...options.env,
    };
    this.fill(options);
  }

  static async create(options: ProjectOptions): Promise<PulumiProject> {
    const project = new PulumiProject(options);
    await project.expect(["stack", "init", STACK]);
    return project;
  }

  private fill({ program, folder, packages = [] }: ProjectOptions): void {
    if (folder === undefined) {
      mkdirSync(this.folder);
      this.write("package.json", '{ "name": "program", "main": "index.js" }');
      this.write(
        "Pulumi.yaml",
        "name: program\nruntime:\n  name: nodejs\n  options:\n    typescript: false\n",
      );
    } else {
      cpSync(folder, this.folder, { recursive: true });
    }
    if (program !== undefined) this.write("index.js", program);
    // As a user's install lays it out; our package is a link to this repository's build.
    const modules = join(this.folder, "node_modules");
    mkdirSync(modules);
    symlinkSync(join(ROOT, "node_modules/@pulumi"), join(modules, "@pulumi"));
    symlinkSync(ROOT, join(modules, "pulumi-macvlan"));
    for (const path of packages) {
      // A copy: Node looks for a package's own imports from where its files really are.
      cpSync(path, join(modules, basename(path)), { recursive: true });
    }
  }

  write(file: string, text: string): void {
    const path = join(this.folder, file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }

  up(options: RunOptions = {}): Promise<RunResult> {
    return this.start("up", options).ended();
  }

  preview(options: RunOptions = {}): Promise<RunResult> {
    return this.start("preview", options).ended();
  }

  refresh(options: RunOptions = {}): Promise<RunResult> {
    return this.start("refresh", options).ended();
  }

  destroy(options: RunOptions = {}): Promise<RunResult> {
    return this.start("destroy", options).ended();
  }

  /** Starts without waiting, for those who want to disturb the run. */
  start(
    operation: Operation,
    { args = [], env, preview, timeoutSeconds }: RunOptions = {},
  ): PulumiRun {
    const consent = operation === "preview" ? [] : ["--yes"];
    if (consent.length > 0 && preview !== true) consent.push("--skip-preview");
    return this.run([operation, ...consent, "--stack", STACK, ...args], env, timeoutSeconds);
  }

  async export(): Promise<SavedStack> {
    const { stdout } = await this.expect(["stack", "export", "--stack", STACK]);
    const { deployment } = JSON.parse(stdout) as {
      deployment: {
        resources?: SavedResource[];
        pending_operations?: { type: string; resource: SavedResource }[];
      };
    };
    return {
      resources: deployment.resources ?? [],
      pendingOperations: deployment.pending_operations ?? [],
    };
  }

  async outputs(): Promise<Readonly<Record<string, unknown>>> {
    const { stdout } = await this.expect(["stack", "output", "--json", "--stack", STACK]);
    return JSON.parse(stdout) as Record<string, unknown>;
  }

  async config(key: string, value: string, { secret = false } = {}): Promise<void> {
    const kind = secret ? "--secret" : "--plaintext";
    await this.expect(["config", "set", kind, "--stack", STACK, key, value]);
  }

  /** Unlocks the stack after an engine was killed. */
  async unlock(): Promise<void> {
    await this.expect(["cancel", "--yes", "--stack", STACK]);
  }

  /** Any other command; the result, whatever it is. */
  pulumi(...args: string[]): Promise<RunResult> {
    return this.run(args).ended();
  }

  /** Ends what is still running and deletes the folder; the resources are the test's own business. */
  remove(): void {
    for (const { pid } of processesWith(this.mark)) process.kill(pid, "SIGKILL");
    rmSync(this.top, { recursive: true, force: true, maxRetries: 5 });
  }

  private run(
    args: readonly string[],
    env: NodeJS.ProcessEnv = {},
    timeoutSeconds = 120,
  ): PulumiRun {
    return new PulumiRun({
      args: [...args, "--non-interactive", "--color", "never"],
      cwd: this.folder,
      env: { ...this.env, ...env },
      mark: this.mark,
      timeoutSeconds,
    });
  }

  private async expect(args: readonly string[]): Promise<RunResult> {
    const result = await this.run(args).ended();
    if (result.status === 0) return result;
    throw new Error(`pulumi ${args.join(" ")}: ${result.stderr}${result.stdout}`);
  }
}

let found: string | undefined;

function cliFolder(): string {
  found ??= execFileSync(join(ROOT, "scripts/pulumi-cli"), { encoding: "utf8" }).trim();
  return found;
}
