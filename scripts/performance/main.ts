import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { lastResults } from "../../bench/report";
import type { Results } from "../../bench/results";
import { askedBy } from "../check-option";
import { hasPicture, performancePage } from "./page";
import { picture } from "./picture";

const ROOT = join(__dirname, "../..");
const KEPT = "docs/performance.json";

const USAGE = `Usage: node --require ts-node/register/transpile-only scripts/performance/main.ts [--check | --help]

Writes docs/performance.json, docs/performance.md and its pictures from what the last run of each
benchmark found; of a benchmark that was not run here, what docs/performance.json had stays.
\`make bench\` runs them all and then this.

  --check   writes nothing; exits with 1 when the page is not what docs/performance.json makes of it`;

export const committed = (path: string): string | undefined =>
  existsSync(join(ROOT, path)) ? readFileSync(join(ROOT, path), "utf8") : undefined;

export const kept = (): Results => JSON.parse(committed(KEPT) ?? "{}") as Results;

/** The page and its pictures, by their path from the root. */
export function generated(results: Results): Readonly<Record<string, string>> {
  const pictures = Object.entries(results)
    .filter(([, result]) => hasPicture(result))
    .map(([name, { tables }]) => [`docs/performance/${name}.svg`, picture(tables)] as const);
  return { "docs/performance.md": performancePage(results), ...Object.fromEntries(pictures) };
}

export function main(args: readonly string[]): number {
  const asked = askedBy(args, USAGE);
  if (typeof asked === "object") return asked.status;
  const checks = asked === "to check";
  const results = checks ? kept() : { ...kept(), ...lastResults() };
  const data = { [KEPT]: `${JSON.stringify(results, undefined, 1)}\n` };
  let status = 0;
  for (const [path, text] of Object.entries({ ...(checks ? {} : data), ...generated(results) })) {
    const shown = relative(process.cwd(), join(ROOT, path));
    if (committed(path) === text) console.log(`${shown} is as the results have it`);
    else if (checks) {
      console.error(`${shown} is not what the results say; run scripts/performance/main.ts`);
      status = 1;
    } else {
      mkdirSync(dirname(join(ROOT, path)), { recursive: true });
      writeFileSync(join(ROOT, path), text);
      console.log(`wrote ${shown}`);
    }
  }
  return status;
}

if (require.main === module) process.exitCode = main(process.argv.slice(2));
