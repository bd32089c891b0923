/** The agent behind the system's own `ssh`, with everything its user has configured. */
import { startChild } from "./child-channel";
import { remoteCommand } from "./remote-command";
import { answerSudo, type Sudo, sudoKind } from "./sudo";
import type { Channel, ChannelEnd, Transport } from "./transport";

export interface OpensshOptions {
  /** A name, an address, or an alias of ssh_config. */
  readonly host: string;
  readonly port?: number | undefined;
  readonly user?: string | undefined;
  /** The interpreter there: a path, or a name to look for in PATH. */
  readonly python?: string | undefined;
  readonly sudo?: Sudo | undefined;
  readonly connectTimeoutSeconds?: number | undefined;
  /** A private key, to be used alone. */
  readonly identityFile?: string | undefined;
  /** Instead of the user's known_hosts. */
  readonly knownHosts?: readonly string[] | undefined;
  readonly hostKeyPolicy?: "strict" | "accept-new" | undefined;
  /** Instead of the user's and the system's ssh_config; "none" for none. */
  readonly configFile?: string | undefined;
}

export function opensshTransport(options: OpensshOptions): Transport {
  const host = options.port === undefined ? options.host : `${options.host}:${options.port}`;
  return { host, start: (program) => start(program, options, host) };
}

async function start(program: string, options: OpensshOptions, label: string): Promise<Channel> {
  const { host, python, sudo } = options;
  const command = remoteCommand({ python, sudo: sudoKind(sudo) }, program);
  // After "--" a host is a host, even if it begins with "-".
  const words = ["ssh", ...sshOptions(options), "--", host, command];
  const explain = (end: ChannelEnd, stderr: string): ChannelEnd => explained(end, stderr, host);
  const channel = await startChild(words, label, { explain });
  if (typeof sudo === "string") answerSudo(channel, sudo);
  return channel;
}

function sshOptions(options: OpensshOptions): string[] {
  const { port, user, connectTimeoutSeconds, identityFile, knownHosts, configFile } = options;
  const settings: Record<string, string | number | undefined> = {
    BatchMode: "yes",
    // What explains a failure, without banners, whatever the user's own level is.
    LogLevel: "ERROR",
    // A master connection of the user's is used. We never become one: our end would be its users' end.
    ControlMaster: "no",
    // Forwards are for the user's own sessions; a second one would fail to bind their ports.
    ClearAllForwardings: "yes",
    ForwardAgent: "no",
    ForwardX11: "no",
    RemoteCommand: "none",
    Port: port,
    ConnectTimeout: connectTimeoutSeconds,
    IdentitiesOnly: identityFile && "yes",
    UserKnownHostsFile: knownHosts?.map((path) => `"${path}"`).join(" "),
    StrictHostKeyChecking:
      options.hostKeyPolicy && { strict: "yes", "accept-new": "accept-new" }[options.hostKeyPolicy],
  };
  return [
    "-T",
    ...(configFile === undefined ? [] : ["-F", configFile]),
    ...Object.entries(settings).flatMap(([name, value]) =>
      value === undefined ? [] : ["-o", `${name}=${value}`],
    ),
    ...(user === undefined ? [] : ["-l", user]),
    ...(identityFile === undefined ? [] : ["-i", identityFile]),
  ];
}

/** ssh's own status, and what a killed agent looks like through it. */
const SSH_FAILED = 255;

const CURES: readonly [said: RegExp, cure: (host: string) => string][] = [
  [
    /IDENTIFICATION HAS CHANGED/,
    () =>
      "Its host key is not the one in known_hosts. Find out why; if it is right, remove the old one with ssh-keygen -R",
  ],
  [
    /REVOKED HOST KEY/,
    () => "Its host key is marked as revoked in known_hosts: do not connect before you know why",
  ],
  [
    /Host key verification failed|host key is known/,
    (host) =>
      `Its host key is not in known_hosts. Run "ssh ${host}" once, and compare the fingerprint it shows`,
  ],
  [
    /Permission denied/,
    () =>
      "Nobody is asked for a password or passphrase here: use a key that needs none, or load it into ssh-agent",
  ],
  [/Could not resolve hostname/, () => "Check the name, or HostName in ssh_config"],
  [
    /refused|timed out|No route to host|unreachable|reset|closed/i,
    () => "See whether it is up, and whether its sshd takes connections",
  ],
];

function explained(end: ChannelEnd, stderr: string, host: string): ChannelEnd {
  if (end.status !== SSH_FAILED) return end;
  const last = stderr.split(/\r?\n/).at(-1)?.replace(/\.$/, "") ?? "";
  if (last === "") return { ...end, reason: "the agent was killed, or the connection was lost" };
  const [, cure] = CURES.find(([said]) => said.test(stderr)) ?? [];
  return {
    ...end,
    reason: `ssh said "${last}"`,
    cure: cure?.(host) ?? `See what "ssh -v ${host}" shows`,
  };
}
