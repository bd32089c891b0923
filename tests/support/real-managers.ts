/** Programs that manage devices, real ones, in a namespace of a test: they see that and a /run of their own. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eventually } from "./processes";

export const NETWORKD = "/lib/systemd/systemd-networkd";
const DBUS =
  "mkdir -p /run/dbus && dbus-daemon --system --fork --nopidfile --address=unix:path=/run/dbus/system_bus_socket";

/** What runs, and ends with the test and everything below it. */
export class RealManagers {
  readonly #running: ChildProcess[] = [];
  readonly #groups: string[] = [];
  readonly #folders: string[] = [];

  /** Says why, where a test cannot run. */
  static skipWithout(context: Mocha.Context, ...programs: readonly string[]): void {
    const missing = programs.filter((program) => {
      const places = ["/usr/sbin", "/usr/bin", "/sbin", "/bin"].map((folder) =>
        join(folder, program),
      );
      return !(program.startsWith("/") ? [program] : places).some(existsSync);
    });
    if (missing.length === 0) return;
    console.log(
      `    skipped: ${missing.join(", ")} missing; scripts/debian-packages installs what the tests run`,
    );
    context.skip();
  }

  /** `network`: files below /run/systemd/network; `conf`: below /run/systemd/networkd.conf.d. */
  networkd(
    netns: string,
    network: Readonly<Record<string, string>>,
    conf: Readonly<Record<string, string>> = {},
  ): number {
    // A /sys that cannot be written: then it does not wait for udev.
    return this.#start(
      netns,
      `mount -o remount,ro /sys
       mkdir -p /run/systemd/netif/links /run/systemd/netif/leases /run/systemd/netif/lldp
       chown -R systemd-network /run/systemd/netif
       ${written("/run/systemd/network", network)}
       ${written("/run/systemd/networkd.conf.d", conf)}
       ${DBUS}
       exec ${NETWORKD}`,
    );
  }

  /** `conf`: files below its conf.d. */
  networkManager(netns: string, conf: Readonly<Record<string, string>>): number {
    return this.#start(
      netns,
      `mount -o remount,ro /sys
       mount -t tmpfs none /etc/NetworkManager && mount -t tmpfs none /var/lib/NetworkManager
       printf '[main]\\nplugins=keyfile\\nno-auto-default=*\\n' > /etc/NetworkManager/NetworkManager.conf
       ${written("/etc/NetworkManager/conf.d", conf)}
       ${DBUS}
       exec NetworkManager --no-daemon`,
    );
  }

  /** A Docker that touches neither the packet filter nor forwarding; what it says to `docker`. */
  async docker(netns: string): Promise<(...args: readonly string[]) => string> {
    const folder = mkdtempSync(join(tmpdir(), "pulumi-macvlan-docker-"));
    const group = `pulumi-macvlan-test-${process.pid}-${this.#groups.length}`;
    this.#folders.push(folder);
    this.#groups.push(group);
    const socket = join(folder, "docker.sock");
    // The control groups of containers are below one that goes with the test.
    this.#start(
      netns,
      `mkdir -p /etc/docker && mount -t tmpfs none /etc/docker
       mount -t cgroup2 none /sys/fs/cgroup
       exec dockerd --iptables=false --ip6tables=false --ip-forward=false --ip-masq=false --bridge=none \
         --exec-opt native.cgroupdriver=cgroupfs --cgroup-parent=/${group} \
         --storage-driver=vfs --data-root=/run/docker-data -H unix://${socket}`,
    );
    const docker = (...args: readonly string[]): string =>
      execFileSync("docker", ["-H", `unix://${socket}`, ...args], {
        encoding: "utf8",
        stdio: "pipe",
      });
    await eventually("Docker answers", () => succeeds(() => docker("version")), 30_000);
    return docker;
  }

  /** One of them, by what it was answered when it was started. */
  async stop(pid: number): Promise<void> {
    const child = this.#running.find((each) => each.pid === pid);
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, "exit");
    child.kill("SIGKILL");
    await gone;
  }

  async end(): Promise<void> {
    for (const { pid = 0 } of this.#running) await this.stop(pid);
    this.#running.length = 0;
    for (const group of this.#groups.splice(0)) {
      const remove = `mount -t cgroup2 none /sys/fs/cgroup && cd /sys/fs/cgroup && { [ ! -d "$1" ] || find "$1" -depth -type d -exec rmdir {} +; }`;
      const isGone = (): boolean =>
        succeeds(() =>
          execFileSync("unshare", ["--mount", "sh", "-c", remove, "sh", group], {
            stdio: "ignore",
          }),
        );
      await eventually("the control groups are empty", isGone, 10_000);
    }
    for (const folder of this.#folders.splice(0)) rmSync(folder, { recursive: true, force: true });
  }

  /** In a process namespace of its own, which ends with its first process. Answers the pid of the outermost. */
  #start(netns: string, script: string): number {
    const enter = [
      "netns",
      "exec",
      netns,
      "unshare",
      "--pid",
      "--fork",
      "--kill-child",
      "--mount-proc",
    ];
    const whole = `set -e\nmount -t tmpfs none /run\n${script}`;
    const child = spawn("ip", [...enter, "sh", "-c", whole], { stdio: "ignore" });
    this.#running.push(child);
    assertStarted(child.pid);
    return child.pid;
  }
}

function assertStarted(pid: number | undefined): asserts pid is number {
  if (pid === undefined) throw new Error("Cannot start a process in a namespace");
}

function succeeds(work: () => unknown): boolean {
  try {
    work();
    return true;
  } catch {
    return false;
  }
}

const written = (folder: string, files: Readonly<Record<string, string>>): string =>
  [
    `mkdir -p ${folder}`,
    ...Object.entries(files).map(([name, text]) => `cat > ${folder}/${name} <<'END'\n${text}\nEND`),
  ].join("\n");
