/** Every host on the way to one: what is given of each, and what ssh's own files say. */
import { userInfo } from "node:os";
import { connectionBroken } from "../errors";
import {
  CREDENTIAL_FIELDS,
  type GivenCredentials,
  type HopDefaults,
  type SshHop,
} from "../ssh-hop";
import { type SshConfigOptions, type SshHost, sshHostOf, usualKnownHosts } from "./config";
import type * as CredentialsModule from "./credentials";
import type { Endpoint } from "./endpoint";
import { HostKeyCheck } from "./host-key";
import { hopOf, wholeWay } from "./jumps";
import { fromHome } from "./key-file";
import { KnownHosts } from "./known-hosts";
import { DEFAULT_PORT } from "./host-name";

/** What is said of a whole way. What it leaves out, ssh's own files and agent say. */
export interface SshWay extends SshHop {
  /** Jump hosts, the nearest first; `ProxyJump` of ssh_config where it is left out. */
  readonly proxy?: readonly SshHop[];
  /** Said by an older program of how to log in: see `CredentialSources`. */
  readonly past?: GivenCredentials | undefined;
  /** What holds where neither this nor ssh's own files say anything. */
  readonly otherwise?: HopDefaults | undefined;
  /** Where ssh's own files are. */
  readonly files?: SshConfigOptions | undefined;
}

const DIAL_SECONDS = 15;
const DIAL_ERRORS = 10;
// An hour is longer than any deadline.
const NO_LIMIT_SECONDS = 3600;

/**
 * The last one is where we are going.
 *
 * @param note is given what the user should know of each host, beside what becomes of it
 */
export function routeTo(way: SshWay, note: (line: string) => void = () => undefined): Endpoint[] {
  const { past, otherwise = {}, files } = way;
  const configOf = ({ host, user }: SshHop): SshHost =>
    sshHostOf(host, { ...files, ...(user !== undefined && { user }) });
  const jumpsOf = (hop: SshHop): readonly SshHop[] | undefined =>
    configOf(hop).proxyJump?.map(hopOf);
  const jumps = way.proxy ?? jumpsOf(way) ?? otherwise.proxy ?? [];
  const all = [...wholeWay(way, jumps, (hop) => jumpsOf(hop) ?? []), way];
  return all.map((hop, index) => {
    const config = configOf(hop);
    // Who has another before it, or is said to have none, is not reached by what its files say.
    if (index === 0 && !(hop === way && way.proxy !== undefined)) refuseCommand(hop, config);
    const reservation = reservationOf(config);
    if (reservation !== undefined) note(`${hop.host}: ${reservation}`);
    const said =
      hop === way
        ? { hop, past, otherwise }
        : past === undefined
          ? { hop, otherwise: {} }
          : { ...splitCredentials(hop), otherwise: {} };
    return endpoint(said, config, files, reservation);
  });
}

/** What an older program said of a jump host is as old as the rest. */
function splitCredentials(hop: SshHop): { hop: SshHop; past: GivenCredentials } {
  const isCredential = ([name]: [string, unknown]): boolean =>
    CREDENTIAL_FIELDS.some((field) => field === name);
  const entries = Object.entries(hop);
  const without = entries.filter((entry) => !isCredential(entry));
  return {
    hop: Object.fromEntries(without) as unknown as SshHop,
    past: Object.fromEntries(entries.filter(isCredential)),
  };
}

interface Said {
  readonly hop: SshHop;
  readonly past?: GivenCredentials | undefined;
  readonly otherwise: HopDefaults;
}

function endpoint(
  { hop, past, otherwise }: Said,
  config: SshHost,
  files: SshConfigOptions | undefined,
  reservation: string | undefined,
): Endpoint {
  const port = hop.port ?? config.port ?? otherwise.port ?? DEFAULT_PORT;
  const user = hop.user ?? config.user ?? otherwise.user ?? userInfo().username;
  return {
    label: hop.port === undefined ? hop.host : `${hop.host}:${hop.port}`,
    host: config.hostName,
    port,
    user,
    credentials: () => {
      // eslint-disable-next-line @typescript-eslint/no-require-imports -- see Endpoint
      const { credentialsFor } = require("./credentials") as typeof CredentialsModule;
      return credentialsFor(user, { given: hop, past, config, otherwise, home: files?.home });
    },
    hostKey: hostKeyOf(hop, port, config, otherwise, files?.home),
    timeoutSeconds:
      (hop.perDialTimeout ??
        config.connectTimeoutSeconds ??
        otherwise.perDialTimeout ??
        DIAL_SECONDS) ||
      NO_LIMIT_SECONDS,
    dialErrorLimit: hop.dialErrorLimit ?? otherwise.dialErrorLimit ?? DIAL_ERRORS,
    reservation,
  };
}

/** ssh's "no" and "ask" are nothing that we could do: nobody is there to ask. */
const POLICIES: Partial<
  Record<NonNullable<SshHost["strictHostKeyChecking"]>, "strict" | "accept-new">
> = { yes: "strict", "accept-new": "accept-new" };

function hostKeyOf(
  hop: SshHop,
  port: number,
  config: SshHost,
  otherwise: HopDefaults,
  home: string | undefined,
): HostKeyCheck {
  const { strictHostKeyChecking: checking, hostKeyAlias, hostName } = config;
  const given = hop.knownHosts?.map((path) => fromHome(path, home));
  const others = otherwise.knownHosts?.map((path) => fromHome(path, home));
  const userFiles = given ?? config.userKnownHostsFiles ?? others ?? usualKnownHosts(home);
  const pin = isPinned(hop) ? hop : otherwise;
  return new HostKeyCheck({
    host: hostKeyAlias ?? hostName,
    // ssh looks an alias up without its port.
    port: hostKeyAlias === undefined ? port : DEFAULT_PORT,
    known: KnownHosts.read([
      ...userFiles,
      ...(given === undefined ? config.globalKnownHostsFiles : []),
    ]),
    hostKey: pin.hostKey,
    fingerprint: pin.hostKeyFingerprint,
    policy:
      hop.hostKeyPolicy ?? (checking && POLICIES[checking]) ?? otherwise.hostKeyPolicy ?? "strict",
    newTo: userFiles[0] ?? "",
  });
}

const isPinned = ({ hostKey, hostKeyFingerprint }: HopDefaults): boolean =>
  hostKey !== undefined || hostKeyFingerprint !== undefined;

function refuseCommand({ host }: SshHop, { unsupported }: SshHost): void {
  if (!unsupported.includes(PROXY_COMMAND)) return;
  throw connectionBroken({
    host,
    operation: "connect",
    cause: "ssh_config reaches it through a ProxyCommand, which is not run here",
    cure: 'Use connection.launcher: "openssh", which runs it, or ProxyJump',
  });
}

const PROXY_COMMAND = "ProxyCommand";

/** What ssh_config sets for a host and we do not honour. */
function reservationOf({ unsupported }: SshHost): string | undefined {
  const names = unsupported.filter((name) => name !== PROXY_COMMAND);
  return names.length === 0
    ? undefined
    : `ssh_config sets ${names.join(", ")} for it, which connection.launcher: "openssh" honours and ssh2 does not`;
}
