/** An authenticated SSH connection, through any number of jump hosts. */
import { connect as dialTcp, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { setTimeout as pause } from "node:timers/promises";
import { type AnyAuthMethod, type AuthenticationType, Client, type ClientChannel } from "ssh2";
import { connectionBroken, type HostError, messageOf } from "../errors";
import type { Credentials } from "./credentials";
import type { HostKeyCheck } from "./host-key";
import { Semaphore } from "./semaphore";

/** One host on the way; the last one is where we are going. */
export interface Endpoint {
  /** As the user calls it, for messages. */
  readonly label: string;
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly credentials: Credentials;
  readonly hostKey: HostKeyCheck;
  /** For reaching it, and for the key exchange and the login. */
  readonly timeoutSeconds: number;
  /** Attempts to reach it that may fail before one more is not made; -1: no limit. */
  readonly dialErrorLimit: number;
}

/** A server takes ten logins at once before it drops some (MaxStartups), and each costs a core 20 ms. */
const LOGINS_AT_ONCE = 8;
const logins = new Semaphore(LOGINS_AT_ONCE);

const OPERATION = "connect";

/** Rejects with a `HostError`, and leaves no connection then. */
export async function connect(hops: readonly Endpoint[]): Promise<SshConnection> {
  const connection = new SshConnection();
  try {
    for (const hop of hops) await connection.extend(hop);
    return connection;
  } catch (error) {
    connection.destroy();
    throw error;
  }
}

export class SshConnection {
  // From the first jump host to the host itself.
  readonly #clients: Client[] = [];
  readonly #listeners = new Set<(reason: string) => void>();
  #socket: Socket | undefined;
  #end: string | undefined;
  #timeoutSeconds = 0;

  /** Called once, also when it is over already. */
  onEnd(listener: (reason: string) => void): void {
    if (this.#end === undefined) this.#listeners.add(listener);
    else listener(this.#end);
  }

  /** One hop further. */
  async extend(to: Endpoint): Promise<void> {
    this.#timeoutSeconds = to.timeoutSeconds;
    const stream = await this.#reach(to);
    const client = new Client();
    this.#clients.push(client);
    // Not for the way there: a dead host would take a place from those that answer.
    await logins.run(() => login(client, stream, to));
    // The inner client of a jump host may see an error and never a close: either is the end of all.
    client.on("error", (error) => this.#finish(to.hostKey.refusal?.cause ?? wordsFor(error)));
    client.on("close", () => this.#finish("the connection was closed"));
    await to.hostKey.remember().catch((error: unknown) => {
      throw broken(to, `its host key is new and cannot be noted: ${messageOf(error)}`);
    });
  }

  /** ssh2 itself would wait for ever. */
  exec(command: string): Promise<ClientChannel> {
    const seconds = this.#timeoutSeconds;
    const client = this.#clients.at(-1);
    return new Promise((resolve, reject) => {
      if (client === undefined || this.#end !== undefined) {
        return reject(new Error(this.#end ?? "there is no connection"));
      }
      const late = setTimeout(
        () => reject(new Error(`no answer within ${seconds} seconds`)),
        seconds * 1000,
      );
      this.onEnd((reason) => {
        clearTimeout(late);
        reject(new Error(reason));
      });
      client.exec(command, (error, channel) => {
        clearTimeout(late);
        if (error) reject(error);
        else resolve(channel);
      });
    });
  }

  /** Lets go at once: the other side may be out of reach. */
  destroy(): void {
    // From the inside out: a jump host's callbacks stay pending until its own client is gone.
    for (const client of [...this.#clients].reverse()) client.destroy();
    this.#socket?.destroy();
    this.#finish("the connection was closed");
  }

  ref(): void {
    this.#socket?.ref();
  }

  unref(): void {
    this.#socket?.unref();
  }

  async #reach(to: Endpoint): Promise<Duplex> {
    const jump = this.#clients.at(-1);
    if (jump === undefined) return (this.#socket = await dial(to, () => this.#end === undefined));
    return new Promise((resolve, reject) => {
      const late = setTimeout(
        () => reject(broken(to, `no answer within ${to.timeoutSeconds} seconds`)),
        to.timeoutSeconds * 1000,
      );
      this.onEnd((reason) => reject(broken(to, `the jump host before it: ${reason}`)));
      jump.forwardOut("127.0.0.1", 0, to.host, to.port, (error, channel) => {
        clearTimeout(late);
        if (error) reject(broken(to, "the jump host before it cannot reach it"));
        else resolve(channel);
      });
    });
  }

  #finish(reason: string): void {
    if (this.#end !== undefined) return;
    this.#end = reason;
    const listeners = [...this.#listeners];
    this.#listeners.clear();
    this.destroy();
    for (const listener of listeners) listener(reason);
  }
}

/** A host may still be starting. Whoever waits for all this has a deadline of their own. */
async function dial(to: Endpoint, isWanted: () => boolean): Promise<Socket> {
  for (let failed = 0; ; failed++) {
    try {
      return await dialOnce(to);
    } catch (error) {
      if (failed === to.dialErrorLimit || !isWanted()) throw error;
      await pause(DIAL_PAUSE_MS);
    }
  }
}

const DIAL_PAUSE_MS = 500;

function dialOnce(to: Endpoint): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = dialTcp({ host: to.host, port: to.port, noDelay: true });
    const late = setTimeout(() => {
      socket.destroy();
      reject(broken(to, `no answer within ${to.timeoutSeconds} seconds`));
    }, to.timeoutSeconds * 1000);
    socket.once("connect", () => {
      clearTimeout(late);
      resolve(socket);
    });
    socket.once("error", ({ code = "" }: NodeJS.ErrnoException) => {
      clearTimeout(late);
      reject(broken(to, DIAL_ERRORS[code] ?? `it cannot be reached (${code})`));
    });
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

function login(client: Client, stream: Duplex, to: Endpoint): Promise<void> {
  const { usable, unusable } = to.credentials;
  const tried: string[] = [];
  let offered: readonly string[] = [];
  let next = 0;
  const authHandler = (
    left: readonly AuthenticationType[] | null,
    _partial: boolean | null,
    proceed: (attempt: AnyAuthMethod | false) => void,
  ): void => {
    // The first attempt tells what the server takes.
    if (left === null) return proceed({ type: "none", username: to.user });
    offered = left;
    while (next < usable.length) {
      const { label, attempt } = usable[next++] as (typeof usable)[number];
      const method = attempt.type === "agent" ? "publickey" : attempt.type;
      if (!left.includes(method)) continue;
      tried.push(label);
      return proceed(attempt);
    }
    proceed(false);
  };
  return new Promise((resolve, reject) => {
    const fail = (error: HostError): void => {
      client.destroy();
      reject(error);
    };
    const onError = (error: Error & { level?: string }): void => {
      // An agent that will not sign with one key may with the next.
      if (error.level === "agent") return;
      const { refusal } = to.hostKey;
      if (refusal !== undefined) return fail(broken(to, refusal.cause, refusal.cure));
      if (error.level === "client-authentication")
        return fail(notLetIn(to, tried, unusable, offered));
      fail(broken(to, wordsFor(error), cureFor(error)));
    };
    const onClose = (): void => fail(broken(to, "it hung up before the login was over"));
    client.on("error", onError);
    client.on("close", onClose);
    client.once("ready", () => {
      client.off("error", onError);
      client.off("close", onClose);
      resolve();
    });
    client.connect({
      sock: stream,
      username: to.user,
      authHandler: authHandler as never,
      readyTimeout: to.timeoutSeconds * 1000,
      hostVerifier: to.hostKey.accepts,
      algorithms: { serverHostKey: to.hostKey.algorithms as never },
    });
  });
}

function notLetIn(
  to: Endpoint,
  tried: readonly string[],
  unusable: readonly string[],
  offered: readonly string[],
): HostError {
  const attempts = tried.length === 0 ? "there was nothing to try" : `tried: ${tried.join(", ")}`;
  const others = unusable.length === 0 ? "" : `; not usable: ${unusable.join("; ")}`;
  return broken(
    to,
    `it does not let ${to.user} in (${attempts}; it takes ${offered.join(", ")}${others})`,
    "Name a key with connection.privateKeyPath, start an ssh agent that has one, or correct connection.user",
  );
}

/** ssh2's own words where they hold nothing but the protocol's names. */
function wordsFor({ message, level }: Error & { level?: string }): string {
  if (level === "client-timeout") return "it did not finish the login in time";
  if (/^Handshake failed: no matching [a-z ,-]+$/i.test(message)) return message;
  if (level === "client-socket") return "the connection broke";
  if (level === "handshake" || level === "protocol") return "the SSH handshake failed";
  return "the connection broke";
}

function cureFor({ message }: Error): string | undefined {
  return /no matching/.test(message)
    ? 'ssh2 has no certificates and no post-quantum key exchange: use connection.launcher: "openssh", or allow a plain one on the server'
    : undefined;
}

function broken({ label }: Endpoint, cause: string, cure?: string): HostError {
  return connectionBroken({ host: label, operation: OPERATION, cause, cure });
}
