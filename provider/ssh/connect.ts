/** An authenticated SSH connection, through any number of jump hosts. */
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type * as Ssh2 from "ssh2";
import { messageOf } from "../errors";
import { dial } from "./dial";
import { broken, type Endpoint, wordsFor } from "./endpoint";
import { login } from "./login";
import { logins, placesAt } from "./logins";

/**
 * Rejects with a `HostError`, and leaves no connection then.
 *
 * @param signal says that nobody waits any more
 */
export async function connect(
  hops: readonly Endpoint[],
  signal?: AbortSignal,
): Promise<SshConnection> {
  const connection = new SshConnection();
  signal?.addEventListener("abort", () => connection.destroy(), { once: true });
  try {
    for (const hop of hops) await connection.extend(hop, signal);
    return connection;
  } catch (error) {
    connection.destroy();
    throw error;
  }
}

export class SshConnection {
  // From the first jump host to the host itself.
  readonly #clients: Ssh2.Client[] = [];
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
  async extend(to: Endpoint, signal?: AbortSignal): Promise<void> {
    this.#timeoutSeconds = to.timeoutSeconds;
    const leave = await placesAt(to.host, to.port).take(signal);
    const client = await this.#enter(to, signal).finally(leave);
    // The inner client of a jump host may see an error and never a close: either is the end of all.
    client.on("error", (error) => this.#finish(to.hostKey.refusal?.cause ?? wordsFor(error)));
    client.on("close", () => this.#finish("the connection was closed"));
    await to.hostKey.remember().catch((error: unknown) => {
      throw broken(to, `its host key is new and cannot be noted: ${messageOf(error)}`);
    });
  }

  /** ssh2 itself would wait for ever. */
  exec(command: string): Promise<Ssh2.ClientChannel> {
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

  /** ssh2 writes each packet in three pieces, which would go out, and wake the other side, one by one. */
  inOnePiece(write: () => void): void {
    this.#socket?.cork();
    write();
    this.#socket?.uncork();
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

  async #enter(to: Endpoint, signal: AbortSignal | undefined): Promise<Ssh2.Client> {
    const stream = await this.#reach(to, signal);
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- see Endpoint
    const { Client } = require("ssh2") as typeof Ssh2;
    const client = new Client();
    this.#clients.push(client);
    const credentials = await to.credentials();
    // Not for the way there: a dead host would take a place from those that answer.
    const leave = await logins.take(signal);
    await login(client, stream, to, credentials).finally(leave);
    return client;
  }

  async #reach(to: Endpoint, signal: AbortSignal | undefined): Promise<Duplex> {
    const jump = this.#clients.at(-1);
    if (jump === undefined) return (this.#socket = await dial(to, signal));
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
