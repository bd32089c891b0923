/** What runs the agent, here and elsewhere. */

/**
 * Looked for in this order, in PATH where it is a bare name. The system's own comes first: what PATH has
 * before it may be a version manager's script, which takes three times as long to start as the agent.
 * RHEL 8 may have the last one alone.
 */
export const INTERPRETERS: readonly string[] = [
  "/usr/bin/python3",
  "python3",
  "/usr/libexec/platform-python",
];

/** Nothing of the user's environment, no site packages, no file left behind. */
export const INTERPRETER_OPTIONS = ["-I", "-S", "-B"] as const;
