/** What stands around a link, on a host behind a real sshd: the same as here, also when the connection breaks. */
import assert from "node:assert/strict";
import { closeSync, openSync } from "node:fs";
import { spawn } from "node:child_process";
import { addressesShown, routesShown, sysctlShown } from "../support/ip-around";
import { useLab } from "../support/kernel-lab";
import { LinkResource } from "../support/link-resource";
import { LossyHost } from "../support/lossy-host";
import { Sshd } from "../support/sshd";

describe("What stands around a link, over ssh", function () {
  this.timeout(120_000);
  const lab = useLab();
  let sshd: Sshd;
  let host: LossyHost;
  before(async () => {
    sshd = await Sshd.start({ hostKeyTypes: ["ed25519"], config: ["MaxStartups 100"] });
  });
  after(() => sshd?.stop());
  beforeEach(async () => {
    host = await LossyHost.start(lab(), sshd);
  });
  afterEach(() => host.end());

  const AROUND = {
    addresses: ["192.0.2.10/24", "2001:db8::10/64"],
    routes: [{ destination: "198.51.100.0/24", gateway: "192.0.2.254", source: "192.0.2.10" }],
    sysctls: { "ipv4.proxy_arp": 1, "ipv6.accept_ra": 0 },
  };
  const where = (): object => ({
    ...{ lowerDevice: "lower", lowerNetns: host.netns, mode: "bridge", name: "web" },
    connection: host.connection(),
  });

  it("is made, changed, repaired and gone", async () => {
    const { netns } = host;
    lab().ip(netns, "link", "add", "name", "br0", "type", "bridge");
    const args = { ...where(), ...AROUND, bridge: "br0", announce: true };
    const link = new LinkResource(lab(), args);
    await link.create();
    const whole = (): unknown[] => [
      addressesShown(lab(), netns, "web"),
      routesShown(lab(), netns, "web"),
      ["ipv4.proxy_arp", "ipv6.accept_ra"].map((name) => sysctlShown(netns, "web", name)),
      lab().link(netns, "web")?.master,
    ];
    const made = whole();
    assert.deepEqual(made, [AROUND.addresses, AROUND.routes, [1, 0], "br0"]);
    assert.equal((await link.diff()).changes, "none");

    lab().ip(netns, "address", "delete", "2001:db8::10/64", "dev", "web");
    lab().ip(netns, "route", "delete", "198.51.100.0/24");
    lab().ip(netns, "link", "set", "dev", "web", "nomaster");
    const drifted = await link.refresh();
    assert.deepEqual([drifted.addresses, drifted.routes], [["192.0.2.10/24"], []]);
    assert.equal(drifted.bridge, "");
    await link.update(args);
    assert.deepEqual(whole(), made);

    await link.update(where() as typeof args);
    assert.deepEqual(whole(), [[], [], [0, 1], undefined]);
    await link.delete();
    assert.deepEqual(lab().macvlans(netns), []);
  });

  it("answers with its own MAC address, and gives the lower device back what it had", async () => {
    const { netns } = host;
    const ignore = (): number => sysctlShown(netns, "lower", "ipv4.arp_ignore");
    const link = new LinkResource(lab(), { ...where(), ...AROUND, arp: "own" });
    await link.create();
    assert.equal(ignore(), 1);
    assert.match(lab().ip(netns, "rule", "show"), /from 192\.0\.2\.10 lookup/);
    await link.delete();
    assert.equal(ignore(), 0);
    assert.doesNotMatch(lab().ip(netns, "rule", "show"), /192\.0\.2\.10/);
  });

  it("has programs that hold its tap device, and those are not cut off", async () => {
    const link = new LinkResource(lab(), { ...where(), kind: "macvtap" });
    const { tapDevice = "" } = await link.create();
    const descriptor = openSync(tapDevice, "r+");
    const holder = spawn("sleep", ["60"], { stdio: ["ignore", "ignore", "ignore", descriptor] });
    closeSync(descriptor);
    try {
      await assert.rejects(link.delete(), new RegExp(`sleep \\(pid ${holder.pid}\\) holds`));
    } finally {
      holder.kill("SIGKILL");
    }
  });
});
