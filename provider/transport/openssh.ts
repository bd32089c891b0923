/** The agent behind the system's own `ssh`, with everything its user has configured. */
import type { HopDefaults } from "../ssh-hop";
import { keepaliveOf, type SshHost, sshHostOf } from "../ssh/config";
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
  /** A private key to be tried together with all that ssh has itself. */
  readonly pastIdentityFile?: string | undefined;
  /** Instead of the user's known_hosts. */
  readonly knownHosts?: readonly string[] | undefined;
  readonly hostKeyPolicy?: "strict" | "accept-new" | undefined;
  /** Instead of the user's and the system's ssh_config; "none" for none. */
  readonly configFile?: string | undefined;
  /** What holds where neither this nor ssh's own files say anything. */
  readonly otherwise?: HopDefaults | undefined;
}

export function opensshTransport(given: OpensshOptions): Transport {
  const files = filesOf(given);
  const options = files === undefined ? given : withDefaults(given, files);
  const host = given.port === undefined ? given.host : `${given.host}:${given.port}`;
  return {
    host,
    keepalive: files && keepaliveOf(files),
    start: (program, signal) => start(program, options, host, signal),
  };
}

/** What ssh's own files say of the host; nothing where they say what we cannot read, of which ssh itself complains. */
function filesOf({ host, user, configFile }: OpensshOptions): SshHost | undefined {
  const files =
    configFile === undefined ? {} : { files: configFile === "none" ? [] : [configFile] };
  try {
    return sshHostOf(host, { ...files, ...(user !== undefined && { user }) });
  } catch {
    return undefined;
  }
}

/** An option on ssh's command line goes before its files, so what they say must not become one. */
function withDefaults(given: OpensshOptions, files: SshHost): OpensshOptions {
  const { otherwise = {} } = given;
  const ifUnset = <T>(set: unknown, value: T): T | undefined =>
    set === undefined ? value : undefined;
  const { identityFiles, strictHostKeyChecking: checking } = files;
  const isOwnKey = given.identityFile === undefined && given.pastIdentityFile === undefined;
  return {
    ...given,
    port: given.port ?? ifUnset(files.port, otherwise.port),
    user: given.user ?? ifUnset(files.user, otherwise.user),
    knownHosts: given.knownHosts ?? ifUnset(files.userKnownHostsFiles, otherwise.knownHosts),
    hostKeyPolicy: given.hostKeyPolicy ?? ifUnset(checking, otherwise.hostKeyPolicy),
    connectTimeoutSeconds:
      given.connectTimeoutSeconds ?? ifUnset(files.connectTimeoutSeconds, otherwise.perDialTimeout),
    // In the place of ssh's default keys, behind the agent's.
    ...(isOwnKey && identityFiles.length === 0 && { pastIdentityFile: otherwise.privateKeyPath }),
  };
}

async function start(
  program: string,
  options: OpensshOptions,
  label: string,
  signal: AbortSignal | undefined,
): Promise<Channel> {
  const { host, python, sudo } = options;
  const command = remoteCommand({ python, sudo: sudoKind(sudo) }, program);
  // After "--" a host is a host, even if it begins with "-".
  const words = ["ssh", ...sshOptions(options), "--", host, command];
  const explain = (end: ChannelEnd, stderr: string): ChannelEnd => explained(end, stderr, host);
  const channel = await startChild(words, label, { logsIn: true, signal, explain });
  if (typeof sudo === "string") answerSudo(channel, sudo);
  return channel;
}

function sshOptions(options: OpensshOptions): string[] {
  const { port, user, connectTimeoutSeconds, identityFile, knownHosts, configFile } = options;
  const keys = [identityFile, options.pastIdentityFile].filter((path) => path !== undefined);
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
    ...keys.flatMap((path) => ["-i", path]),
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
