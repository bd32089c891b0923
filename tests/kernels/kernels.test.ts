/** `docs/kernels.md`, measured again. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { refuseOutsideSandbox } from "../support/kernel-guard";
import { measured, OWN, PACKAGES } from "./kernels";
import type { Column } from "./measure";
import { writtenDown } from "./write";

const SCRIPT = join(__dirname, "../../scripts/under-kernel");
// Two virtual machines at once, by software emulation, on a machine that may do other things beside.
const MINUTES = 15;

const written = writtenDown();
const kernels = [...new Set([...Object.keys(written), OWN])].filter(
  // Another machine's own cannot be had here.
  (kernel) => kernel in PACKAGES || kernel === OWN,
);

/** Says why, where a kernel of Debian's cannot be had. */
function canBeHad(kernel: string): boolean {
  const packageName = PACKAGES[kernel];
  if (packageName === undefined) return true;
  const { status, stderr } = spawnSync(SCRIPT, ["--fetch", packageName], { encoding: "utf8" });
  if (status !== 0) console.log(`    skipped: no Linux ${kernel}: ${stderr}`);
  return status === 0;
}

describe("Links under Linux", () => {
  const columns = new Map<string, Promise<Column>>();

  before(function () {
    this.timeout(MINUTES * 60_000);
    refuseOutsideSandbox();
    for (const kernel of kernels.filter(canBeHad)) {
      const column = measured(kernel);
      // Whoever asks for it is told.
      column.catch(() => undefined);
      columns.set(kernel, column);
    }
  });

  for (const kernel of kernels) {
    it(`${kernel} ${written[kernel] === undefined ? "work" : "are as docs/kernels.md says"}`, async function () {
      this.timeout(MINUTES * 60_000);
      const column = columns.get(kernel);
      if (column === undefined) return this.skip();
      const seen = await column;
      if (written[kernel] !== undefined) return assert.deepEqual(seen, written[kernel]);
      // Of a kernel that nobody wrote down it is known what every one must do.
      for (const section of [seen.properties, seen.ways, seen.refusals])
        for (const [title, verdict] of Object.entries(section))
          if (title !== "broadcastLimit") assert.equal(verdict, "yes", title);
    });
  }
});
