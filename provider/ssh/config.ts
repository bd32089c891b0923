/** What OpenSSH's own configuration files say of a host: ssh_config(5). Nothing is run for it. */
import { createHash } from "node:crypto";
import { homedir, hostname, userInfo } from "node:os";
import { join } from "node:path";
import type { ConfigLine } from "./config-lines";
import { lowerCase, Settings } from "./config-settings";
import { expand, type Tokens, withHome } from "./config-tokens";
import { unsupportedIn } from "./config-unsupported";
import {
  choiceOf,
  filesOf,
  jumpsOf,
  MOST,
  numberOf,
  secondsOf,
  wordOf,
  YES_OR_NO,
} from "./config-values";

/** What is undefined is not set there. */
export interface SshHost {
  /** HostName with its tokens expanded, else the alias; in lower case, as known_hosts has it. */
  readonly hostName: string;
  readonly port: number | undefined;
  /** The one that the program gives, else the files' one. */
  readonly user: string | undefined;
  /** In their order, each once; none where none is set. "none" stays: then there are no defaults. */
  readonly identityFiles: readonly string[];
  readonly identitiesOnly: boolean;
  /** The path of a socket, or "none". Undefined means that SSH_AUTH_SOCK decides. */
  readonly identityAgent: string | undefined;
  /** "user@host:port" of each, the nearest first; user and port where they are given. Empty for "none". */
  readonly proxyJump: readonly string[] | undefined;
  readonly userKnownHostsFiles: readonly string[] | undefined;
  readonly globalKnownHostsFiles: readonly string[];
  readonly hostKeyAlias: string | undefined;
  readonly strictHostKeyChecking: "yes" | "accept-new" | "no" | "ask" | undefined;
  /** Undefined for 0, too, which is OpenSSH's "no limit of ours". */
  readonly connectTimeoutSeconds: number | undefined;
  /** 0 is off. */
  readonly serverAliveIntervalSeconds: number | undefined;
  readonly serverAliveCountMax: number | undefined;
  /**
   * Keywords that are set for this host, that are not honoured here, and that would change how it is
   * reached or trusted; "Match exec" and the like for a block that is left out because nothing is
   * run to judge it.
   */
  readonly unsupported: readonly string[];
}

export interface SshConfigOptions {
  /** The first one decides; `~/.ssh/config` and `/etc/ssh/ssh_config` by default. */
  readonly files?: readonly string[];
  /** What `~` stands for. */
  readonly home?: string;
  /** Who runs this. */
  readonly localUser?: string;
  /** The user that the program gives: it comes before the files' one. */
  readonly user?: string;
}

/** ssh's own, where `userKnownHostsFiles` is not set. */
export function usualKnownHosts(home = homedir()): readonly string[] {
  return ["known_hosts", "known_hosts2"].map((name) => join(home, ".ssh", name));
}

/** How often to hear of a connection to the host, where the files say so. */
export function keepaliveOf({
  serverAliveIntervalSeconds: everySeconds,
  serverAliveCountMax: count = USUAL_COUNT,
}: SshHost): { everySeconds: number; count: number } | undefined {
  return everySeconds === undefined
    ? undefined
    : { everySeconds: Math.min(everySeconds, LONGEST_SECONDS), count };
}

const USUAL_COUNT = 3;
// A timer of Node's takes three weeks at most.
const LONGEST_SECONDS = 3600;

const CHECKING: Readonly<Record<string, NonNullable<SshHost["strictHostKeyChecking"]>>> = {
  yes: "yes",
  "accept-new": "accept-new",
  no: "no",
  ask: "ask",
  true: "yes",
  false: "no",
  off: "no",
};

/**
 * All that the files say of one host. A file that is missing says nothing; a keyword that is not
 * known here is passed over, for the next OpenSSH knows more.
 *
 * @throws an Error with file, line and keyword, for a line that cannot be read and for a bad value
 * that would be used
 */
