/** The quickstart's demo as a newcomer runs it: an ordinary user, in a sandbox of its own. */
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { refuseOutsideSandbox } from "../support/kernel-guard";
import { UnprivilegedUser } from "../support/unprivileged";

const ROOT = join(__dirname, "../..");

describe("the demo", function () {
  this.timeout(320_000);
  before(refuseOutsideSandbox);

  it("shows real links to a user without rights, and leaves nothing", () => {
    const user = new UnprivilegedUser();
    try {
      const links = (): string => execFileSync("ip", ["-j", "link"], { encoding: "utf8" });
      const [linksBefore, filesBefore] = [links(), readdirSync(user.checkout)];
      const { status, stdout, stderr } = user.run("scripts/demo", []);
      assert.equal(status, 0, stdout + stderr);
      assert.match(stdout, /web@.*mtu 1500/);
      assert.match(stdout, /macvlan mode bridge[^]*mtu 1400[^]*macvlan mode private/);
      assert.match(stdout, /macvtap mode/);
      assert.match(stdout, /macvlan mode passthru/);
      assert.match(stdout, /Nothing is left/);
      assert.deepEqual(user.processes(), []);
      assert.equal(links(), linksBefore);
      assert.deepEqual(readdirSync(user.checkout), filesBefore);
      assert.deepEqual(readdirSync("/run/netns"), []);
    } finally {
      user.remove();
    }
  });

  it("names the cause, and the way with sudo, where user namespaces are refused", () => {
    const setting = "/proc/sys/user/max_user_namespaces";
    const before = readFileSync(setting, "utf8");
    // The setting of a user namespace of our own; the machine's stays.
    const script = `echo 0 >${setting} && exec scripts/demo`;
    const outer = ["--user", "--map-user", "1000", "--keep-caps", "sh", "-c", script];
    const { status, stderr } = spawnSync("unshare", outer, { cwd: ROOT, encoding: "utf8" });
    assert.equal(status, 125, stderr);
    assert.match(stderr, /user namespaces are refused/);
    assert.match(stderr, /user\.max_user_namespaces is 0/);
    assert.match(stderr, /sudo \S*scripts\/sandbox --root/);
    assert.equal(readFileSync(setting, "utf8"), before);
  });
});
