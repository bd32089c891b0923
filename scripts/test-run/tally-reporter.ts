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
    runner.on("fail", (test, error: Error) => {
      const [why = ""] = error.message.split("\n");
      failures.push(`${named(test)}: ${why}`);
    });
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