export function sshHostOf(alias: string, options: SshConfigOptions = {}): SshHost {
  const { home = homedir(), localUser = nameOfUser() } = options;
  const files = options.files ?? [join(home, ".ssh/config"), "/etc/ssh/ssh_config"];
  const settings = new Settings({ alias, home, localUser, user: options.user }, files);
  const { hostName, user } = settings;
  const the = <T>(keyword: string, read: (line: ConfigLine) => T): T | undefined => {
    const line = settings.get(keyword);
    return line === undefined ? undefined : read(line);
  };

  const port = the("port", (line) => numberOf(line, 1, 65_535));
  const hostKeyAlias = the("hostkeyalias", (line) => lowerCase(wordOf(line)));
  const proxy = the("proxy", proxyIn) ?? {};
  const lastJump = proxy.jumps?.at(-1) ?? "";
  const tokens = withMachine({
    d: home,
    h: hostName,
    i: String(process.getuid?.() ?? ""),
    j: lastJump.replace(/^.*@/s, "").replace(/:\d+$/, ""),
    k: hostKeyAlias ?? alias,
    n: alias,
    p: String(port ?? 22),
    r: user ?? localUser,
    u: localUser,
  });
  const pathIn = (line: ConfigLine, path: string): string =>
    expand(withHome(path, home, line), tokens, line, process.env);

  return {
    hostName,
    port,
    user,
    identityFiles: settings.identityFiles.map((line) => pathIn(line, wordOf(line))),
    identitiesOnly: the("identitiesonly", (line) => choiceOf(line, YES_OR_NO)) ?? false,
    identityAgent: the("identityagent", (line) => agentOf(pathIn(line, wordOf(line)))),
    proxyJump: the("proxy", (line) => proxy.jumps?.map((hop) => expand(hop, tokens, line)) ?? []),
    userKnownHostsFiles: the("userknownhostsfile", (line) =>
      filesOf(line).map((path) => pathIn(line, path)),
    ),
    // OpenSSH expands nothing in these.
    globalKnownHostsFiles: the("globalknownhostsfile", filesOf) ?? [
      "/etc/ssh/ssh_known_hosts",
      "/etc/ssh/ssh_known_hosts2",
    ],
    hostKeyAlias,
    strictHostKeyChecking: the("stricthostkeychecking", (line) => choiceOf(line, CHECKING)),
    connectTimeoutSeconds: the("connecttimeout", secondsOf) || undefined,
    serverAliveIntervalSeconds: the("serveraliveinterval", secondsOf),
    serverAliveCountMax: the("serveralivecountmax", (line) => numberOf(line, 0, MOST)),
    unsupported: [
      ...(proxy.command === undefined ? [] : ["ProxyCommand"]),
      ...unsupportedIn((keyword) => settings.get(keyword)),
      ...settings.untold,
    ],
  };
}

interface Proxy {
  readonly jumps?: readonly string[];
  readonly command?: string;
}

function proxyIn(line: ConfigLine): Proxy {
  if (line.keyword.toLowerCase() === "proxyjump") return { jumps: jumpsOf(line) };
  return line.text.toLowerCase() === "none" ? {} : { command: line.text };
}

/** Adds those that are about this machine, and the one that is a hash of others. */
function withMachine(tokens: Tokens): Tokens {
  const l = hostname();
  const parts = [l, tokens["h"], tokens["p"], tokens["r"], tokens["j"]];
  const C = createHash("sha1").update(parts.join("")).digest("hex");
  return { ...tokens, C, L: l.replace(/\..*/s, ""), l };
}

/** "SSH_AUTH_SOCK" and "$NAME" are variables; where the latter is not set, there is no agent. */
function agentOf(path: string): string | undefined {
  if (path === "SSH_AUTH_SOCK") return process.env["SSH_AUTH_SOCK"];
  return path.startsWith("$") ? (process.env[path.slice(1)] ?? "none") : path;
}

/** A container may run as a user that its /etc/passwd does not have. */
function nameOfUser(): string {
  try {
    return userInfo().username;
  } catch {
    return process.env["USER"] ?? "";
  }
}
