/** What OpenSSH has and ssh2 has not: certificates, hardware keys, key exchange that outlives quantum computers. */

/** What to do about any of it. */
export const BY_OPENSSH = 'Use connection.launcher: "openssh", which has them';

/** What makes a key one that ssh2 cannot use. The names are those of PROTOCOL.certkeys and PROTOCOL.u2f. */
export function beyondSsh2(keyType: string): string | undefined {
  if (/-cert-v\d+@openssh\.com$/.test(keyType)) return "certificates";
  return keyType.startsWith("sk-") || keyType.startsWith("webauthn-sk-")
    ? "hardware (sk-) keys"
    : undefined;
}

/** What a server offers in its first packet. */
export interface Offer {
  readonly keyExchanges: readonly string[];
  readonly hostKeys: readonly string[];
}

/** Why ssh2 and a server have nothing in common, where that is for want of something in ssh2. */
export function whatIsMissing({ keyExchanges, hostKeys }: Offer): string | undefined {
  const exchanges = keyExchanges.filter((name) => !NO_EXCHANGE.test(name));
  if (exchanges.length > 0 && exchanges.every((name) => POST_QUANTUM.test(name)))
    return `it has only post-quantum key exchanges (${exchanges.join(", ")}), which ssh2 has not`;
  const kinds = new Set(hostKeys.map(beyondSsh2));
  return hostKeys.length === 0 || kinds.has(undefined)
    ? undefined
    : `its host keys are only ${[...kinds].join(" and ")} (${hostKeys.join(", ")}), which ssh2 has not`;
}

// What stands among the key exchanges and is none: ext-info, strict key exchange.
const NO_EXCHANGE = /^(ext-info-|kex-strict-)/;
const POST_QUANTUM = /^(sntrup|mlkem)/;
