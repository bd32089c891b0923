import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { REACH_TABLE } from "../../../provider/link/reach-table";
import { disagreements, eavesdroppers } from "../../../scripts/modes/disagreements";
import { committed } from "../../../scripts/modes/main";
import type { Heard } from "../../../scripts/modes/measure";
import { modesPage } from "../../../scripts/modes/page";
import { picture } from "../../../scripts/modes/picture";
import { tableFile } from "../../../scripts/modes/table-file";
import { tableFrom } from "../../../scripts/modes/to-table";
import { modelledHeard } from "../../support/modelled-reach";

const off = modelledHeard(false);
const on = modelledHeard(true);
const VEPA = ["macvlan, vepa, first guest", "macvtap, vepa, second guest"] as const;

/** The same, but for one frame that did come, or did not. */
function otherwise(heard: Heard, from: string, to: string): Heard {
  const frames = heard.frames.map((frame) => {
    const [sender, target, by] = frame;
    if (sender !== from || target !== to) return frame;
    return [sender, target, by.length > 0 ? [] : [[to, false] as const]] as const;
  });
  return { ...heard, frames };
}

describe("what is made of a measurement of modes", () => {
  it("is the table, where what was heard is as the table has it", () => {
    assert.deepEqual(tableFrom({ off, on }), REACH_TABLE);
    assert.deepEqual([...disagreements(off), ...disagreements(on)], []);
  });

  it("is no table where two links of one mode differ", () => {
    assert.throws(
      () => tableFrom({ off, on: otherwise(on, ...VEPA) }),
      /The mode alone does not decide: .* hears everything of .*, and macvtap, vepa, second guest hears broadcasts of macvlan, vepa, first guest/,
    );
  });

  it("is no table where a frame comes twice, or was not sent", () => {
    const [first, ...rest] = off.frames;
    assert.ok(first !== undefined);
    const twice = [first[0], first[1], [...first[2], ...first[2]]] as const;
    const tableOf = (frames: Heard["frames"]) => () => tableFrom({ off: { ...off, frames }, on });
    assert.throws(tableOf([twice, ...rest]), /came twice/);
    assert.throws(tableOf(rest), /sent no broadcast/);
  });

  it("names what does not follow from the frames that were heard", () => {
    const guests = ["macvlan, bridge, first guest", "macvlan, bridge, second guest"] as const;
    const [a, b] = guests;
    assert.deepEqual(disagreements(otherwise(off, a, b)), [
      `${a} > ${b}: a packet comes through`,
      `${b} > ${a}: an ARP request comes through`,
    ]);
    assert.deepEqual(disagreements({ ...off, routed: [] }).length > 100, true);
    const far = ["macvlan, vepa, first guest", "macvlan, passthru"] as const;
    assert.match(
      disagreements(otherwise(off, ...far)).join(),
      /a frame to another lower device does not/,
    );
  });

  it("knows who overhears frames to others on its own lower device", () => {
    const by = "macvtap, source that lists all, first guest";
    const overheard: Heard["frames"][number] = [...VEPA, [[by, true]]];
    const found = eavesdroppers({ ...off, frames: [...off.frames, overheard] });
    assert.deepEqual(found, { "source, sender listed": ["vepa"] });
  });

  it("is a page of which each paragraph is held against what was found", () => {
    const findings = {
      table: REACH_TABLE,
      freedom: {},
      echoes: [],
      eavesdroppers: { off: {}, on: {} },
    };
    assert.throws(() => modesPage(findings), /The kernel denies claim/);
  });
});

describe("the committed table of modes", () => {
  it("is as it is written, and so is the picture of it", () => {
    assert.equal(committed("provider/link/reach-table.ts"), tableFile(REACH_TABLE));
    assert.equal(committed("docs/modes.svg"), picture(REACH_TABLE));
  });

  it("is what the page shows", () => {
    const [, off = "", on = ""] = (committed("docs/modes.md") ?? "").split(/^## Hairpin o/m);
    const words = { nothing: "–", broadcasts: "broadcasts", unicast: "unicast", everything: "all" };
    for (const [hairpin, part] of Object.entries({ off, on }))
      for (const sender of ["vepa", "bridge", "private", "source"] as const) {
        const heard = (["vepa", "bridge", "private"] as const).map((receiver) => {
          const row = REACH_TABLE[sender][receiver];
          return words[(hairpin === "on" ? row?.on : row?.off) ?? "nothing"];
        });
        const row = `| **${sender}** | ${heard.join(" | ")} |`;
        assert.ok(part.includes(row), `hairpin ${hairpin}: ${row}`);
      }
  });

  it("comes of a command that explains itself", () => {
    const run = (option: string) => {
      const script = join(__dirname, "../../../scripts/modes/main.ts");
      const args = ["--require", "ts-node/register/transpile-only", script, option];
      return spawnSync(process.execPath, args, { encoding: "utf8" });
    };
    assert.match(run("--help").stdout, /^Usage: /);
    assert.equal(run("--chekc").status, 2);
  });
});
