/** `connection: { sudo: true }`: Pulumi runs as an ordinary user, the agent alone as root. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmodSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { refuseOutsideSandbox } from "../support/kernel-guard";
import { LinkProgram } from "../support/link-program";
import { UnprivilegedUser, USER } from "../support/unprivileged";

const SUDOERS = "/etc/sudoers.d";
const program = (sudo: boolean) => `
  const link = new Macvlan("web", { ...host, mode: "bridge", connection: { sudo: ${sudo} } });
  const tap = new Macvtap("vm", { ...host, mode: "bridge", connection: { sudo: ${sudo} } });
  exports.uid = process.getuid();
`;

describe("a connection with sudo", function () {
  this.timeout(120_000);
  let user: UnprivilegedUser;
  let stack: LinkProgram;

  before(async () => {
    refuseOutsideSandbox();
    // The machine's own stays as it is: this is seen in the sandbox only.
    execFileSync("mount", ["-n", "-t", "tmpfs", "-o", "mode=755", "tmpfs", SUDOERS]);
    user = new UnprivilegedUser();
    stack = await LinkProgram.create({
      env: { PATH: `${user.pulumiAsUser()}:${process.env["PATH"] ?? ""}` },
    });
    const modules = join(stack.project.folder, "node_modules");
    for (const [name, target] of [
      ["@pulumi", "node_modules/@pulumi"],
      ["pulumi-macvlan", "."],
    ] as const) {
      rmSync(join(modules, name));
      symlinkSync(join(user.checkout, target), join(modules, name));
    }
  });

  after(async () => {
    await stack.remove();
    user.remove();
    execFileSync("umount", [SUDOERS]);
  });

  it("says how to be root when it is not asked for", async () => {
    stack.write(program(false));
    assert.match(await stack.fail("up"), /sudo: true/);
    assert.deepEqual(stack.links(), []);
  });

  it("says that sudo wants a password where it does, and hangs nowhere", async () => {
    stack.write(program(true));
    assert.match(await stack.fail("up"), /sudo asks for a password.*NOPASSWD/);
    assert.deepEqual(user.processes(), []);
  });

  it("makes, changes and removes links as a user who may", async () => {
    const file = join(SUDOERS, "macvlan-test");
    writeFileSync(file, `${USER.name} ALL=(root) NOPASSWD: ALL\n`);
    chmodSync(file, 0o440);
    await stack.up(program(true));
    assert.deepEqual(stack.links(), ["vm", "web"]);
    assert.equal((await stack.project.outputs())["uid"], USER.uid);
    await stack.up(program(true).replace('mode: "bridge"', 'mode: "bridge", mtu: 1400'));
    assert.equal(stack.link("web").mtu, 1400);
    await stack.succeed("destroy");
    assert.deepEqual(stack.links(), []);
    assert.deepEqual(user.processes(), []);
  });
});
