/** Mocha's usual report, and at its end a file with the numbers: see `tally.ts`. */
import { writeFileSync } from "node:fs";
import Mocha from "mocha";
import type { Tally } from "./tally";

module.exports = class TallyReporter extends Mocha.reporters.Spec {
  constructor(runner: Mocha.Runner, options: Mocha.MochaOptions) {
    super(runner, options);
    const file = process.env["TALLY_FILE"];
    if (file === undefined) return;
    const skipped: string[] = [];
    let passed = 0;
    let failed = 0;
    runner.on("pass", () => void passed++);
    runner.on("fail", () => void failed++);
    runner.on("pending", (test) => void skipped.push(test.fullTitle()));
    runner.once("end", () => {
      writeFileSync(file, JSON.stringify({ passed, failed, skipped } satisfies Tally));
    });
  }
};
