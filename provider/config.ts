import type { Config } from "./request";

const NAMESPACE = "macvlan";
const ENVIRONMENT = "PULUMI_MACVLAN_";

const variables = new Map<string, string>();

// Each resource asks for some thirty.
function variableOf(key: string): string {
  const known = variables.get(key);
  if (known !== undefined) return known;
  const variable = `${ENVIRONMENT}${key.replace(/[A-Z]/g, "_$&").toUpperCase()}`;
  variables.set(key, variable);
  return variable;
}

/** A setting comes from the environment (`PULUMI_MACVLAN_DEADLINE`), else from the stack (`macvlan:deadline`). */
export function configFrom(stack: { get(key: string): string | undefined } | undefined): Config {
  return (key, from) => {
    const said = from === "stack" ? undefined : process.env[variableOf(key)];
    return said ?? (from === "environment" ? undefined : stack?.get(`${NAMESPACE}:${key}`));
  };
}
