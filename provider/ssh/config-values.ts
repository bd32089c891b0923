/** What may stand behind a keyword; anything else throws, with file, line and keyword. */
import { type ConfigLine, faultIn } from "./config-lines";

/** The one argument that most keywords have. */
export function wordOf(line: ConfigLine): string {
  const [word, ...more] = line.words;
  if (word === undefined || word === "") throw faultIn(line, "has no argument");
  if (more.length > 0) throw faultIn(line, `has more than one argument: ${line.text}`);
  return word;
}

/** One of several words, in any case. */
export function choiceOf<T>(line: ConfigLine, choices: Readonly<Record<string, T>>): T {
  const word = wordOf(line).toLowerCase();
  const choice = Object.entries(choices).find(([name]) => name === word);
  if (choice !== undefined) return choice[1];
  throw faultIn(line, `is "${word}", and not one of ${Object.keys(choices).join(", ")}`);
}

export const YES_OR_NO = { yes: true, no: false, true: true, false: false };

export function numberOf(line: ConfigLine, least: number, most: number): number {
  const word = wordOf(line);
  const number = /^\d+$/.test(word) ? Number(word) : NaN;
  if (number >= least && number <= most) return number;
  throw faultIn(line, `is "${word}", and not a number from ${least} to ${most}`);
}

/** OpenSSH counts in C's int. */
export const MOST = 2 ** 31 - 1;

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };

/** A duration as OpenSSH takes it, in seconds: "90", "1m30s", "1h". */
export function secondsOf(line: ConfigLine): number {
  const word = wordOf(line);
  const parts = word.toLowerCase().match(/\d+[smhdw]?/g) ?? [];
  const seconds = parts
    .map((part) => parseInt(part, 10) * (SECONDS[part.slice(-1)] ?? 1))
    .reduce((sum, each) => sum + each, 0);
  if (parts.length > 0 && parts.join("") === word.toLowerCase() && seconds <= MOST) return seconds;
  throw faultIn(line, `is "${word}", and not a time as "90", "1m30s" or "1h"`);
}

/** File names; no name for "none", which stands alone. */
export function filesOf(line: ConfigLine): readonly string[] {
  if (line.words.includes("")) throw faultIn(line, "has an empty argument");
  if (!line.words.some((word) => word.toLowerCase() === "none")) return line.words;
  if (line.words.length === 1) return [];
  throw faultIn(line, 'has "none" together with others');
}

const HOP = /^(?:.+@)?(?:\[[^\][]+\]|[^\][@:/]+)(?::(\d+))?$/s;

/** "user@host:port" of each jump host, the nearest first. */
export function jumpsOf(line: ConfigLine): readonly string[] {
  const text = line.text.replace(/#.*/s, "").trim();
  if (text.toLowerCase() === "none") return [];
  return text.split(",").map((hop) => {
    const jump = hop.startsWith("ssh://") ? withoutScheme(hop) : hop;
    const [found, port = "22"] = HOP.exec(jump) ?? [];
    if (found !== undefined && Number(port) >= 1 && Number(port) <= 65_535) return jump;
    throw faultIn(line, `has "${hop}", and not "user@host:port"`);
  });
}

/** "ssh://user;parameters@host:port/", with %-escapes in the user. */
function withoutScheme(uri: string): string {
  const [, login, host = ""] = /^ssh:\/\/(?:([^@]*)@)?(.*?)\/?$/s.exec(uri) ?? [];
  if (login === undefined) return host;
  const user = login
    .replace(/;.*/s, "")
    .replace(/(?:%[0-9a-f]{2})+/gi, (hex) =>
      Buffer.from(hex.replaceAll("%", ""), "hex").toString(),
    );
  return `${user}@${host}`;
}
