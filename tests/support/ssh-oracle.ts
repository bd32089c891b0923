/** What OpenSSH itself makes of a configuration file: `ssh -G`, in the words of `SshHost`. */
import { spawnSync } from "node:child_process";
import { userInfo } from "node:os";
import { type SshHost, usualKnownHosts } from "../../provider/ssh/config";

export type Compared = Omit<SshHost, "unsupported" | "identityAgent">;

/** @returns the complaint where OpenSSH refuses the file */
export function askOpenSsh(file: string, alias: string, user?: string): Compared | string {
  const login = user === undefined ? [] : ["-l", user];
  const { status, stdout, stderr, error } = spawnSync(
    "ssh",
    ["-G", "-F", file, ...login, "--", alias],
    { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] },
  );
  if (error !== undefined) throw error;
  if (status !== 0) return stderr;
  const said = (keyword: string): string[] =>
    stdout
      .split("\n")
      .filter((line) => line.startsWith(`${keyword} `))
      .map((line) => line.slice(keyword.length + 1));
  const one = (keyword: string): string => said(keyword)[0] ?? "";
  const many = (keyword: string): string[] =>
    one(keyword)
      .split(" ")
      .filter((word) => word !== "" && word !== "none");
  const timeout = Number(one("connecttimeout"));
  return {
    hostName: one("hostname"),
    port: Number(one("port")),
    user: one("user"),
    identityFiles: keysIn(said("identityfile")),
    identitiesOnly: one("identitiesonly") === "yes",
    proxyJump: one("proxyjump").split(",").filter(Boolean),
    hostKeyAlias: said("hostkeyalias")[0],
    userKnownHostsFiles: many("userknownhostsfile"),
    globalKnownHostsFiles: many("globalknownhostsfile"),
    strictHostKeyChecking: CHECKING[one("stricthostkeychecking")] ?? "ask",
    connectTimeoutSeconds: timeout > 0 ? timeout : undefined,
    serverAliveIntervalSeconds: Number(one("serveraliveinterval")),
    serverAliveCountMax: Number(one("serveralivecountmax")),
  };
}

const CHECKING: Readonly<Record<string, SshHost["strictHostKeyChecking"]>> = {
  true: "yes",
  false: "no",
  ask: "ask",
  "accept-new": "accept-new",
};

/** `ssh -G` shows the default keys where none is set, and expands nothing in these paths. */
function keysIn(files: readonly string[]): string[] {
  if (files.every((file) => /^~\/\.ssh\/id_[a-z0-9_]+$/.test(file))) return [];
  return files.map((file) => file.replace(/^~(?=\/)/, openSshHome()));
}

/** With the defaults that `ssh -G` fills in, and nothing that it does not show. */
export function asOpenSshShowsIt({
  unsupported: _unsupported,
  identityAgent: _identityAgent,
  ...host
}: SshHost): Compared {
  return {
    ...host,
    port: host.port ?? 22,
    user: host.user ?? userInfo().username,
    proxyJump: host.proxyJump ?? [],
    strictHostKeyChecking: host.strictHostKeyChecking ?? "ask",
    // It puts spaces between them, and a name may have some.
    userKnownHostsFiles: (host.userKnownHostsFiles ?? usualKnownHosts(openSshHome()))
      .join(" ")
      .split(" ")
      .filter(Boolean),
    serverAliveIntervalSeconds: host.serverAliveIntervalSeconds ?? 0,
    serverAliveCountMax: host.serverAliveCountMax ?? 3,
  };
}

/** OpenSSH takes the home from the password database, whatever HOME says. */
export function openSshHome(): string {
  return userInfo().homedir;
}
