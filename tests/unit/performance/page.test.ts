import assert from "node:assert/strict";
import { growthOf, holds, type Result, type Table } from "../../../bench/results";
import { cellsOf } from "../../../bench/table-cells";
import { committed, generated, kept } from "../../../scripts/performance/main";
import { performancePage } from "../../../scripts/performance/page";
import { picture } from "../../../scripts/performance/picture";

const TABLE: Table = {
  ...{ title: "Links", what: "create", of: "links", unit: "s" },
  rows: [
    {
      name: "ours",
      points: [
        [1, 0.5, 3],
        [10, 5, 3],
        [1000, 500, 3],
      ],
    },
    {
      name: "<peer>",
      points: [
        [1, 2, 3],
        [10, 200, 1],
      ],
    },
  ],
};
const RESULT: Result = {
  date: "2026-01-02",
  machine: { kernel: "6.1" },
  tables: [TABLE],
  verdicts: [
    { what: "ours", found: 1.2, rule: "at most", limit: 1.1 },
    { what: "theirs", found: 3, rule: "at least", limit: 2.5 },
  ],
  notes: ["a peer is missing"],
};

describe("the page of performance", () => {
  it("and its pictures are committed as the results that were measured make them", () => {
    const results = kept();
    assert.ok(Object.keys(results).length > 0, "there are no results");
    for (const [path, text] of Object.entries(generated(results)))
      assert.equal(committed(path), text, `${path}: run scripts/performance/main.ts`);
  });

  it("has each number once measured, who is how many times as slow, and how it grows", () => {
    assert.deepEqual(cellsOf(TABLE), [
      ["create, s", "1 link", "10 links", "1,000 links", "grows as", "× ours"],
      ["ours", "0.500", "5.00", "500", "n^1.00", ""],
      ["<peer>", "2.00", "200", "", "", "40.0"],
    ]);
  });

  it("finds the exponent by least squares, where there are points enough", () => {
    const squares = [2, 3, 7].map((n) => [n, 5 * n ** 2, 1] as const);
    const growth = growthOf({ name: "", points: squares }) ?? Number.NaN;
    assert.ok(Math.abs(growth - 2) < 1e-9, String(growth));
    // By hand: logarithms to base 2 are (0, 0), (1, 2), (2, 2).
    const bent = growthOf({
      name: "",
      points: [
        [1, 1, 1],
        [2, 4, 1],
        [4, 4, 1],
      ],
    });
    assert.ok(Math.abs((bent ?? Number.NaN) - 1) < 1e-9, String(bent));
    assert.equal(growthOf({ name: "", points: squares.slice(1) }), undefined);
  });

  it("says of each limit whether it was held, and of nothing measured that it was not", () => {
    const page = performancePage({ "netlink-path": RESULT });
    assert.match(page, /\| ours \| 1\.20 \| at most 1\.1 \| \*\*not held\*\* \|/);
    assert.match(page, /\| theirs \| 3\.00 \| at least 2\.5 \| held \|/);
    assert.match(page, /\| kernel \| 6\.1 \|/);
    assert.match(page, /- a peer is missing/);
    for (const rule of ["at most", "at least"] as const)
      assert.equal(holds({ what: "", found: Number.NaN, rule, limit: 1 }), false);
  });

  it("is refused where the machines differ, and where no section is about what was measured", () => {
    const other = { ...RESULT, machine: { kernel: "6.2" } };
    assert.throws(
      () => performancePage({ "netlink-path": RESULT, "netlink-ssh": other }),
      /netlink-ssh and netlink-path were measured on different machines/,
    );
    assert.throws(() => performancePage({ unheard: RESULT }), /No section .* unheard/);
  });

  it("draws a power of the number as a straight line inside its panel", () => {
    const svg = picture([TABLE]);
    const [ours] = /(?<=<polyline points=")[^"]+/.exec(svg) ?? [];
    const places = (ours ?? "").split(" ").map((place) => place.split(",").map(Number));
    const slopes = places.slice(1).map(([x = 0, y = 0], n) => {
      const [x0 = 0, y0 = 0] = places[n] ?? [];
      assert.ok(x > x0 && y < y0, ours);
      return (y - y0) / (x - x0);
    });
    assert.equal(slopes.length, 2);
    assert.ok(Math.abs((slopes[0] ?? 0) - (slopes[1] ?? 1)) < 0.01, ours);
    assert.match(svg, /&lt;peer&gt;/);
  });
});
