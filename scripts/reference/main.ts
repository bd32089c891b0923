import { readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { askedBy } from "../check-option";
import { outputsIn } from "./outputs";
import { propertiesPage } from "./properties-page";

const ROOT = join(__dirname, "../..");
export const PAGE = join(ROOT, "docs/reference/properties.md");

const USAGE = `Usage: node --require ts-node/register/transpile-only scripts/reference/main.ts [--check | --help]

Writes docs/reference/properties.md from the table of properties (provider/link/properties.ts) and
from the outputs that the resource classes name (sdk/).

  --check   writes nothing; exits with 1 when the committed page is not what would be written`;

/** The page as it should be. */
export function page(): string {
  const classes = { Link: "link", Macvlan: "macvlan", Macvtap: "macvtap" };
  const outputs = Object.entries(classes).flatMap(([name, file]) =>
    outputsIn(readFileSync(join(ROOT, "sdk", `${file}.ts`), "utf8"), name),
  );
  return propertiesPage(outputs);
}

function main(args: readonly string[]): number {
  const asked = askedBy(args, USAGE);
  if (typeof asked === "object") return asked.status;
  const path = relative(process.cwd(), PAGE);
  if (asked === "to write") {
    writeFileSync(PAGE, page());
    console.log(`wrote ${path}`);
    return 0;
  }
  if (readFileSync(PAGE, "utf8") === page()) return 0;
  console.error(`${path} is not what the table of properties says; run scripts/reference/main.ts`);
  return 1;
}

if (require.main === module) process.exitCode = main(process.argv.slice(2));
