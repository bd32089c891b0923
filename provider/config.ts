import type { Config } from "./request";

const NAMESPACE = "macvlan";
const ENVIRONMENT = "PULUMI_MACVLAN_";

/** A setting comes from the environment (`PULUMI_MACVLAN_DEADLINE`), else from the stack (`macvlan:deadline`). */
export function configFrom(stack: { get(key: string): string | undefined } | undefined): Config {
  return (key, from) => {
    const variable = `${ENVIRONMENT}${key.replace(/[A-Z]/g, "_$&").toUpperCase()}`;
    const said = from === "stack" ? undefined : process.env[variable];
    return said ?? (from === "environment" ? undefined : stack?.get(`${NAMESPACE}:${key}`));
  };
}
