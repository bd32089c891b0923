/** Patterns of host and user names, and of the files that `Include` names. */
import { existsSync, readdirSync } from "node:fs";
import { fits } from "./wildcards";

/** One of them fits, and none that is negated does. */
export function fitsOneOf(text: string, patterns: readonly string[]): boolean {
  const fitting = patterns.filter((pattern) => fits(text, pattern.replace(/^!/, "")));
  return fitting.length > 0 && !fitting.some((pattern) => pattern.startsWith("!"));
}

/**
 * The files that an absolute path with `*`, `?` and `[…]` in it means, sorted. A wildcard means no
 * name that begins with a dot.
 */
export function filesLike(path: string): string[] {
  let found = [""];
  for (const part of path.split("/").filter((part) => part !== "")) {
    const names = (folder: string): string[] =>
      /[*?[]/.test(part) ? namesIn(`${folder}/`).filter((name) => isNamed(name, part)) : [part];
    found = found.flatMap((folder) => names(folder).map((name) => `${folder}/${name}`));
  }
  return found.filter((file) => existsSync(file)).sort();
}

function isNamed(name: string, part: string): boolean {
  if (name.startsWith(".") && !part.startsWith(".")) return false;
  const source = part.replace(/\[([!^]?)(\]?[^\]]*)\]|[*?]|[^*?[]+|\[/g, (text, not, set) => {
    if (text === "*") return ".*";
    if (text === "?") return ".";
    if (typeof set !== "string") return escaped(text);
    return `[${not === "" ? "" : "^"}${set.replace(/[\\\]^[]/g, "\\$&")}]`;
  });
  return new RegExp(`^${source}$`, "s").test(name);
}

/** Nothing for what is no folder, or none that we may look into. */
function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}
