import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { DEFAULTED_FIELDS, FIELD_NAMES } from "../../../provider/link/connection-fields";

describe("the page about other hosts", () => {
  const page = readFileSync(join(__dirname, "../../../docs/remote.md"), "utf8");
  const rows = [...page.matchAll(/^\| (`.*?) \| (.*?) \| .*\|$/gm)].map(
    ([, names = "", sources = ""]) => ({
      names: [...names.matchAll(/`(\w+)`/g)].map(([, name]) => name),
      sources,
    }),
  );

  it("says of every field once where its default may come from", () => {
    const named = rows.flatMap(({ names }) => names);
    assert.deepEqual(named.sort(), [...FIELD_NAMES].sort());
    const defaulted = rows.filter(({ sources }) => sources.startsWith("yes"));
    // That one is asked for on its own, when a host cannot be reached.
    const expected = [...DEFAULTED_FIELDS, "unreachable"];
    assert.deepEqual(defaulted.flatMap(({ names }) => names).sort(), expected.sort());
  });
});
