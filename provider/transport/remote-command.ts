/** The one line that starts the agent on another host, whatever launches it and whatever shell reads it. */
import { NO_INTERPRETER_STATUS } from "../agent/source";
import { INTERPRETER_OPTIONS, INTERPRETERS } from "./interpreter";
import { sudoArguments, type SudoKind } from "./sudo";

export interface RemoteOptions {
  /** The interpreter: a path, or a name to look for in PATH there. */
  readonly python?: string | undefined;
  /** Run the agent as root; with "password", `answerSudo` must be listening. */
  readonly sudo?: SudoKind | undefined;
}

/**
 * A line that bash, dash, tcsh, fish and busybox ash read alike: simple words and single quotes, and
 * in these nothing that any of them treats specially. Throws a `RangeError` for a python that cannot be said so.
 */
export function remoteCommand({ python, sudo = false }: RemoteOptions, program: string): string {
  if (python?.startsWith("-") === true)
    throw new RangeError(`${python} is an option, not a program`);
  const interpreters = python === undefined ? INTERPRETERS : [python];
  const asRoot = sudo === false ? [] : ["sudo", ...sudoArguments(sudo).map(inPieces)];
  const words = [...asRoot, '"$p"', ...INTERPRETER_OPTIONS, "-c", '"$0"'];
  const script =
    // Not the home folder, which may be on another machine, or be unmounted meanwhile.
    'cd /; for p in "$@"; do ' +
    // sudo has a PATH of its own, so it gets what was found in this one.
    `p=$(command -v "$p") && [ -x "$p" ] && exec ${words.join(" ")}; ` +
    `done; echo "looked for $*" >&2; exit ${NO_INTERPRETER_STATUS}`;
  return ["exec", "/bin/sh", "-c", ...[script, program, ...interpreters].map(quoted)].join(" ");
}

/** Not in the line as sudo will print it: a shell that shows what it runs would seem to ask for the password. */
function inPieces(word: string): string {
  return word.replaceAll(":", '":"');
}

/** Within single quotes tcsh expands `!`, and fish takes a backslash from `\\` and `\'`. */
function quoted(word: string): string {
  // eslint-disable-next-line no-control-regex
  if (/['!\x00-\x1f\x7f]|\\\\|\\$/.test(word)) {
    throw new RangeError(`${JSON.stringify(word)} does not pass every shell unchanged`);
  }
  return `'${word}'`;
}
