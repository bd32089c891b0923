/** The same work for many links at once. Hosts are asked side by side; what each comes to is kept apart. */
import { HostError, messageOf } from "../../errors";
import { hostNameFor } from "../../link/host";
import type { LinkSetInputs } from "../../link-set/model";

// Above this, a user begins to wonder.
const SILENCE_MS = 2000;

export interface Outcome<T> {
  readonly done: ReadonlyMap<string, T>;
  readonly failed: ReadonlyMap<string, unknown>;
}

/** `deed` says what is done, for a line every two seconds: "made". */
export async function together<V, T>(
  set: string,
  deed: string,
  links: ReadonlyMap<string, V>,
  work: (link: V, key: string) => Promise<T>,
): Promise<Outcome<T>> {
  const done = new Map<string, T>();
  const failed = new Map<string, unknown>();
  const report = setInterval(() => {
    console.log(`pulumi-macvlan: ${set}: ${done.size} of ${links.size} links ${deed}`);
  }, SILENCE_MS).unref();
  try {
    await Promise.all(
      [...links].map(async ([key, link]) => {
        try {
          done.set(key, await work(link, key));
        } catch (error) {
          failed.set(key, error);
        }
      }),
    );
  } finally {
    clearInterval(report);
  }
  return { done, failed };
}

/** What failed, and what became of the rest; then the first failure in its own words. */
export function failureOf(
  verb: string,
  set: Pick<LinkSetInputs, "identity" | "connection">,
  { failed }: Pick<Outcome<unknown>, "failed">,
  outcome: string,
): HostError {
  const [[key, error] = ["", undefined]] = failed;
  const others = failed.size > 1 ? ` and ${failed.size - 1} more` : "";
  const words = messageOf(error).replace(/\.$/, "");
  return refusal(verb, set, `link ${key}${others} failed; ${outcome}`, words);
}

export function refusal(
  verb: string,
  { identity, connection }: Pick<LinkSetInputs, "identity" | "connection">,
  cause: string,
  cure: string,
): HostError {
  return new HostError({
    kind: "refused",
    operation: operationOn(verb, { identity }),
    host: hostNameFor(connection, "this machine"),
    cause,
    cure,
  });
}

/** "create the link set farm", for messages. */
export const operationOn = (verb: string, { identity }: Pick<LinkSetInputs, "identity">): string =>
  `${verb} the link set ${identity.name}`;
