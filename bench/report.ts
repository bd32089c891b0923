/** What one benchmark finds: said as it is found, and written for the page in the end. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { machine } from "./machine";
import { holds, type Result, type Results, type Table, type Verdict } from "./results";
import { table } from "./table";
import { cellsOf, significant } from "./table-cells";

const FOLDER = join(__dirname, "../build/bench");

export class Report {
  readonly #tables: Table[] = [];
  readonly #verdicts: Verdict[] = [];
  readonly #notes: string[] = [];

  constructor(readonly name: string) {}

  add(...tables: readonly Table[]): void {
    for (const each of tables) {
      this.#tables.push(each);
      const [head, ...rows] = cellsOf(each);
      console.log(`\n${each.title}\n${table(head, rows)}`);
    }
  }

  /** The run fails where it does not hold. */
  judge(what: string, found: number, rule: Verdict["rule"], limit: number): void {
    if (!Number.isFinite(found)) {
      process.exitCode = 1;
      return this.note(`${what}: it was not measured`);
    }
    const verdict = { what, found, rule, limit };
    this.#verdicts.push(verdict);
    const is = holds(verdict);
    console.log(`${what}: ${significant(found)}, ${rule} ${limit}: ${is ? "held" : "NOT HELD"}`);
    if (!is) process.exitCode = 1;
  }

  note(what: string): void {
    this.#notes.push(what);
    console.log(what);
  }

  write(): void {
    const result: Result = {
      date: new Date().toISOString().slice(0, 10),
      machine: machine(),
      tables: this.#tables,
      verdicts: this.#verdicts,
      notes: this.#notes,
    };
    mkdirSync(FOLDER, { recursive: true });
    writeFileSync(join(FOLDER, `${this.name}.json`), `${JSON.stringify(result)}\n`);
  }
}

/** Of the last run of each benchmark. */
export function lastResults(): Results {
  mkdirSync(FOLDER, { recursive: true });
  return Object.fromEntries(
    readdirSync(FOLDER).map((file) => [
      file.replace(/\.json$/, ""),
      JSON.parse(readFileSync(join(FOLDER, file), "utf8")) as Result,
    ]),
  );
}
