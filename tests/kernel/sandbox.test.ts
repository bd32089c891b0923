/** scripts/sandbox, on which all tests with links rely. They run within one; another fits inside. */
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

const SANDBOX = join(__dirname, "../../scripts/sandbox");

function bash(script: string, options: readonly string[] = []) {
  return spawnSync(SANDBOX, [...options, "--", "bash", "-c", script], { encoding: "utf8" });
}

describe("scripts/sandbox", () => {
  for (const options of [[], ["--root"]]) {
    describe(["with", ...options, "its own namespaces"].join(" "), () => {
      it("has loopback up, and neither links nor named namespaces but its own", () => {
        const made = bash(
          "ip -br link; ls /run/netns /sys/class/net; ip netns add a; ip netns",
          options,
        );
        assert.equal(made.status, 0, made.stderr);
        assert.match(made.stdout, /^lo +UNKNOWN.*\n\/run\/netns:\n\n\/sys\/class\/net:\nlo\na\n$/);
        assert.doesNotMatch(spawnSync("ip", ["netns"], { encoding: "utf8" }).stdout, /^a\b/m);
      });

      it("makes links of both kinds, which nobody else sees", () => {
        const made = bash(
          `ip link add v0 up type veth peer name v1
           ip link add link v0 m0 type macvlan mode bridge && ip link add link v0 m1 type macvtap
           ip -br link`,
          options,
        );
        assert.match(made.stdout, /m0@v0[^]*m1@v0/);
        assert.doesNotMatch(spawnSync("ip", ["link"], { encoding: "utf8" }).stdout, /m1@v0/);
      });

      it("ends with the command's status, and takes along what the command left behind", async () => {
        // The number of a process differs inside; its argument does not.
        const seconds = `7${process.pid}.${options.length}`;
        assert.equal(bash(`setsid sleep ${seconds} & exit 7`, options).status, 7);
        await pause(50);
        assert.notEqual(spawnSync("pgrep", ["-f", `sleep ${seconds}`]).status, 0);
      });

      it("goes with the process that was started, killed with -9", async () => {
        const seconds = `8${process.pid}.${options.length}`;
        const child = spawn(SANDBOX, [...options, "bash", "-c", `echo up; sleep ${seconds}`]);
        await once(child.stdout, "data");
        child.kill("SIGKILL");
        await once(child, "exit");
        await pause(100);
        assert.notEqual(spawnSync("pgrep", ["-f", `sleep ${seconds}`]).status, 0);
      });

      it("hands on standard input", () => {
        const echoed = spawnSync(SANDBOX, [...options, "cat"], {
          input: "hello",
          encoding: "utf8",
        });
        assert.equal(echoed.stdout, "hello");
      });
    });
  }

  it("names the setting that refuses user namespaces, and the way with sudo", () => {
    // The setting is a user namespace's own, so that only those within it are refused.
    const script = `echo 0 > /proc/sys/user/max_user_namespaces; ${SANDBOX} true`;
    const refused = spawnSync("unshare", ["-Ur", "bash", "-c", script], { encoding: "utf8" });
    assert.equal(refused.status, 125);
    assert.match(refused.stderr, /user\.max_user_namespaces is 0/);
    assert.match(refused.stderr, /sudo .*scripts\/sandbox --root/);
  });

  it("says how to get ip where it is missing", () => {
    const missing = spawnSync(
      "bash",
      ["-c", `command() { return 1; }; export -f command; ${SANDBOX} true`],
      {
        encoding: "utf8",
      },
    );
    assert.equal(missing.status, 125);
    assert.match(missing.stderr, /apt-get install iproute2/);
  });
});
