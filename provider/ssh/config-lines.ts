/**
 * The lines of an ssh_config file, cut up as OpenSSH does: readconf.c, and argv_split() in misc.c.
 * The parser of npm's ssh-config has no line numbers, no single quotes and other escapes, cuts paths
 * at "=", and takes the line behind a keyword without argument for its value.
 */
import { readFileSync } from "node:fs";
import { messageOf } from "../errors";

export interface ConfigLine {
  readonly file: string;
  /** From 1. */
  readonly number: number;
  /** As it is written there. */
  readonly keyword: string;
  /** The arguments, without quotes, escapes and comment. */
  readonly words: readonly string[];
  /** All behind the keyword, as it is: commands and jump hosts are not cut into words. */
  readonly text: string;
}

/** An error that leads to the line. */
export function faultIn({ file, number, keyword }: ConfigLine, cause: string): Error {
  return new Error(`Cannot use ${file}:${number}: ${keyword} ${cause}`);
}

/** What a file says, without comments; nothing where there is no file. */
export function linesOf(file: string): ConfigLine[] {
  return textOf(file)
    .split("\n")
    .flatMap((text, index) => lineOf(text.trim(), file, index + 1) ?? []);
}

function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    // OpenSSH reads a folder, too, and finds no line in it: "Include conf.d" does nothing.
    if (error instanceof Error && "code" in error && NOTHING.has(error.code)) return "";
    throw new Error(`Cannot read ${file}: ${messageOf(error)}`, { cause: error });
  }
}

const NOTHING = new Set<unknown>(["ENOENT", "ENOTDIR", "EISDIR"]);

function lineOf(line: string, file: string, number: number): ConfigLine | undefined {
  if (line === "" || line.startsWith("#")) return undefined;
  const [, quoted, plain, text] =
    /^(?:"([^"]*)"|([^\s"=]+))(?:\s*=\s*|\s+|$)(.*)$/.exec(line) ?? [];
  const head = { file, number, keyword: quoted ?? plain ?? JSON.stringify(line) };
  if (text === undefined || text === "") {
    throw faultIn({ ...head, words: [], text: "" }, "has no argument");
  }
  const words = wordsIn(text);
  if (words === undefined)
    throw faultIn({ ...head, words: [], text }, "has a quote without its end");
  return { ...head, words, text };
}

/** Quotes of both kinds may begin and end within a word; a backslash that escapes nothing stays. */
function wordsIn(text: string): string[] | undefined {
  const words: string[] = [];
  for (let at = 0; ;) {
    while (isBlank(text[at])) at += 1;
    if (at >= text.length || text[at] === "#") return words;
    let [word, quote] = ["", ""];
    for (; at < text.length && (quote !== "" || !isBlank(text[at])); at += 1) {
      const char = text.charAt(at);
      const next = text.charAt(at + 1);
      if (char === "\\" && (/['"\\]/.test(next) || (next === " " && quote === ""))) {
        word += next;
        at += 1;
      } else if (quote === "" && (char === '"' || char === "'")) quote = char;
      else if (char === quote) quote = "";
      else word += char;
    }
    if (quote !== "") return undefined;
    words.push(word);
  }
}

const isBlank = (char: string | undefined): boolean => char === " " || char === "\t";
