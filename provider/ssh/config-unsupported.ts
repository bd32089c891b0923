/** Settings that we do not honour and that would change how a host is reached or trusted. */
import type { ConfigLine } from "./config-lines";

/**
 * Keywords, and the first words with which they change nothing. Not here is what is about a session
 * for people (RemoteCommand, as for scp, forwarding, terminals), what saves work (ControlMaster,
 * Compression), or another way to log in that is simply not tried (GSSAPIAuthentication).
 */
const HARMLESS: Readonly<Record<string, readonly string[]>> = {
  // How it is reached.
  AddressFamily: ["any"],
  BindAddress: [],
  BindInterface: [],
  CanonicalizeHostname: ["no", "false"],
  CanonicalizePermittedCNAMEs: ["none"],
  RefuseConnection: [],
  // Whom we trust to be it. Less than OpenSSH would is as good a reason to say so as more.
  CheckHostIP: ["no", "false"],
  Ciphers: [],
  GSSAPIKeyExchange: ["no", "false"],
  HostKeyAlgorithms: [],
  KexAlgorithms: [],
  KnownHostsCommand: ["none"],
  MACs: [],
  NoHostAuthenticationForLocalhost: ["no", "false"],
  RequiredRSASize: [],
  RevokedHostKeys: ["none"],
  VerifyHostKeyDNS: ["no", "false"],
  // Which credentials it is to get.
  CertificateFile: ["none"],
  HostbasedAuthentication: ["no", "false"],
  PKCS11Provider: ["none"],
  PubkeyAcceptedAlgorithms: [],
  PubkeyAuthentication: ["yes", "true", "unbound", "host-bound"],
  SecurityKeyProvider: ["none", "internal"],
};

/** @param get the line that sets a keyword, which is given in lower case */
export function unsupportedIn(get: (keyword: string) => ConfigLine | undefined): string[] {
  return Object.entries(HARMLESS)
    .filter(([name, harmless]) => {
      const line = get(name.toLowerCase());
      return line !== undefined && !harmless.includes(line.words[0]?.toLowerCase() ?? "");
    })
    .map(([name]) => name);
}
