import assert from "node:assert/strict";
import type { Device } from "../../../provider/link/causes";
import type { Mode } from "../../../provider/link/model";
import { warningsOf } from "../../../provider/link/warnings";
import { device, type Given, inputsFor } from "../../support/link-fixtures";

const eth0 = device("eth0", 2);
const standing = (name: string, mode: Mode = "vepa"): Device =>
  device(name, 9, { kind: "macvlan", lowerIfindex: 2, settings: { name, mode } });

const warned = (given: Given, below: readonly Device[], beside = below): string[] =>
  warningsOf(inputsFor(given), { below, beside });

describe("what a preview warns of", () => {
  it("is no link beside itself: one that lost its mark, or is to be adopted", () => {
    assert.deepEqual(warned({ mode: "vepa" }, [eth0, standing("web")]), []);
    assert.match(
      warned({ mode: "vepa" }, [eth0, standing("other")]).join(),
      /the link and other on eth0 reach each other through the switch only/,
    );
  });

  it("is a link of the same name where that is another namespace's", () => {
    assert.equal(warned({ mode: "vepa" }, [eth0, standing("web")], []).length, 1);
  });

  it("is a mode that does not hear a sibling's, as the measured table has it", () => {
    const pairs: readonly [Mode, Mode, RegExp | undefined][] = [
      ["bridge", "bridge", undefined],
      [
        "bridge",
        "vepa",
        /^mode: "bridge" and other \(mode vepa\) on eth0 do not reach each other without a switch that sends frames back/,
      ],
      [
        "private",
        "vepa",
        /^mode: "private" and other .* do not reach each other: broadcasts do not pass between these modes, whatever the switch does/,
      ],
      ["bridge", "source", /do not reach each other: broadcasts do not pass/],
      ["private", "private", undefined],
      ["passthru", "vepa", undefined],
    ];
    for (const [mode, other, expected] of pairs) {
      const said = warned({ mode }, [eth0, standing("other", other)]);
      if (expected === undefined) assert.deepEqual(said, [], `${mode}, ${other}`);
      else assert.match(said.join(), expected);
    }
  });
});
