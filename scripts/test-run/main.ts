/**
 * Runs the parts of `make check` (argument "check") or of `make test` ("test"), each to its end
 * whatever came of the one before, and closes with one line: N passed, N failed.
 */
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { judgeNamed } from "./named-tests";
import { readNotesPage } from "./notes-page";
import { type Lane, type Part, run } from "./part";
import { RUNS } from "./parts";
import { type AllowedSkip, inWords, skipsAsFailures, sum, type Tally } from "./tally";

const NOTES = "docs/notes.md";

interface Outcome {
  readonly part: Part;
  readonly tally: Tally;
}

async function main(which = ""): Promise<number> {
  const phases = RUNS[which];
  if (phases === undefined) {
    console.error("Usage: scripts/test-run/main.ts check|test");
    return 2;
  }
  const outcomes: Outcome[] = [];
  for (const lanes of phases) {
    const ran = await Promise.all(lanes.map((lane, n) => runLane(lane, n === 0)));
    outcomes.push(...ran.flat());
  }
  const tallies = outcomes.map(({ tally }) => tally);
  const failed = outcomes.flatMap(({ part, tally }) => (tally.failed > 0 ? [part.name] : []));
  if (which === "test") {
    const tally = onNotes(sum(tallies));
    tallies.push(tally);
    if (tally.failed > 0) failed.push(NOTES);
  }
  const all = sum(tallies);
  // Said once more where whoever reads only the end of a long run finds it.
  if (failed.length > 0)
    console.log(
      `\nfailed: ${[failed.join("; "), ...all.failures].join("\n").replaceAll("\n", "\n  ")}`,
    );
  console.log(`\n${inWords(all)}`);
  return all.failed === 0 ? 0 : 1;
}

/** @param isShown whether it is seen at work; what others print comes when they are done with a part */
async function runLane(lane: Lane, isShown: boolean): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const part of lane) {
    const started = Date.now();
    const title = `\n=== ${part.name}`;
    if (isShown) console.log(title);
    const { tally: own, printed } = isShown ? { tally: await run(part) } : await runUnseen(part);
    const tally = inCi(own);
    const seconds = ((Date.now() - started) / 1000).toFixed(1);
    if (printed !== undefined) console.log(`${title}\n${printed}`);
    console.log(`--- ${part.name}: ${inWords(tally)} (${seconds} s)`);
    outcomes.push({ part, tally });
  }
  return outcomes;
}

async function runUnseen(part: Part): Promise<{ tally: Tally; printed: string | undefined }> {
  const folder = mkdtempSync(join(tmpdir(), "part-"));
  const file = openSync(join(folder, "output"), "w+");
  try {
    const tally = await run(part, file);
    return { tally, printed: readFileSync(join(folder, "output"), "utf8") };
  } finally {
    closeSync(file);
    rmSync(folder, { recursive: true });
  }
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
