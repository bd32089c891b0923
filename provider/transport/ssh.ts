/** The agent at the other end of an SSH connection of our own. */
import { userInfo } from "node:os";
import type { ClientChannel } from "ssh2";
import { connectionBroken, isHostError, messageOf } from "../errors";
import { type SshConfigOptions, type SshHost, sshHostOf } from "../ssh/config";
import { connect, type Endpoint, type SshConnection } from "../ssh/connect";
import { credentialsFor, type GivenCredentials } from "../ssh/credentials";
import { HostKeyCheck } from "../ssh/host-key";
import { KnownHosts } from "../ssh/known-hosts";
import { remoteCommand } from "./remote-command";
import { answerSudo, type Sudo, sudoKind } from "./sudo";
import { type Channel, type ChannelEnd, Tail, type Transport } from "./transport";

/** One host on the way, as a program gives it. What it leaves out, ssh's own files say. */
export interface SshHop extends GivenCredentials {
  /** A name, an address, or an alias of ssh_config. */
  readonly host: string;
  readonly port?: number | undefined;
  readonly user?: string | undefined;
  readonly hostKey?: string | undefined;
  readonly hostKeyFingerprint?: string | undefined;
  readonly hostKeyPolicy?: "strict" | "accept-new" | undefined;
  readonly knownHosts?: readonly string[] | undefined;
  /** Seconds; 0 is no limit. */
  readonly perDialTimeout?: number | undefined;
  /** -1 is no limit. */
  readonly dialErrorLimit?: number | undefined;
}

export interface SshOptions extends SshHop {
  readonly python?: string | undefined;
  readonly sudo?: Sudo | undefined;
  /** Jump hosts, the nearest first; `ProxyJump` of ssh_config where there are none. */
  readonly proxy?: readonly SshHop[] | undefined;
  /** Where ssh's own files are. */
  readonly files?: SshConfigOptions | undefined;
}

const DIAL_SECONDS = 15;
const DIAL_ERRORS = 10;
// An hour is longer than any deadline.
const NO_LIMIT_SECONDS = 3600;

export function sshTransport(options: SshOptions): Transport {
  const { host, port } = options;
  const label = port === undefined ? host : `${host}:${port}`;
  return { host: label, start: (program) => start(program, options, label) };
}

async function start(program: string, options: SshOptions, label: string): Promise<Channel> {
  const connection = await connect(routeTo(options, label));
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

function routeTo(options: SshOptions, label: string): Endpoint[] {
  try {
    return route(options);
  } catch (error) {
    // A file of ssh's that cannot be read, or says what cannot be understood.
    if (isHostError(error)) throw error;
    throw connectionBroken({ host: label, operation: "connect", cause: messageOf(error) });
  }
}

/** Every host on the way, the last one being where we are going. */
function route(options: SshOptions): Endpoint[] {
  const config = sshHostOf(options.host, withUser(options.files, options.user));
  const proxies = options.proxy ?? config.proxyJump.map(hopOf);
  return [
    ...proxies.map((hop) => endpoint(hop, sshHostOf(hop.host, withUser(options.files, hop.user)))),
    endpoint(options, config),
  ];
}

function withUser(files: SshConfigOptions | undefined, user: string | undefined): SshConfigOptions {
  return { ...files, ...(user !== undefined && { user }) };
}

/** "user@host:port", as ProxyJump has it. */
function hopOf(jump: string): SshHop {
  const [, user, bracketed, plain, port] =
    /^(?:(.*)@)?(?:\[([^\]]*)\]|([^:]*))(?::(\d+))?$/.exec(jump) ?? [];
  const host = bracketed ?? plain ?? jump;
  return { host, user, ...(port !== undefined && { port: Number(port) }) };
}

function endpoint(hop: SshHop, config: SshHost): Endpoint {
  if (config.unsupported.includes("ProxyCommand")) {
    throw connectionBroken({
      host: hop.host,
      operation: "connect",
      cause: "ssh_config reaches it through a ProxyCommand, which is not run here",
      cure: 'Use connection.launcher: "openssh", which runs it, or ProxyJump',
    });
  }
  const port = hop.port ?? config.port;
  const user = hop.user ?? config.user ?? userInfo().username;
  const userFiles = hop.knownHosts ?? config.userKnownHostsFiles;
  const policy =
    hop.hostKeyPolicy ?? (config.strictHostKeyChecking === "accept-new" ? "accept-new" : "strict");
  return {
    label: hop.port === undefined ? hop.host : `${hop.host}:${hop.port}`,
    host: config.hostName,
    port,
    user,
    credentials: credentialsFor(user, hop, config),
    hostKey: new HostKeyCheck({
      host: config.hostKeyAlias ?? config.hostName,
      // ssh looks an alias up without its port.
      port: config.hostKeyAlias === undefined ? port : 22,
      known: KnownHosts.read([
        ...userFiles,
        ...(hop.knownHosts === undefined ? config.globalKnownHostsFiles : []),
      ]),
      hostKey: hop.hostKey,
      fingerprint: hop.hostKeyFingerprint,
      policy,
      newTo: userFiles[0] ?? "",
    }),
    timeoutSeconds:
      (hop.perDialTimeout ?? config.connectTimeoutSeconds ?? DIAL_SECONDS) || NO_LIMIT_SECONDS,
    dialErrorLimit: hop.dialErrorLimit ?? DIAL_ERRORS,
  };
}

class SshChannel implements Channel {
  readonly #stderr = new Tail();
  readonly #listeners: ((end: ChannelEnd) => void)[] = [];
  #end: ChannelEnd | undefined;
  #onData: (bytes: Buffer) => void = () => undefined;

  constructor(
    private readonly connection: SshConnection,
    private readonly channel: ClientChannel,
  ) {
    let left: ChannelEnd = { reason: "the agent's connection was closed" };
    channel.on("data", (bytes: Buffer) => this.#onData(bytes));
    // Unread it would stall the agent's own output.
    channel.stderr.on("data", (bytes: Buffer) => this.#stderr.push(bytes));
    channel.on("error", () => undefined);
    channel.stderr.on("error", () => undefined);
    channel.on("exit", (status: number | null, signal?: string) => {
      left =
        status === null
          ? { reason: `the agent was killed by ${signal}` }
          : { reason: `the agent exited with status ${status}`, status };
    });
    channel.on("close", () => this.#finish(left));
    connection.onEnd((reason) => this.#finish({ reason }));
  }

  write(bytes: Uint8Array): void {
    if (this.#end === undefined && this.channel.writable) this.channel.write(bytes);
  }

  onData(listener: (bytes: Buffer) => void): void {
    this.#onData = listener;
  }

  onEnd(listener: (end: ChannelEnd) => void): void {
    if (this.#end === undefined) this.#listeners.push(listener);
    else listener(this.#end);
  }

  close(): void {
    if (this.#end === undefined) this.channel.end();
  }

  destroy(): void {
    this.#finish({ reason: "the connection was closed" });
  }

  onStderr(listener: (bytes: Buffer) => void): void {
    this.#stderr.onPush(listener);
  }

  stderrTail(): string {
    return this.#stderr.toString();
  }

  ref(): void {
    this.connection.ref();
  }

  unref(): void {
    this.connection.unref();
  }

  #finish(end: ChannelEnd): void {
    if (this.#end !== undefined) return;
    this.#end = end;
    this.#onData = () => undefined;
    this.connection.destroy();
    for (const listener of this.#listeners.splice(0)) listener(end);
  }
}
