/** Mocha's usual report, and at its end a file with the numbers: see `tally.ts`. */
import { writeFileSync } from "node:fs";
import { relative } from "node:path";
import Mocha from "mocha";
import { nameOf } from "./named-tests";
import type { Tally } from "./tally";

module.exports = class TallyReporter extends Mocha.reporters.Spec {
  constructor(runner: Mocha.Runner, options: Mocha.MochaOptions) {
    super(runner, options);
    const file = process.env["TALLY_FILE"];
    if (file === undefined) return;
    const skipped: string[] = [];
    const proved: string[] = [];
    const failures: string[] = [];
    const named = (test: Mocha.Runnable): string =>
      nameOf({ file: relative(".", test.file ?? ""), title: test.fullTitle() });
    runner.on("pass", (test) => void proved.push(named(test)));
    runner.on(
      "fail",
      (test, error: Error) => void failures.push(`${named(test)}: ${reasons(error)}`),
    );
    runner.on("pending", (test) => void skipped.push(test.fullTitle()));
    runner.once("end", () => {
      const tally: Tally = {
        passed: proved.length,
        failed: failures.length,
        failures,
        skipped,
        proved,
      };
      writeFileSync(file, JSON.stringify(tally));
    });
  }
};

const LONGEST = 2000;

/** What the error says, and what lies behind it, as far as a summary bears. */
function reasons({ message, cause }: Error): string {
  const said = message.length > LONGEST ? `${message.slice(0, LONGEST)} …` : message;
  return cause instanceof Error ? `${said}\nbecause: ${reasons(cause)}` : said;
}
