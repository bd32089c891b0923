/**
 * Runs the parts of `make check` (argument "check") or of `make test` ("test"), each to its end
 * whatever came of the one before, and closes with one line: N passed, N failed.
 */
import { readFileSync } from "node:fs";
import { judgeNamed } from "./named-tests";
import { readNotesPage } from "./notes-page";
import { run } from "./part";
import { CHECK, REAL } from "./parts";
import { type AllowedSkip, inWords, skipsAsFailures, sum, type Tally } from "./tally";

const NOTES = "docs/notes.md";

async function main(which: string | undefined): Promise<number> {
  const parts = which === "check" ? CHECK : which === "test" ? [...CHECK, ...REAL] : undefined;
  if (parts === undefined) {
    console.error("Usage: scripts/test-run/main.ts check|test");
    return 2;
  }
  const tallies: Tally[] = [];
  const failed: string[] = [];
  for (const part of parts) {
    console.log(`\n=== ${part.name}`);
    const started = Date.now();
    const tally = inCi(await run(part));
    console.log(
      `--- ${part.name}: ${inWords(tally)} (${((Date.now() - started) / 1000).toFixed(1)} s)`,
    );
    tallies.push(tally);
    if (tally.failed > 0) failed.push(part.name);
  }
  if (which === "test") {
    const tally = onNotes(sum(tallies));
    tallies.push(tally);
    if (tally.failed > 0) failed.push(NOTES);
  }
  const all = sum(tallies);
  // Said once more where whoever reads only the end of a long run finds it.
  if (failed.length > 0)
    console.log(`\nfailed: ${[failed.join("; "), ...all.failures].join("\n  ")}`);
  console.log(`\n${inWords(all)}`);
  return all.failed === 0 ? 0 : 1;
}

/** What the page states is as good as the tests that this very run has passed. */
function onNotes(ran: Tally): Tally {
  console.log(`\n=== tests that ${NOTES} rests on`);
  const named = readNotesPage(readFileSync(NOTES, "utf8")).flatMap(({ tests }) => tests);
  const { tally, unproved } = judgeNamed(named, ran);
  for (const name of unproved) console.log(`not passed in this run: ${name}`);
  console.log(`--- ${NOTES}: ${inWords(tally)}`);
  return tally;
}

function inCi(tally: Tally): Tally {
  if (process.env["CI"] !== "true") return tally;
  const allowed = JSON.parse(readFileSync("tests/allowed-skips.json", "utf8")) as AllowedSkip[];
  const judged = skipsAsFailures(tally, allowed);
  for (const title of tally.skipped) {
    if (!judged.skipped.includes(title)) console.log(`skipped without a listed reason: ${title}`);
  }
  return judged;
}

void main(process.argv[2]).then((status) => (process.exitCode = status));
