/** The agent's program, as it is sent to a host. */
import { readFileSync } from "node:fs";

/** In the order in which they make up one program. */
export const AGENT_PARTS = [
  "wire.py",
  "namespaces.py",
  "files.py",
  "watchdog.py",
  "relay.py",
] as const;

let joined: Buffer | undefined;

export function agentSource(): Buffer {
  // By package.json's "imports": what is built is one file, and lies elsewhere than this module.
  joined ??= Buffer.concat(
    AGENT_PARTS.map((part) => readFileSync(require.resolve(`#agent/${part}`))),
  );
  return joined;
}

export const TOO_OLD_STATUS = 64;
const CUT_OFF_STATUS = 65;
/** What a transport that looks for the interpreter on the host ends with, after "looked for …" on stderr. */
export const NO_INTERPRETER_STATUS = 66;

/**
 * A program small enough for a command line: it prints the marker, so that whatever a login shell
 * printed before can be told from the agent, then reads the agent's source by exact count and becomes it.
 * One line without single quotes and exclamation marks; it must parse in Python 2 to refuse it.
 */
export function bootProgram(marker: string, sourceBytes: number): string {
  const lines = [
    "import os,select,sys",
    "if sys.version_info<(3,6):",
    ` sys.stderr.write(sys.version.split()[0]);sys.exit(${TOO_OLD_STATUS})`,
    `os.write(1,b"${marker}")`,
    // While the source is on its way: half of what it takes to become the agent is to load these two.
    "import json,socket",
    `source,left=[],${sourceBytes}`,
    "while left:",
    " select.select([0],[],[])",
    " piece=os.read(0,left)",
    ` piece or sys.exit(${CUT_OFF_STATUS})`,
    " source.append(piece)",
    " left-=len(piece)",
    'exec(b"".join(source))',
  ];
  // A JSON string is a Python string too.
  return `exec(${JSON.stringify(lines.join("\n"))})`;
}
