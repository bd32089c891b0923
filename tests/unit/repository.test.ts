import assert from "node:assert/strict";
import { join } from "node:path";
import { ESLint } from "eslint";

const ROOT = join(__dirname, "../..");

/** The table is an ES module, as ESLint's configuration must be. */
const table = import("../../scripts/lint/layers.mjs");

/** What lint says about `text`, were it the file at `path`; a file's real text stays out of it. */
async function lint(path: string, text: string): Promise<string[]> {
  const [result] = await new ESLint({
    cwd: ROOT,
    // Type-aware rules want a file of the project; the rules asked about here do not.
    overrideConfig: {
      languageOptions: { parserOptions: { projectService: false, project: null } },
    },
    ruleFilter: ({ ruleId }) =>
      ["ours/layers", "max-lines", "no-restricted-syntax"].includes(ruleId),
  }).lintText(text, { filePath: join(ROOT, path) });
  return result?.messages.map(({ ruleId, message }) => `${ruleId}: ${message}`) ?? [];
}

describe("the repository's own rules", function () {
  const refused: readonly [path: string, text: string, why: RegExp][] = [
    [
      "provider/link/plan.ts",
      'import { x } from "../host/session"; x();',
      /link may not import host/,
    ],
    [
      "provider/link/plan.ts",
      'import type { X } from "../resources/link"; export type Y = X;',
      /link may not import resources/,
    ],
    [
      "provider/link/plan.ts",
      'import { readFileSync } from "node:fs"; readFileSync("x");',
      /link may not import node:fs/,
    ],
    [
      "provider/link/plan.ts",
      'import { connect } from "net"; connect(1);',
      /link may not import node:net/,
    ],
    [
      "provider/netlink/ack.ts",
      'import { x } from "../errors"; x();',
      /netlink may not import basics/,
    ],
    [
      "provider/agent/start.ts",
      'import { x } from "../transport/local"; x();',
      /only types of transport/,
    ],
    [
      "provider/transport/local.ts",
      'export * from "../host/session";',
      /transport may not import host/,
    ],
    [
      "provider/host/session.ts",
      'void import("../resources/link/create");',
      /host may not import resources/,
    ],
    [
      "provider/resources/link/create.ts",
      'import { x } from "../../../sdk/macvlan"; x();',
      /resources may not import sdk/,
    ],
    [
      "provider/resources/link/create.ts",
      'import { x } from "../../dynamic"; x();',
      /resources may not import door/,
    ],
    ["sdk/macvlan.ts", 'import { x } from "../provider/host/session"; x();', /only types of host/],
    [
      "sdk/macvlan.ts",
      'import { x } from "../tests/support/sandbox"; x();',
      /sdk may not import tests/,
    ],
    ["provider/link/plan.ts", "export enum Mode { Vepa }", /enums/],
    ["provider/link/plan.ts", "export {};\n".repeat(301), /max-lines/],
  ];
  for (const [path, text, why] of refused) {
    it(`refuses in ${path}: ${text.slice(0, 60).split("\n")[0]}`, async () => {
      assert.match((await lint(path, text)).join("\n"), why);
    });
  }

  it("lets imports down, and types where the table says so", async () => {
    const allowed: readonly [path: string, text: string][] = [
      ["provider/link/plan.ts", 'import { x } from "../netlink/errno"; x();'],
      ["provider/resources/link/create.ts", 'import { x } from "../../host/open-host"; x();'],
      [
        "provider/agent/start.ts",
        'import type { X } from "../transport/transport"; export type Y = X;',
      ],
      ["sdk/macvlan.ts", 'import type { X } from "../provider/host/session"; export type Y = X;'],
    ];
    for (const [path, text] of allowed) assert.deepEqual(await lint(path, text), [], path);
  });

  it("has a table whose names all exist", async () => {
    const { LAYERS } = await table;
    const names: readonly string[] = LAYERS.map(({ name }) => name);
    for (const { imports, types = [] } of LAYERS) {
      if (imports === "any") continue;
      for (const name of [...imports, ...types]) assert.ok(names.includes(name), name);
    }
  });

  it("knows a folder from a file whose name begins alike", async () => {
    const { layerFault, moduleFault } = await table;
    assert.equal(layerFault("provider/request", "provider/request-cache", false), undefined);
    assert.match(layerFault("provider/hostile", "provider/host/session", false) ?? "", /basics/);
    assert.equal(moduleFault("provider/host/session", "node:fs"), undefined);
  });
});
