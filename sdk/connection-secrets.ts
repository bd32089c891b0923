import * as pulumi from "@pulumi/pulumi";
import { CREDENTIALS } from "../provider/link/connection-fields";

/**
 * The same connection with every credential in it a secret, whether the program said so or not. An
 * answer of the provider is marked path by path from what was asked, so a hop stands in an array here
 * already, as check would put it.
 */
export function withSecrets(connection: unknown): unknown {
  if (isEventual(connection)) return pulumi.output(connection).apply(withSecrets);
  if (Array.isArray(connection)) return connection.map(withSecrets);
  if (typeof connection !== "object" || connection === null) return connection;
  return Object.fromEntries(
    Object.entries(connection).map(([field, value]: [string, unknown]) => [
      field,
      field === "proxy" ? hops(value) : CREDENTIALS.includes(field) ? credential(value) : value,
    ]),
  );
}

function hops(proxy: unknown): unknown {
  if (isEventual(proxy)) return pulumi.output(proxy).apply(hops);
  if (proxy === undefined || proxy === null) return undefined;
  return withSecrets(Array.isArray(proxy) ? proxy : [proxy]);
}

/** `sudo` is one only as a text. */
function credential(value: unknown): unknown {
  if (isEventual(value)) return pulumi.output(value).apply(credential);
  return typeof value === "string" ? pulumi.secret(value) : value;
}

function isEventual(value: unknown): value is pulumi.Output<object> | Promise<object> {
  return pulumi.Output.isInstance(value) || value instanceof Promise;
}
