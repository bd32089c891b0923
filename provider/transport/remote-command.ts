/** The one line that starts the agent on another host, whatever launches it and whatever shell reads it. */
import { NO_INTERPRETER_STATUS } from "../agent/source";
import { INTERPRETER_OPTIONS, INTERPRETERS } from "./interpreter";

export interface RemoteOptions {
  /** The interpreter: a path, or a name to look for in PATH there. */
  readonly python?: string | undefined;
  /** Run the agent as root; with "password", what `sudoInput` answers must be the first that is written. */
  readonly sudo?: boolean | "password" | undefined;
}

/**
 * A line that bash, dash, tcsh, fish and busybox ash read alike: simple words and single quotes, and
 * in these nothing that any of them treats specially. Throws a `RangeError` for a python that cannot be said so.
 */
export function remoteCommand({ python, sudo = false }: RemoteOptions, program: string): string {
  if (python?.startsWith("-") === true)
    throw new RangeError(`${python} is an option, not a program`);
  const interpreters = python === undefined ? INTERPRETERS : [python];
  const asRoot = { true: "sudo -n -- ", password: 'sudo -S -p "" -- ', false: "" }[`${sudo}`];
  const script =
    // Not the home folder, which may be on another machine, or be unmounted meanwhile.
    'cd /; for p in "$@"; do ' +
    // sudo has a PATH of its own, so it gets what was found in this one.
    `p=$(command -v "$p") && [ -x "$p" ] && exec ${asRoot}"$p" ${INTERPRETER_OPTIONS.join(" ")} -c "$0"; ` +
    `done; echo "looked for $*" >&2; exit ${NO_INTERPRETER_STATUS}`;
  const whole = sudo === "password" ? `${SKIP_PASSWORD};${program}` : program;
  return ["exec", "/bin/sh", "-c", ...[script, whole, ...interpreters].map(quoted)].join(" ");
}

/**
 * The password for sudo, as one line. Whether sudo reads it is up to sudo: it asks for none where
 * sudoers wants none, or where it has asked a minute ago. What it leaves, the program skips, up to
 * the zero byte; otherwise a password would be taken for a program and be shown as its first error.
 */
export function sudoInput(password: string): Buffer {
   
  if (/[\0\n]/.test(password))
    throw new RangeError("A sudo password has one line, without zero bytes");
  return Buffer.from(`${password}\n\0`);
}

// sudo may have made stdin non-blocking.
const SKIP_PASSWORD =
  "import os,select;" +
  `[0 for b in iter(lambda:select.select([0],[],[])and os.read(0,1)or os._exit(65),b"\\0")]`;

/** Within single quotes tcsh expands `!`, and fish takes a backslash from `\\` and `\'`. */
function quoted(word: string): string {
  // eslint-disable-next-line no-control-regex
  if (/['!\x00-\x1f\x7f]|\\\\|\\$/.test(word)) {
    throw new RangeError(`${JSON.stringify(word)} does not pass every shell unchanged`);
  }
  return `'${word}'`;
}
