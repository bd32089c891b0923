import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bootProgram } from "../../../provider/agent/source";
import { remoteCommand } from "../../../provider/transport/remote-command";
import { SUDO_PROMPT } from "../../../provider/transport/sudo";
import { skipWithout } from "../../support/programs";
import { PYTHON } from "../../support/python";

/** A host without the programs of this machine: a folder that is the whole PATH. */
let folder: string;

function put(name: string, script: string): void {
  writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`);
  chmodSync(join(folder, name), 0o755);
}

/** What a line does when it is all that a shell on that host is asked to run. */
function run(line: string): { said: string; why: string; status: number | null } {
  const env = { PATH: folder };
  const { stdout, stderr, status } = spawnSync("/bin/sh", ["-c", line], { env, encoding: "utf8" });
  return { said: stdout, why: stderr.trim(), status };
}

describe("the command that starts an agent", () => {
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "pmv-"))));
  afterEach(() => rmSync(folder, { recursive: true }));

  // What shells expand: none of it may be touched on the way.
  const program = String.raw`print("a  b\n$HOME ${"`id`"} $(id) * ~ ; & | < > # % ? [a] {a,b} \x27 ^")`;
  const printed = "a  b\n$HOME `id` $(id) * ~ ; & | < > # % ? [a] {a,b} ' ^\n";
  const shells = [["bash"], ["dash"], ["tcsh"], ["fish"], ["busybox", "ash"]] as const;
  for (const [shell, ...applet] of shells) {
    it(`says the same to a host whose login shell is ${[shell, ...applet].join(" ")}`, function () {
      skipWithout(shell, this);
      const line = remoteCommand({ python: PYTHON }, program);
      const { stdout, status } = spawnSync(shell, [...applet, "-c", line], { encoding: "utf8" });
      assert.deepEqual([stdout, status], [printed, 0]);
    });
  }

  it("is small enough for dropbear", () => {
    const line = remoteCommand({ sudo: "password" }, bootProgram("m".repeat(50), 123_456));
    assert.ok(Buffer.byteLength(line) < 4500, `${line.length} characters`);
  });

  it("runs the interpreter without the user's environment, site packages and files", () => {
    put("python3", 'echo "$@"');
    assert.equal(run(remoteCommand({ python: "python3" }, "p")).said, "-I -S -B -c p\n");
  });

  it("prefers the system's interpreter to what PATH has before it, which may be a slow script", () => {
    put("python3", "echo the script");
    const system = "/usr/bin/python3";
    const { said } = run(remoteCommand({}, "import sys; print(sys.executable)"));
    assert.equal(said, existsSync(system) ? `${system}\n` : "the script\n");
  });

  it("runs the given interpreter, whatever its name", () => {
    put("my python;$(id)", "echo mine");
    put("python3", "echo other");
    assert.equal(run(remoteCommand({ python: "my python;$(id)" }, "p")).said, "mine\n");
    assert.equal(
      run(remoteCommand({ python: join(folder, "my python;$(id)") }, "p")).said,
      "mine\n",
    );
  });

  it("says what was looked for when there is none, with a status of its own", () => {
    writeFileSync(join(folder, "python9"), "not executable");
    for (const python of ["python9", join(folder, "python9"), "/nowhere/python"]) {
      const { why, status } = run(remoteCommand({ python }, "p"));
      assert.deepEqual([why, status], [`looked for ${python}`, 66]);
    }
  });

  for (const python of ["-c", "it's", "a!b", "a\nb", "a\\\\b", "a\\", "a\0b"]) {
    it(`refuses ${JSON.stringify(python)} as an interpreter`, () => {
      assert.throws(() => remoteCommand({ python }, "p"), RangeError);
    });
  }

  it("gives sudo the path that was found: sudo looks elsewhere", () => {
    put("sudo", 'printf "%s " "$@"');
    put("python3", "exit 1");
    assert.equal(
      run(remoteCommand({ sudo: true, python: "python3" }, "p")).said,
      `-n -- ${folder}/python3 -I -S -B -c p `,
    );
  });

  describe("with a password for sudo", () => {
    const line = (): string => remoteCommand({ python: PYTHON, sudo: "password" }, "p");

    it("has sudo ask with our words, on stdin", () => {
      put("sudo", 'printf "<%s>" "$1" "$2" "$3" "$4"');
      assert.equal(run(line()).said, `<-S><-p><${SUDO_PROMPT}><-->`);
    });

    it("does not hold these words, which a shell may print before it runs anything", () => {
      assert.ok(!line().includes(SUDO_PROMPT));
    });
  });
});
