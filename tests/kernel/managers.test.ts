/** A real systemd-networkd beside us, in the namespace of the links. */
import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { useLab } from "../support/kernel-lab";
import { LinkResource } from "../support/link-resource";
import { capturedLog } from "../support/captured-log";
import { eventually } from "../support/processes";

const NETWORKD = "/lib/systemd/systemd-networkd";
// Its own /run, and a /sys that cannot be written: then it does not wait for udev.
const SCRIPT = `
mount -t tmpfs none /run && mount -o remount,ro /sys
mkdir -p /run/systemd/netif/links /run/systemd/netif/leases /run/systemd/netif/lldp /run/systemd/network
chown -R systemd-network /run/systemd/netif
printf '[Match]\\nName=lower web*\\n[Network]\\nAddress=192.0.2.77/24\\n' > /run/systemd/network/50-all.network
printf "$1" > /run/systemd/network/10-pulumi-macvlan.network
exec ${NETWORKD}`;

describe("A manager beside us", function () {
  this.timeout(60_000);
  const lab = useLab();
  let networkd: ChildProcess | undefined;
  afterEach(async () => {
    const gone = networkd?.exitCode === null && once(networkd, "exit");
    networkd?.kill("SIGKILL");
    await gone;
    networkd = undefined;
  });

  it("is named with what keeps it off, and that does keep it off", async function () {
    if (!existsSync(NETWORKD)) {
      console.log("    skipped: systemd-networkd is missing; scripts/debian-packages installs it");
      this.skip();
    }
    const netns = lab().host();
    const where = { kind: "macvlan", lowerDevice: "lower", lowerNetns: netns, mode: "bridge" };
    const taken = new LinkResource(lab(), { ...where, name: "web-taken" });
    const free = new LinkResource(lab(), { ...where, name: "web-free" });
    assert.deepEqual(await capturedLog(() => taken.create()), []);
    await free.create();
    // What the warning says, for the one of them.
    const keepOff = "[Match]\\nName=web-free\\n[Link]\\nUnmanaged=yes\\n";
    const enter = ["netns", "exec", netns, "sh", "-c", SCRIPT, "networkd", keepOff];
    networkd = spawn("ip", enter, { stdio: "ignore" });
    const addresses = (link: string): string => lab().ip(netns, "-br", "-4", "addr", "show", link);
    for (const link of ["lower", "web-taken"])
      await eventually(
        `networkd configures ${link}`,
        () => addresses(link).includes("192.0.2.77"),
        30_000,
      );
    // Sessions of a run look for managers once.
    await lab().endSession();
    const lines = await capturedLog(async () => {
      await taken.check();
      await taken.check();
      await free.check();
    });
    const by = "\\(by /run/systemd/network/50-all\\.network\\)";
    const dropIn = (link: string) =>
      `in /etc/systemd/network/10-pulumi-macvlan\\.network write the lines \\[Match\\], Name=${link}, \\[Link\\], Unmanaged=yes`;
    const of = (start: string) => lines.filter((line) => line.includes(` WARNING: ${start}: `));
    assert.equal(lines.length, 2, lines.join("\n"));
    assert.match(
      of("web-taken").join(),
      new RegExp(`systemd-networkd manages this link too ${by}.*${dropIn("web-taken")}`),
    );
    assert.match(
      of("lower").join(),
      new RegExp(`systemd-networkd manages this lower device ${by}.*${dropIn("web-taken")}`),
    );
    assert.equal(addresses("web-free").includes("192.0.2.77"), false);
  });
});
