/** Real managers beside us, in the namespace of the links. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundledBusybox } from "../support/busybox-image";
import { capturedLog } from "../support/captured-log";
import { useLab } from "../support/kernel-lab";
import { LinkResource } from "../support/link-resource";
import { eventually } from "../support/processes";
import { NETWORKD, RealManagers } from "../support/real-managers";

describe("A manager beside us", function () {
  this.timeout(120_000);
  const lab = useLab();
  const managers = new RealManagers();
  afterEach(() => managers.end());

  const addresses = (netns: string, link: string): string =>
    lab().ip(netns, "-br", "-4", "addr", "show", link);
  const where = (netns: string) =>
    ({ kind: "macvlan", lowerDevice: "lower", lowerNetns: netns, mode: "bridge" }) as const;
  /** Sessions of a run look for managers once. */
  async function warningsOf(...resources: readonly LinkResource[]): Promise<string[]> {
    await lab().endSession();
    return capturedLog(async () => {
      for (const resource of [...resources, ...resources]) await resource.check();
    });
  }

  it("is named with what keeps it off, and that does keep networkd off", async function () {
    RealManagers.skipWithout(this, NETWORKD, "dbus-daemon");
    const netns = lab().host();
    const taken = new LinkResource(lab(), { ...where(netns), name: "web-taken" });
    const free = new LinkResource(lab(), { ...where(netns), name: "web-free" });
    assert.deepEqual(await capturedLog(() => taken.create()), []);
    await free.create();
    managers.networkd(netns, {
      "50-all.network": "[Match]\nName=lower web*\n[Network]\nAddress=192.0.2.77/24",
      // What the warning says, for the one of them.
      "10-pulumi-macvlan.network": "[Match]\nName=web-free\n[Link]\nUnmanaged=yes",
    });
    for (const link of ["lower", "web-taken"])
      await eventually(
        `networkd configures ${link}`,
        () => addresses(netns, link).includes("192.0.2.77"),
        30_000,
      );
    const [line = "", ...more] = await warningsOf(taken, free);
    // Neither the lower device, which costs a link nothing, nor the one that is kept off.
    assert.deepEqual(more, []);
    assert.match(
      line,
      / WARNING: web-taken: systemd-networkd manages this link too \(by \/run\/systemd\/network\/50-all\.network\), and gives it addresses .*in \/etc\/systemd\/network\/10-pulumi-macvlan\.network write the lines \[Match\], Name=web-taken, \[Link\], Unmanaged=yes/,
    );
    assert.equal(addresses(netns, "web-free").includes("192.0.2.77"), false);
  });

  for (const manages of ["yes", "no"] as const)
    it(`that is networkd on the lower device ${manages === "yes" ? "takes arp's rules away, and nothing else of a link" : "leaves arp's rules too when it is told"}`, async function () {
      RealManagers.skipWithout(this, NETWORKD, "dbus-daemon", "networkctl");
      const netns = lab().host();
      const own = { addresses: ["192.0.2.5/24"], routes: [{ destination: "203.0.113.0/24" }] };
      const plain = new LinkResource(lab(), { ...where(netns), ...own, name: "plain" });
      const arp = new LinkResource(lab(), {
        ...where(netns),
        ...{ name: "arp-own", addresses: ["192.0.2.6/24"], arp: "own" },
      });
      await plain.create();
      await arp.create();
      const seen = () => [plain, arp].map(({ inputs: { name } }) => addresses(netns, name));
      const routes = () => lab().ip(netns, "route", "show", "dev", "plain");
      const rules = () => lab().ip(netns, "rule", "show");
      const before = { seen: seen(), routes: routes(), rules: rules() };
      assert.match(before.rules, /192\.0\.2\.6/);
      const pid = managers.networkd(
        netns,
        {
          "50-lower.network":
            "[Match]\nName=lower\n[Network]\nAddress=192.0.2.77/24\nLinkLocalAddressing=no\nIPv6AcceptRA=no",
        },
        {
          // What the warning says.
          "pulumi-macvlan.conf": `[Network]\nManageForeignRoutingPolicyRules=${manages}`,
        },
      );
      const isThere = () => addresses(netns, "lower").includes("192.0.2.77");
      await eventually("networkd configures lower", isThere, 30_000);
      // Somebody else's address on its own device goes in the same step as rules do.
      lab().ip(netns, "addr", "add", "192.0.2.4/24", "dev", "lower");
      await reconfigure(pid, "lower");
      const isAnew = () => isThere() && !addresses(netns, "lower").includes("192.0.2.4/");
      await eventually("networkd configures lower anew", isAnew, 30_000);
      assert.deepEqual(
        { seen: seen(), routes: routes() },
        { seen: before.seen, routes: before.routes },
      );
      assert.equal(
        rules(),
        manages === "no" ? before.rules : rules().replace(/.*192\.0\.2\.6.*\n/, ""),
      );
      const lines = await warningsOf(plain, arp);
      // It is said once in a process, and the test beside has seen it.
      if (manages === "no") return;
      assert.equal(lines.length, 1, lines.join("\n"));
      assert.match(
        lines.join(),
        / WARNING: lower: systemd-networkd manages this lower device \(by .*50-lower\.network\), and takes away the policy rules of others, and arp: "own" with them, .*in \/etc\/systemd\/networkd\.conf\.d\/pulumi-macvlan\.conf write the lines \[Network\], ManageForeignRoutingPolicyRules=no/,
      );
    });

  it("that is NetworkManager is named where it does something, and kept off", async function () {
    RealManagers.skipWithout(this, "NetworkManager", "dbus-daemon");
    const netns = lab().host();
    const down = { ...where(netns), adminState: "down" };
    const taken = new LinkResource(lab(), { ...down, name: "web-taken" });
    const free = new LinkResource(lab(), { ...down, name: "web-free" });
    const external = new LinkResource(lab(), {
      ...{ ...where(netns), name: "web-external", addresses: ["192.0.2.5/24"] },
    });
    for (const each of [taken, free, external]) await each.create();
    const before = lab().link(netns, "web-external");
    managers.networkManager(netns, {
      "all.conf": "[device]\nmatch-device=*\nmanaged=1",
      "pulumi-macvlan.conf": "[keyfile]\nunmanaged-devices=interface-name:web-free",
    });
    const isUp = (name: string): boolean => lab().link(netns, name)?.flags.includes("UP") === true;
    await eventually("NetworkManager takes web-taken", () => isUp("web-taken"), 30_000);
    assert.equal(isUp("web-free"), false);
    assert.deepEqual(lab().link(netns, "web-external"), before);
    assert.match(addresses(netns, "web-external"), /192\.0\.2\.5\/24/);
    const [line = "", ...more] = await warningsOf(taken, free, external);
    assert.deepEqual(more, []);
    assert.match(
      line,
      / WARNING: web-taken: NetworkManager manages this link too, and takes it up.*in \/etc\/NetworkManager\/conf\.d\/pulumi-macvlan\.conf write the lines \[keyfile\], unmanaged-devices=interface-name:web-taken/,
    );
  });

  it("that is Docker hands out our addresses on the same lower device, and deletes its own with links on it", async function () {
    RealManagers.skipWithout(this, "dockerd", "docker", "busybox");
    const netns = lab().host();
    const web = new LinkResource(lab(), {
      ...where(netns),
      name: "web",
      addresses: ["192.0.2.2/24"],
    });
    await web.create();
    const docker = await managers.docker(netns);
    const network = ["network", "create", "--driver"];
    docker(...network, "macvlan", "--subnet=192.0.2.0/24", "-o", "parent=lower", "theirs");
    assert.deepEqual(await warningsOf(web), []);
    const folder = mkdtempSync(join(tmpdir(), "pulumi-macvlan-image-"));
    try {
      docker("import", bundledBusybox(folder), "busybox");
    } finally {
      rmSync(folder, { recursive: true });
    }
    docker(
      "run",
      "--detach",
      "--name=guest",
      "--network=theirs",
      "busybox",
      "/busybox",
      "sleep",
      "600",
    );
    const theirs = docker("exec", "guest", "/busybox", "ip", "address", "show", "dev", "eth0");
    assert.match(theirs, /192\.0\.2\.2\/24/);
    const bridge = `br-${docker(...network, "bridge", "--subnet=198.51.100.0/24", "bridged").slice(0, 12)}`;
    const onBridge = new LinkResource(lab(), {
      ...where(netns),
      lowerDevice: bridge,
      name: "on-bridge",
    });
    const second = await capturedLog(() => onBridge.create());
    const [first = "", ...more] = await warningsOf(web, onBridge);
    assert.deepEqual([second.length, more], [1, []]);
    assert.match(
      first,
      / WARNING: lower: Docker has links of a container \(process \d+\) on this lower device, and hands out their addresses without a look at others'\. .*--ip-range.*-o parent=.*docker network rm/,
    );
    assert.match(
      second.join(),
      new RegExp(` WARNING: ${bridge}: Docker made this lower device, and deletes it`),
    );
    docker("network", "rm", "bridged");
    assert.equal(await onBridge.read(), undefined);
    assert.notEqual(await web.read(), undefined);
    docker("rm", "--force", "guest");
    assert.deepEqual(await warningsOf(web), []);
  });
});

/** In the mount namespace of that manager, where its bus is. */
async function reconfigure(pid: number, device: string): Promise<void> {
  await eventually(
    `networkctl reconfigures ${device}`,
    () => {
      try {
        const child = execFileSync("pgrep", ["--parent", `${pid}`], { encoding: "utf8" }).trim();
        const enter = [
          "--target",
          child,
          "--mount",
          "--net",
          "--pid",
          "networkctl",
          "reconfigure",
          device,
        ];
        execFileSync("nsenter", enter, { stdio: "ignore" });
        return true;
      } catch {
        return false;
      }
    },
    30_000,
  );
}
