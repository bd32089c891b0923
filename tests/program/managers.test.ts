/** What a preview says of real managers on the host of the links. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundledBusybox } from "../support/busybox-image";
import { useLinkProgram } from "../support/link-program";
import { eventually } from "../support/processes";
import { NETWORKD, RealManagers } from "../support/real-managers";

const TEXTS = [
  /WARNING: web: systemd-networkd manages this link too \(by \/run\/systemd\/network\/50-cards\.network\), and gives it addresses and routes of its own, and takes the declared ones away whenever it configures it anew\. To keep it off: in \/etc\/systemd\/network\/10-pulumi-macvlan\.network write the lines \[Match\], Name=web, \[Link\], Unmanaged=yes; then "networkctl reload"\./,
  /WARNING: lower: systemd-networkd manages this lower device \(by \/run\/systemd\/network\/50-cards\.network\), and takes away the policy rules of others, and arp: "own" with them, .*ManageForeignRoutingPolicyRules=no; then "systemctl restart systemd-networkd"\./,
  /WARNING: lower: Docker has links of a container \(process \d+\) on this lower device, and hands out their addresses without a look at others'\. .*\("docker network create --ip-range" or "--aux-address"\), .*or remove it \("docker network rm"\)\./,
];

describe("a preview where managers run", function () {
  this.timeout(180_000);
  const story = useLinkProgram();
  const managers = new RealManagers();
  after(() => managers.end());

  const link = (more: string): string =>
    `new Macvlan("web", { ...host, name: "web", mode: "bridge", addresses: ["192.0.2.2/24"]${more} });
     new Macvlan("quiet", { ...host, name: "quiet", mode: "bridge" });`;
  // The CLI prints each as it comes and again at the end.
  const warnings = (printed: string): string[] => [...new Set(printed.match(/WARNING: .*/g))];
  let networkd = 0;

  it("warns of nothing when they leave the links alone", async function () {
    RealManagers.skipWithout(this, NETWORKD, "dbus-daemon", "dockerd", "docker", "busybox");
    const { netns, lab } = story();
    const addresses = (name: string): string => lab.ip(netns, "-br", "-4", "addr", "show", name);
    await story().up(link(""));
    networkd = managers.networkd(netns, {
      "10-pulumi-macvlan.network": "[Match]\nName=web quiet\n[Link]\nUnmanaged=yes",
      "50-cards.network": "[Match]\nType=ether\n[Network]\nAddress=198.51.100.7/24",
    });
    await eventually("networkd configures lower", () => addresses("lower").includes(".7"), 30_000);
    const docker = await managers.docker(netns);
    docker(
      "network",
      "create",
      "-d",
      "macvlan",
      "--subnet=192.0.2.0/24",
      "-o",
      "parent=lower",
      "n",
    );
    const { stdout, stderr } = await story().succeed("preview");
    assert.deepEqual(warnings(stdout + stderr), []);
    const folder = mkdtempSync(join(tmpdir(), "pulumi-macvlan-image-"));
    try {
      docker("import", bundledBusybox(folder), "busybox");
    } finally {
      rmSync(folder, { recursive: true });
    }
    docker("run", "--detach", "--network=n", "busybox", "/busybox", "sleep", "600");
  });

  it("says what each does to which link, and what keeps it off, once", async () => {
    const { netns, lab } = story();
    await managers.stop(networkd);
    managers.networkd(netns, {
      "10-pulumi-macvlan.network": "[Match]\nName=quiet\n[Link]\nUnmanaged=yes",
      "50-cards.network": "[Match]\nType=ether\n[Network]\nAddress=198.51.100.8/24",
    });
    const isHeld = (): boolean =>
      lab.ip(netns, "-br", "-4", "addr", "show", "web").includes("198.51.100.8");
    await eventually("networkd configures web", isHeld, 30_000);
    story().write(link(', arp: "own"'));
    const { stdout, stderr } = await story().succeed("preview");
    const said = warnings(stdout + stderr);
    assert.equal(said.length, TEXTS.length, said.join("\n"));
    for (const text of TEXTS)
      assert.equal(said.filter((line) => text.test(line)).length, 1, `${text}`);
  });

  it("can be told to be silent", async () => {
    const env = { PULUMI_MACVLAN_WARNINGS: "off" };
    const { stdout, stderr } = await story().succeed("preview", { env });
    assert.deepEqual(warnings(stdout + stderr), []);
  });
});
