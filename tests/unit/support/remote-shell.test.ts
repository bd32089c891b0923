import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { RemoteShell } from "../../support/remote-shell";

describe("a remote shell", () => {
  let folder: string;
  let shell: RemoteShell;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "pmv-"));
    shell = new RemoteShell(["sh", "-c"], folder);
  });
  afterEach(() => {
    shell.end();
    rmSync(folder, { recursive: true });
  });

  it("runs one program after the other, with words as they are", () => {
    assert.equal(
      shell.run("printf", ["%s\n", "it's", '"$HOME"', "two\nlines"]),
      `it's\n"$HOME"\ntwo\nlines`,
    );
    assert.equal(shell.run("true", []), "");
    assert.equal(shell.run("head", ["-c", "200000", "/dev/zero"]).length, 0, "no NUL comes back");
    assert.equal(shell.run("printf", ["%200000s", "x"]).length, 200_000);
  });

  it("says what a program complained of, and goes on", () => {
    assert.throws(
      () => shell.run("sh", ["-c", "echo out; echo oops >&2; exit 3"]),
      /sh .*: out\s*oops/,
    );
    assert.equal(shell.run("echo", ["again"]), "again");
  });

  it("that is gone is told", () => {
    shell.end();
    rmSync(folder, { recursive: true });
    folder = mkdtempSync(join(tmpdir(), "pmv-"));
    shell = new RemoteShell(["true"], folder);
    assert.throws(() => shell.run("echo", []), /The shell is gone|EPIPE/);
  });
});
