/** docs/notes.md: nothing of the notes is left out, and what each verdict rests on is there. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { nameOf } from "../../scripts/test-run/named-tests";
import { readNotesPage } from "../../scripts/test-run/notes-page";

const ROOT = join(__dirname, "../..");
const VERDICTS = ["True", "No longer true", "Only if", "Only", "Not true"];
const WITHOUT_TEST = "Not the kernel's to say";

/** The full names of their tests, as mocha finds them without running any. */
function testsIn(files: readonly string[]): Set<string> {
  const folder = mkdtempSync(join(tmpdir(), "titles-"));
  try {
    const output = join(folder, "titles.json");
    const options = ["--dry-run", "--reporter", "json", "--reporter-option", `output=${output}`];
    const mocha = [join(ROOT, "node_modules/mocha/bin/mocha.js"), ...options, ...files];
    execFileSync(process.execPath, mocha, { cwd: ROOT, stdio: ["ignore", "ignore", "pipe"] });
    const { tests } = JSON.parse(readFileSync(output, "utf8")) as {
      tests: { file: string; fullTitle: string }[];
    };
    return new Set(
      tests.map(({ file, fullTitle }) => nameOf({ file: relative(ROOT, file), title: fullTitle })),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe("the page about the notes", function () {
  this.timeout(60_000);
  const page = readNotesPage(readFileSync(join(ROOT, "docs/notes.md"), "utf8"));

  it("has a verdict for each of their sentences that states a fact, in their order", () => {
    const sentences = readFileSync(join(ROOT, "tests/notes/sentences.txt"), "utf8").trimEnd();
    const facts = sentences
      .split("\n")
      .filter((line) => line.startsWith("+ "))
      .map((line) => line.slice(2));
    assert.deepEqual(
      page.map(({ quote }) => quote),
      facts,
    );
    for (const { quote, verdict } of page)
      assert.ok([...VERDICTS, WITHOUT_TEST].includes(verdict), `${quote}: ${verdict}`);
  });

  it("names a test for each, unless it is not the kernel's to say", () => {
    for (const { quote, verdict, tests } of page)
      assert.equal(tests.length === 0, verdict === WITHOUT_TEST, quote);
  });

  const named = page.flatMap(({ tests }) => tests);
  let existing = new Set<string>();
  before(() => {
    existing = testsIn(["tests/notes/**/*.test.ts", ...new Set(named.map(({ file }) => file))]);
  });

  it("names tests that exist", () => {
    assert.deepEqual(
      named.map(nameOf).filter((name) => !existing.has(name)),
      [],
    );
  });

  it("names every test that was written for it", () => {
    const names = new Set(named.map(nameOf));
    assert.deepEqual(
      [...existing].filter((name) => name.startsWith("tests/notes/") && !names.has(name)),
      [],
    );
  });
});
