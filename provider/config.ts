import type { Config } from "./request";

const NAMESPACE = "macvlan";
const ENVIRONMENT = "PULUMI_MACVLAN_";

/** A setting comes from the environment (`PULUMI_MACVLAN_DEADLINE`), else from the stack (`macvlan:deadline`). */
export function configFrom(stack: { get(key: string): string | undefined } | undefined): Config {
  return (key) =>
    process.env[`${ENVIRONMENT}${key.replace(/[A-Z]/g, "_$&").toUpperCase()}`] ??
    stack?.get(`${NAMESPACE}:${key}`);
}
