import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { refuseOutsideSandbox } from "../../tests/support/kernel-guard";
import { askedBy } from "../check-option";
import { findOut } from "./findings";
import { modesPage } from "./page";
import { picture } from "./picture";
import { tableFile } from "./table-file";

const ROOT = join(__dirname, "../..");

const USAGE = `Usage: node --require ts-node/register/transpile-only scripts/modes/main.ts [--check | --help]

Measures on this kernel, with real frames between real links in namespaces of their own, who hears
whom in which mode, and writes what came of it: provider/link/reach-table.ts, docs/modes.md and
docs/modes.svg. Needs root, and takes a quarter of a minute.

  --check   writes nothing; exits with 1 when a committed file is not what would be written`;

/** What this kernel makes of each committed file, by its path from the root. */
export async function generated(): Promise<Readonly<Record<string, string>>> {
  const findings = await findOut();
  return {
    "provider/link/reach-table.ts": tableFile(findings.table),
    "docs/modes.md": modesPage(findings),
    "docs/modes.svg": picture(findings.table),
  };
}

export const committed = (path: string): string | undefined => {
  try {
    return readFileSync(join(ROOT, path), "utf8");
  } catch {
    return undefined;
  }
};

/** The links must not reach this machine's network. */
function inSandbox(args: readonly string[]): number {
  const node = [process.execPath, "--require", "ts-node/register/transpile-only", __filename];
  const command = ["--root", ...node, INSIDE, ...args];
  const { status } = spawnSync(join(ROOT, "scripts/sandbox"), command, { stdio: "inherit" });
  return status ?? 1;
}

const INSIDE = "--inside";

async function main(args: readonly string[]): Promise<number> {
  const asked = askedBy(
    args.filter((arg) => arg !== INSIDE),
    USAGE,
  );
  if (typeof asked === "object") return asked.status;
  if (!args.includes(INSIDE)) return inSandbox(args);
  refuseOutsideSandbox();
  let status = 0;
  for (const [path, text] of Object.entries(await generated())) {
    const shown = relative(process.cwd(), join(ROOT, path));
    if (committed(path) === text) console.log(`${shown} is as this kernel has it`);
    else if (asked === "to check") {
      console.error(`${shown} is not what this kernel says; run scripts/modes/main.ts`);
      status = 1;
    } else {
      writeFileSync(join(ROOT, path), text);
      console.log(`wrote ${shown}`);
    }
  }
  return status;
}

if (require.main === module)
  void main(process.argv.slice(2)).then((status) => (process.exitCode = status));
