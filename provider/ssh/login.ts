/** The SSH handshake and the login on one host, over whatever leads there. */
import type { Duplex } from "node:stream";
import type { AnyAuthMethod, AuthenticationType, Client } from "ssh2";
import type { HostError } from "../errors";
import { BY_OPENSSH, whatIsMissing } from "./beyond-ssh2";
import type { Credential, Credentials } from "./credentials";
import { broken, type Endpoint, wordsFor } from "./endpoint";
import { listenForOffer } from "./server-offer";

type SshError = Error & { readonly level?: string; readonly code?: unknown };

export function login(
  client: Client,
  stream: Duplex,
  to: Endpoint,
  credentials: Credentials,
): Promise<void> {
  const attempts = new Attempts(to, credentials);
  return new Promise((resolve, reject) => {
    const fail = (error: HostError): void => {
      client.destroy();
      reject(error);
    };
    const onError = (error: SshError): void => {
      // An agent that will not sign with one key may with the next.
      if (error.level === "agent") return;
      const { refusal } = to.hostKey;
      if (refusal !== undefined) return fail(broken(to, refusal.cause, refusal.cure));
      const hungUp = error.level === undefined && typeof error.code === "number";
      if (error.level === "client-authentication" || (hungUp && attempts.haveBegun))
        return fail(attempts.notLetIn(hungUp));
      const offer = /no matching/.test(error.message) ? offered() : undefined;
      const missing = offer && whatIsMissing(offer);
      if (missing !== undefined) return fail(broken(to, missing, BY_OPENSSH));
      fail(broken(to, wordsFor(error), offer && "Allow one on the server that ssh2 has"));
    };
    const onClose = (): void => fail(broken(to, "it hung up before the login was over"));
    client.on("error", onError);
    client.on("close", onClose);
    client.once("ready", () => {
      client.off("error", onError);
      client.off("close", onClose);
      resolve();
    });
    // ssh2 would wait for the end of what has ended.
    if (stream.destroyed) return onClose();
    client.connect({
      sock: stream,
      username: to.user,
      authHandler: attempts.next as never,
      readyTimeout: to.timeoutSeconds * 1000,
      hostVerifier: to.hostKey.accepts,
      algorithms: { serverHostKey: to.hostKey.algorithms as never },
    });
    const offered = listenForOffer(stream);
  });
}

/** The credentials of one login, each tried once. */
class Attempts {
  #tried: string[] = [];
  #left: Credential[];
  #taken: readonly string[] | undefined;
  #offersNothing = true;

  constructor(
    private readonly to: Endpoint,
    private readonly credentials: Credentials,
  ) {
    this.#left = [...credentials.usable];
  }

  get haveBegun(): boolean {
    return this.#taken !== undefined || this.#tried.length > 0;
  }

  /** What ssh2 is to try next. A server may want one method after the other. */
  readonly next = (
    taken: readonly AuthenticationType[] | null,
    partial: boolean | null,
    proceed: (attempt: AnyAuthMethod | false) => void,
  ): void => {
    if (taken === null) return proceed(this.#first());
    if (this.#taken === undefined && partial !== true && !taken.includes("publickey")) {
      // It does not want a key yet: what it was offered, it has not looked at.
      this.#tried = [];
      this.#left = [...this.credentials.usable];
    }
    this.#taken = taken;
    proceed(this.#nextOf(this.#left, taken) ?? this.#nothing() ?? false);
  };

  /**
   * To offer nothing tells what the server takes, for a round trip and the pause that it makes after each
   * failure. Whoever names a key for a host knows that it takes one.
   */
  #first(): AnyAuthMethod | false {
    const named = this.#left.slice(0, 1).filter(({ isNamed }) => isNamed);
    return this.#nextOf(named, ["publickey"]) ?? this.#nothing() ?? false;
  }

  /** There are servers that let in whoever comes, and no key. */
  #nothing(): AnyAuthMethod | undefined {
    if (!this.#offersNothing) return undefined;
    this.#offersNothing = false;
    return { type: "none", username: this.to.user };
  }

  #nextOf(among: readonly Credential[], taken: readonly string[]): AnyAuthMethod | undefined {
    for (const credential of among) {
      const attempt = credential.attempts.find(({ type }) =>
        taken.includes(type === "agent" ? "publickey" : type),
      );
      if (attempt === undefined) continue;
      this.#left = this.#left.filter((each) => each !== credential);
      this.#tried.push(credential.label);
      return attempt;
    }
    return undefined;
  }

  notLetIn(hungUp: boolean): HostError {
    const { user } = this.to;
    const { unusable, needsOpenssh } = this.credentials;
    const left = this.#left.map(({ label }) => label);
    const said = [
      this.#tried.length === 0 ? "there was nothing to try" : `tried: ${this.#tried.join(", ")}`,
      ...(this.#taken === undefined ? [] : [`it takes ${this.#taken.join(", ")}`]),
      ...(unusable.length === 0 ? [] : [`not usable: ${unusable.join("; ")}`]),
      ...(hungUp ? [`it hung up after ${this.#tried.length}`] : []),
      ...(hungUp && left.length > 0 ? [`not tried: ${left.join(", ")}`] : []),
    ];
    const cure = hungUp
      ? "Name the right key with connection.privateKeyPath, or with IdentityFile in ssh_config"
      : "Name a key with connection.privateKeyPath, start an ssh agent that has one, or correct connection.user";
    return broken(
      this.to,
      `it does not let ${user} in (${said.join("; ")})`,
      needsOpenssh ? `${BY_OPENSSH}; or n${cure.slice(1)}` : cure,
    );
  }
}
