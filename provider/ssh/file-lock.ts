import { closeSync, lstatSync, openSync, rmSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

/** The lock is held for one read and one write; whoever held it for this long was killed. */
const ABANDONED_MS = 10_000;
const PATIENCE_MS = 2 * ABANDONED_MS;

/**
 * Node has no flock, so the lock is a file beside the one it guards. What is done under it is
 * synchronous: in one process nobody waits. Two that find it abandoned in the same instant may both
 * get it; the worst of that is a line too many.
 */
export async function whileLocked(path: string, act: () => void): Promise<void> {
  const lock = `${path}.lock`;
  for (const end = Date.now() + PATIENCE_MS; !take(lock); await sleep(5 + 10 * Math.random())) {
    if (Date.now() > end) {
      throw new Error(`Cannot write ${path}: it is locked. Remove ${lock} if nobody writes there.`);
    }
  }
  try {
    act();
  } finally {
    rmSync(lock, { force: true });
  }
}

function take(lock: string): boolean {
  try {
    closeSync(openSync(lock, "wx", 0o600));
    return true;
  } catch (error) {
    if (!isTaken(error)) throw error;
  }
  const made = lstatSync(lock, { throwIfNoEntry: false })?.mtimeMs;
  if (made !== undefined && Date.now() - made > ABANDONED_MS) rmSync(lock, { force: true });
  return false;
}

function isTaken(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "EEXIST";
}
