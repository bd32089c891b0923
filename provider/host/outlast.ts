import { setTimeout as sleep } from "node:timers/promises";
import { connectionBroken } from "../errors";
import type { Session } from "./session";

// Its watchdog undoes within milliseconds, but a kernel that deletes a thousand links takes half a minute.
const LONGEST_MS = 60_000;
const LONGEST_PAUSE_MS = 200;

/**
 * Ends the agent of a session that died, which may be cut off or stopped and not know it, and waits
 * until its undo is over too. From then on nobody but us changes what it had under way, and what is
 * seen on the host is final. See docs/decisions/lost-sessions.md.
 */
export async function outlast(
  { hello, host }: Pick<Session, "hello" | "host">,
  session: Session,
): Promise<void> {
  // Nothing outlives a reboot; and on another machine there never was anything of it.
  if (hello.bootId !== session.hello.bootId) return;
  const until = performance.now() + LONGEST_MS;
  let pause = 5;
  while (!(await session.endAgent(hello))) {
    if (performance.now() > until) {
      const seconds = LONGEST_MS / 1000;
      throw connectionBroken({
        host,
        operation: "connect again",
        cause: `the agent of the connection that broke (process ${hello.pid}), or its watchdog, is still there after ${seconds} seconds, and may yet take changes back`,
        cure: "See on the host what holds it up, end it, and run pulumi up again",
      });
    }
    await sleep(pause);
    pause = Math.min(2 * pause, LONGEST_PAUSE_MS);
  }
}
