import type { Config } from "../../provider/request";

type Values = Readonly<Record<string, string>>;

/** Settings as the environment and the stack have them. */
export function configOf(environment: Values, stack: Values = {}): Config {
  return (key, from) =>
    (from === "stack" ? undefined : environment[key]) ??
    (from === "environment" ? undefined : stack[key]);
}
