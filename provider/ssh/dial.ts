/** A TCP connection to the first host on the way. */
import { connect as dialTcp, type Socket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { broken, type Endpoint } from "./endpoint";

/** A host may still be starting. Whoever waits for all this has a deadline, and says so by the signal. */
export async function dial(to: Endpoint, signal: AbortSignal | undefined): Promise<Socket> {
  for (let failed = 0; ; failed++) {
    try {
      return await dialOnce(to, signal);
    } catch (error) {
      if (failed === to.dialErrorLimit) throw error;
      await pause(DIAL_PAUSE_MS, undefined, { signal });
    }
  }
}

const DIAL_PAUSE_MS = 500;

function dialOnce(to: Endpoint, signal: AbortSignal | undefined): Promise<Socket> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const socket = dialTcp({ host: to.host, port: to.port, noDelay: true });
    const give = (error: Error): void => {
      socket.destroy();
      reject(error);
    };
    const stop = (): void => give(signal?.reason as Error);
    const late = setTimeout(
      () => give(broken(to, `no answer within ${to.timeoutSeconds} seconds`)),
      to.timeoutSeconds * 1000,
    );
    const settle = (): void => {
      clearTimeout(late);
      signal?.removeEventListener("abort", stop);
    };
    signal?.addEventListener("abort", stop, { once: true });
    socket.once("connect", () => {
      settle();
      resolve(socket);
    });
    socket.once("error", ({ code = "" }: NodeJS.ErrnoException) =>
      give(broken(to, DIAL_ERRORS[code] ?? `it cannot be reached (${code})`)),
    );
    socket.once("close", settle);
    // Later errors are the client's to see; without a listener they would end the process.
    socket.on("error", () => undefined);
  });
}

const DIAL_ERRORS: Readonly<Record<string, string>> = {
  ECONNREFUSED: "nothing listens on that port (ECONNREFUSED)",
  ENOTFOUND: "there is no such host name (ENOTFOUND)",
  EAI_AGAIN: "its name cannot be looked up now (EAI_AGAIN)",
  EHOSTUNREACH: "there is no way to it (EHOSTUNREACH)",
  ENETUNREACH: "there is no way to its network (ENETUNREACH)",
  ETIMEDOUT: "it does not answer (ETIMEDOUT)",
  ECONNRESET: "it hung up (ECONNRESET)",
};
