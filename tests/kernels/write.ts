/** What `scripts/kernels` does. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { measured, OWN, PACKAGES } from "./kernels";
import { type Measured, page } from "./page";

export const TABLE = join(__dirname, "measured.json");
export const PAGE = join(__dirname, "../../docs/kernels.md");

export const writtenDown = (): Measured => JSON.parse(readFileSync(TABLE, "utf8")) as Measured;

/** The page as it should be. */
export const pageOf = (all: Measured): string => page(all, PACKAGES);

async function main(asked: readonly string[]): Promise<void> {
  const every = [...Object.keys(PACKAGES), OWN];
  const kernels = asked.length === 0 ? every : asked.filter((each) => every.includes(each));
  const news = await Promise.all(
    kernels.map(async (kernel) => [kernel, await measured(kernel)] as const),
  );
  const all = Object.entries({ ...writtenDown(), ...Object.fromEntries(news) });
  const sorted = Object.fromEntries(all.sort(([a], [b]) => ordinal(a) - ordinal(b)));
  writeFileSync(TABLE, `${JSON.stringify(sorted, null, 2)}\n`);
  writeFileSync(PAGE, pageOf(sorted));
}

const ordinal = (kernel: string): number => {
  const [major = 0, minor = 0] = kernel.split(".").map(Number);
  return major * 1000 + minor;
};

if (require.main === module) void main(process.argv.slice(2));
