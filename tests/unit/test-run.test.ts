import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { type Part, run } from "../../scripts/test-run/part";
import { judgeNamed } from "../../scripts/test-run/named-tests";
import { EMPTY, inWords, judged, ONE_FAILED, skipsAsFailures } from "../../scripts/test-run/tally";

const GOOD = { ...EMPTY, passed: 3 };

describe("the test run", () => {
  it("counts a mocha that wrote no numbers as a failure", () => {
    assert.deepEqual(judged(undefined, true), ONE_FAILED);
  });

  it("counts a mocha that ran nothing as a failure", () => {
    assert.equal(judged(EMPTY, true).failed, 1);
  });

  it("counts a mocha that failed after its last test as a failure", () => {
    assert.deepEqual(judged(GOOD, false), { ...GOOD, failed: 1 });
    assert.deepEqual(judged({ ...GOOD, failed: 2 }, false), { ...GOOD, failed: 2 });
  });

  it("takes a skip without a reason for a failure", () => {
    const tally = { ...GOOD, skipped: ["a b", "a c", "a d"] };
    const allowed = [
      { test: "a c", reason: "no tap devices in a container" },
      { test: "a d", reason: "" },
    ];
    assert.deepEqual(skipsAsFailures(tally, allowed), { ...GOOD, failed: 2, skipped: ["a c"] });
  });

  it("says how many were skipped only when some were", () => {
    assert.equal(inWords(GOOD), "3 passed, 0 failed");
    assert.equal(inWords({ ...GOOD, skipped: ["x"] }), "3 passed, 0 failed, 1 skipped");
  });

  it("counts a test that a page names as a failure when it has not passed in this run", () => {
    const named = ["passed", "failed", "passed"].map((title) => ({ file: "a.test.ts", title }));
    const elsewhere = { file: "b.test.ts", title: "passed" };
    const ran = { ...EMPTY, passed: 1, failed: 1, proved: ["a.test.ts: passed"] };
    assert.deepEqual(judgeNamed([...named, elsewhere], ran), {
      tally: { ...EMPTY, passed: 1, failed: 2 },
      unproved: ["a.test.ts: failed", "b.test.ts: passed"],
    });
  });

  describe("of one part", () => {
    const part = (command: Part["command"], rest: Partial<Part> = {}) =>
      run({ name: "a part that is meant to fail", command, minutes: 1, ...rest });

    it("knows success, failure and a missing program by the exit status", async () => {
      assert.deepEqual(await part(["true"]), { ...EMPTY, passed: 1 });
      assert.deepEqual(await part(["false"]), ONE_FAILED);
      assert.deepEqual(await part(["/does/not/exist"]), ONE_FAILED);
    });

    it("kills what hangs", async () => {
      assert.deepEqual(await part(["sleep", "60"], { minutes: 0.002 }), ONE_FAILED);
    });

    it("knows by name which tests of a mocha passed, and which failed of what", async () => {
      const folder = mkdtempSync(join(tmpdir(), "part-"));
      try {
        const file = join(folder, "some.test.ts");
        const fails = 'it("d", () => { throw new Error("too small\\nby 1"); });';
        const body = `it("b", () => {}); it.skip("c"); ${fails}`;
        writeFileSync(file, `describe("a", () => { ${body} });`);
        const mocha = ["node_modules/mocha/bin/mocha.js", "--reporter"];
        const reporter = "scripts/test-run/tally-reporter.ts";
        const command = [process.execPath, ...mocha, reporter, file] as const;
        const { proved, passed, skipped, failures } = await part(command, { mocha: true });
        assert.deepEqual(proved, [`${relative(".", file)}: a b`]);
        assert.deepEqual([passed, skipped], [1, ["a c"]]);
        assert.deepEqual(failures, [`${relative(".", file)}: a d: too small\nby 1`]);
      } finally {
        rmSync(folder, { recursive: true });
      }
    });

    it("does not take a crashed mocha for a success", async () => {
      assert.deepEqual(await part(["true"], { mocha: true }), ONE_FAILED);
    });
  });
});
