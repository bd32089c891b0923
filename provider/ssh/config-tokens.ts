/** What OpenSSH puts in place of `~`, `%h` and `${VAR}`: "TOKENS" in ssh_config(5). */
import { type ConfigLine, faultIn } from "./config-lines";

/** What stands for each letter behind a `%`. */
export type Tokens = Readonly<Record<string, string>>;

/** A path with the home folder for its `~`. */
export function withHome(path: string, home: string, line: ConfigLine): string {
  if (!path.startsWith("~")) return path;
  if (path !== "~" && !path.startsWith("~/")) {
    throw faultIn(line, `names the home of another user (${path}), which is not looked up here`);
  }
  return `${home.replace(/\/$/, "")}/${path.replace(/^~\/*/, "")}`;
}

/** @param env for `${VAR}`; without it a `$` is a character like any other */
export function expand(
  text: string,
  tokens: Tokens,
  line: ConfigLine,
  env?: Readonly<Record<string, string | undefined>>,
): string {
  return text.replace(/%(.?)|\$\{([^}]*)\}?/gs, (found: string, letter?: string, name?: string) => {
    if (letter === "%") return "%";
    if (letter !== undefined) {
      const value = tokens[letter];
      if (value === undefined) throw faultIn(line, `has an unknown token, ${found}`);
      return value;
    }
    if (env === undefined) return found;
    const value = found.endsWith("}") ? env[name ?? ""] : undefined;
    if (value === undefined) throw faultIn(line, `needs ${found}, which is not set`);
    return value;
  });
}
