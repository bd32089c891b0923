import assert from "node:assert/strict";
import { inWords, type SetPlan } from "../../../provider/link-set/plan";

const idle: SetPlan = { added: [], removed: [], remade: new Map(), changed: new Map() };
const numbered = (count: number): string[] => Array.from({ length: count }, (_, n) => `vm${n}`);

describe("what becomes of a set, in words", () => {
  it("says nothing where nothing does", () => {
    assert.equal(inWords(idle), "");
  });

  it("says of a link that is remade or changed by which properties", () => {
    const remade = new Map([["a", ["mode", "macAddress"]]]);
    const changed = new Map([["b", ["mtu"]]]);
    assert.equal(
      inWords({ added: ["c"], removed: ["d"], remade, changed }),
      "remakes a (mode, macAddress); changes b (mtu); makes c; deletes d",
    );
  });

  it("names all that are remade, and few of those that are only made", () => {
    const remade = new Map(numbered(60).map((key) => [key, ["mode"]] as const));
    const words = inWords({ ...idle, remade, added: numbered(1000) });
    assert.match(words, /vm59 \(mode\); makes vm0, .* and 990 more$/);
  });
});
