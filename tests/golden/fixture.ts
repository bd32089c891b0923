import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

export interface Fixture {
  /** Folder and name, such as "links/macvlan-bridge". */
  readonly name: string;
  /** What was run to get there, one line each. */
  readonly command: string;
  readonly kernel: string;
  readonly bytes: Uint8Array;
}

/** See `capture.py`, which writes them. */
export function readFixture(name: string): Fixture {
  const stored = JSON.parse(readFileSync(join(__dirname, `${name}.json`), "utf8")) as {
    command: string;
    kernel: string;
    hex: string;
  };
  return { name, ...stored, bytes: new Uint8Array(Buffer.from(stored.hex, "hex")) };
}

export function fixturesIn(folder: string): Fixture[] {
  const files = readdirSync(join(__dirname, folder)).filter((file) => file.endsWith(".json"));
  return files.sort().map((file) => readFixture(`${folder}/${file.slice(0, -".json".length)}`));
}
