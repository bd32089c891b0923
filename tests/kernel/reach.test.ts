/** Who hears whom, measured anew: the kernel at hand, the table, the page and its picture say one thing. */
import assert from "node:assert/strict";
import { committed, generated } from "../../scripts/modes/main";
import { refuseOutsideSandbox } from "../support/kernel-guard";

describe("Who hears whom in which mode", function () {
  // The measurement waits for frames, and throws where what must follow from them does not.
  this.timeout(180_000);
  let measured: Readonly<Record<string, string>> = {};
  before(refuseOutsideSandbox);
  before(async () => void (measured = await generated()));

  for (const path of ["provider/link/reach-table.ts", "docs/modes.md", "docs/modes.svg"])
    it(`${path} is what this kernel says, and not changed by hand`, () => {
      assert.equal(
        committed(path),
        measured[path],
        "run scripts/modes/main.ts, and look at the diff",
      );
    });

  it("makes no other file", () => {
    assert.equal(Object.keys(measured).length, 3);
  });
});
