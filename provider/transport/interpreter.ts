/** What runs the agent, here and elsewhere. */

/** Looked for in this order, in PATH where it is a bare name. RHEL 8 may have the second one alone. */
export const INTERPRETERS: readonly string[] = ["python3", "/usr/libexec/platform-python"];

/** Nothing of the user's environment, no site packages, no file left behind. */
export const INTERPRETER_OPTIONS = ["-I", "-S", "-B"] as const;
