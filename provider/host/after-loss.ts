import { HostError, isHostError, isSessionLost } from "../errors";

// The first one and two more: a way that breaks three times under one link is not there.
const ATTEMPTS = 3;
// An attempt that found the host silent has taken half a minute already.
const NO_MORE_AFTER_MS = 60_000;

/**
 * Work that looks at the host before it changes anything, and gets there through `openHost`: when the
 * session dies under it, it is done again over a new one. By then what the old one left unfinished
 * is undone, so the work sees what became of it. `operation` says what it is, for errors.
 */
export async function againAfterLoss<T>(operation: string, work: () => Promise<T>): Promise<T> {
  const began = performance.now();
  const losses: HostError[] = [];
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!isHostError(error)) throw error;
      const isLost = isSessionLost(error);
      if (isLost) losses.push(error);
      if (losses.length === 0) throw error;
      const goesOn = losses.length < ATTEMPTS && performance.now() - began < NO_MORE_AFTER_MS;
      if (!isLost || !goesOn) throw lastWord(operation, losses, error);
    }
  }
}

/** The last word after a loss. What the host itself said is an answer; else it must be said what nobody has seen. */
function lastWord(operation: string, losses: readonly HostError[], last: HostError): HostError {
  const [first = last] = losses;
  if (!isSessionLost(last) && last.kind !== "broken") return last;
  const wasChanging = losses.some(({ kind }) => kind === "unknown");
  const broke = `the connection broke (${first.failure.cause})`;
  const then = isSessionLost(last)
    ? `, and ${losses.length - 1} more after it`
    : `, and the host cannot be asked again: ${last.failure.cause}`;
  const unseen = wasChanging
    ? "; a change was under way, and nobody could look what became of it"
    : "";
  const again =
    "Run pulumi up again when the host is reached: what is there is looked at first, and nothing is made twice";
  return new HostError(
    {
      kind: wasChanging ? "unknown" : "broken",
      operation,
      host: first.failure.host,
      cause: broke + then + unseen,
      cure: wasChanging ? again : last.failure.cure,
    },
    { cause: last },
  );
}
