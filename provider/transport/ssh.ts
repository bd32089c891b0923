/** The agent at the other end of an SSH connection of our own. */
import type { ClientChannel } from "ssh2";
import { connectionBroken, isHostError, messageOf } from "../errors";
import { keepaliveOf, sshHostOf } from "../ssh/config";
import { connect, type SshConnection } from "../ssh/connect";
import type { Endpoint } from "../ssh/endpoint";
import { routeTo, type SshWay } from "../ssh/route";
import { HeardChannel } from "./heard-channel";
import { remoteCommand } from "./remote-command";
import { answerSudo, type Sudo, sudoKind } from "./sudo";
import type { Channel, ChannelEnd, Keepalive, Transport } from "./transport";

export interface SshOptions extends SshWay {
  readonly python?: string | undefined;
  readonly sudo?: Sudo | undefined;
}

export function sshTransport(options: SshOptions): Transport {
  const { host, port } = options;
  const label = port === undefined ? host : `${host}:${port}`;
  return {
    host: label,
    keepalive: keepalive(options),
    start: (program, signal) => start(program, options, label, signal),
  };
}

async function start(
  program: string,
  options: SshOptions,
  label: string,
  signal: AbortSignal | undefined,
): Promise<Channel> {
  const connection = await connect(route(options, label), signal);
  try {
    const { python, sudo } = options;
    const line = remoteCommand({ python, sudo: sudoKind(sudo) }, program);
    const channel = await connection.exec(line);
    const agent = new SshChannel(connection, channel);
    if (typeof sudo === "string") answerSudo(agent, sudo);
    return agent;
  } catch (error) {
    connection.destroy();
    throw connectionBroken({
      host: label,
      operation: "start the agent",
      cause: `it let us in, and no command can be run there: ${messageOf(error)}`,
    });
  }
}

/** Files that cannot be read are the start's to complain of. */
function keepalive({ host, user, files }: SshOptions): Keepalive | undefined {
  try {
    return keepaliveOf(sshHostOf(host, { ...files, ...(user !== undefined && { user }) }));
  } catch {
    return undefined;
  }
}

function route(options: SshOptions, label: string): Endpoint[] {
  try {
    return routeTo(options, noteOnce);
  } catch (error) {
    // A file of ssh's that cannot be read, or says what cannot be understood.
    if (isHostError(error)) throw error;
    throw connectionBroken({ host: label, operation: "connect", cause: messageOf(error) });
  }
}

const noted = new Set<string>();

/** One line under the stack, however many connections lead there in a run. */
function noteOnce(line: string): void {
  if (noted.has(line)) return;
  noted.add(line);
  console.log(`pulumi-macvlan: ${line}.`);
}

class SshChannel extends HeardChannel implements Channel {
  constructor(
    private readonly connection: SshConnection,
    private readonly channel: ClientChannel,
  ) {
    super();
    channel.on("data", (bytes: Buffer) => this.hear(bytes));
    // Unread it would stall the agent's own output.
    channel.stderr.on("data", (bytes: Buffer) => this.stderr.push(bytes));
    channel.on("error", () => undefined);
    channel.stderr.on("error", () => undefined);
    // Not "exit", which may come together with the channel itself, before anybody can listen.
    channel.on("close", (status?: number | null, signal?: string) =>
      this.#over(endBy(status, signal)),
    );
    connection.onEnd((reason) => this.#over({ reason }));
  }

  write(bytes: Uint8Array): void {
    if (this.end !== undefined || !this.channel.writable) return;
    this.connection.inOnePiece(() => this.channel.write(bytes));
  }

  close(): void {
    if (this.end === undefined) this.channel.end();
  }

  destroy(): void {
    this.#over({ reason: "the connection was closed" });
  }

  ref(): void {
    this.connection.ref();
  }

  unref(): void {
    this.connection.unref();
  }

  #over(end: ChannelEnd): void {
    // Its own end comes back here, and is too late then.
    if (this.finish(end)) this.connection.destroy();
  }
}

/** @param status null after a signal; undefined when the server told neither */
function endBy(status: number | null | undefined, signal: string | undefined): ChannelEnd {
  if (status === undefined) return { reason: "the agent's connection was closed" };
  if (status === null) return { reason: `the agent was killed by ${signal}` };
  return { reason: `the agent exited with status ${status}`, status };
}
