/** Each example in one command, as its README says: with its real peers, in a sandbox of its own. */
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { refuseOutsideSandbox } from "../support/kernel-guard";
import { UnprivilegedUser } from "../support/unprivileged";

const ROOT = join(__dirname, "../..");
const EXAMPLES = join(ROOT, "examples");

/** What only a real peer can have said. That all went as it should, the exit status says. */
const PEERS: Readonly<Record<string, readonly RegExp[]>> = {
  "bridge-member": [/3 packets transmitted, 0 received[^]* 3 received/],
  fleet: [/WARNING: Cannot read macvlan web.*believed, unseen/],
  "host-shim": [/ping 192\.0\.2\.10\n.* 3 received/],
  "keepalived-vmac": [
    /r1's cable is pulled[^]*packets transmitted, \d+ received/,
    /keepalived ends on r1[^]*packets transmitted, \d+ received/,
    /192\.0\.2\.1 dev eth0 lladdr 00:00:5e:00:01:0a/,
  ],
  "kvm-guest": [
    /DHCPACK\(wire\)/,
    /net0: 192\.0\.2\.\d+\/255\.255\.255\.0 gw/,
    /qemu-system-x86 \(pid \d+\) holds the tap device/,
  ],
  "libvirt-guest": [
    /virsh define --validate/,
    /DHCPACK\(wire\)/,
    /qemu-system-x86 \(pid \d+\) holds the tap device/,
  ],
  "link-set": [/allowRemake: it is false, and this remakes db[^]*1 of 110 links are gone: guest42/],
  "lxc-container": [/web was moved to the network namespace .*where it is called eth0/],
  "multi-mac-host": [/192\.0\.2\.22 lladdr/],
  netns: [/192\.0\.2\.10 dev wire lladdr/],
  "private-tenants": [/hairpin on[^]* 0 received[^]*neigh replace[^]* 3 received/],
  remote: [/vm1@eth0/],
  "routed-nat": [/masquerade/],
  "vepa-switch": [/hairpin on[^]*hairpin off/],
};

/** What the machine would keep of an example: links, namespaces, tap devices, files. */
const traces = (example: string): unknown => ({
  links: JSON.parse(execFileSync("ip", ["-j", "link"], { encoding: "utf8" })) as unknown,
  namespaces: existsSync("/run/netns") ? readdirSync("/run/netns") : [],
  files: [ROOT, join(EXAMPLES, example), "/run"].map((folder) => readdirSync(folder)),
});

describe("make example", function () {
  this.timeout(240_000);
  let temporary: string;
  before(refuseOutsideSandbox);
  beforeEach(() => void (temporary = mkdtempSync(join(tmpdir(), "pmv-example-"))));
  afterEach(() => rmSync(temporary, { recursive: true, force: true }));

  it("knows every example, and each has a README", () => {
    const folders = readdirSync(EXAMPLES);
    // The demo has a test of its own.
    assert.deepEqual(folders, [...Object.keys(PEERS), "quickstart"].sort());
    for (const name of folders) assert.ok(existsSync(join(EXAMPLES, name, "README.md")), name);
    const { stdout } = spawnSync("scripts/example", ["--help"], { cwd: ROOT, encoding: "utf8" });
    for (const name of folders) assert.match(stdout, new RegExp(`NAME is one of:.* ${name}\\b`));
  });

  for (const [name, peers] of Object.entries(PEERS))
    it(name, () => {
      const before = traces(name);
      const env = { ...process.env, TMPDIR: temporary };
      const make = ["--no-print-directory", "example", name];
      const run = spawnSync("make", make, { cwd: ROOT, env, encoding: "utf8", timeout: 200_000 });
      const said = run.stdout + run.stderr;
      assert.equal(run.status, 0, said);
      assert.ok(run.stdout.includes(`${name}: all of it was as it should be`), said);
      for (const peer of peers) assert.match(run.stdout, peer);
      assert.deepEqual(traces(name), before);
      assert.deepEqual(readdirSync(temporary), []);
    });

  it("needs no root where no tap device and no other host is wanted, and says so where it does", () => {
    const user = new UnprivilegedUser();
    try {
      const netns = user.run("make", ["--no-print-directory", "example", "NAME=netns"]);
      assert.equal(netns.status, 0, netns.stdout + netns.stderr);
      assert.deepEqual(user.processes(), []);
      const guest = user.run("scripts/example", ["kvm-guest"]);
      assert.equal(guest.status, 125, guest.stdout + guest.stderr);
      assert.match(
        guest.stderr,
        /kvm-guest needs root: the tap device .*sudo make example kvm-guest/,
      );
    } finally {
      user.remove();
    }
  });

  it("fails when what it shows is not so, and names what failed", () => {
    const user = new UnprivilegedUser();
    try {
      const edit = ["-i", "s/^reaches guest 192.0.2.254$/reaches guest 192.0.2.253/", "try.sh"];
      const folder = join(user.checkout, "examples/netns");
      execFileSync("sed", edit, { cwd: folder });
      const { status, stdout, stderr } = user.run("scripts/example", ["netns"]);
      assert.notEqual(status, 0, stdout);
      assert.match(stderr, /netns: this failed: /);
      assert.doesNotMatch(stdout, /all of it was as it should be/);
    } finally {
      user.remove();
    }
  });

  it("names the examples there are when it is asked for another", () => {
    for (const name of ["no-such", "../examples/netns"]) {
      const { status, stderr } = spawnSync("scripts/example", [name], {
        cwd: ROOT,
        encoding: "utf8",
      });
      assert.equal(status, 2);
      assert.match(stderr, /there is no example .*; there are: quickstart .*netns/);
    }
  });
});
