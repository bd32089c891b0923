/** An SSH server in this process, which does at will what no real one does. It lets everybody in. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Connection, type ParsedKey, Server, type ServerChannel, utils } from "ssh2";
import { makeKey } from "./sshd";

export type OnExec = (command: string, accept: () => ServerChannel) => void;

/** As sshd does, by root's shell. */
export const runIt: OnExec = (command, accept) => {
  const child = spawn("/bin/sh", ["-c", command], { stdio: "pipe" });
  const channel = accept();
  channel.pipe(child.stdin);
  child.stdout.pipe(channel, { end: false });
  child.stderr.pipe(channel.stderr, { end: false });
  for (const stream of [child.stdin, channel]) stream.on("error", () => undefined);
  channel.on("close", () => child.stdin.end());
  child.on("close", (status) => {
    channel.exit(status ?? 1);
    channel.close();
  });
};

/** ssh2 tells nobody of a server's keys: this is what each later key exchange looks at. */
interface Inside {
  readonly _protocol: { readonly _hostKeys: Record<string, ParsedKey> };
}

export class Ssh2Server {
  readonly address = "127.0.0.1";
  readonly userKey: string;
  /** A known_hosts file with the key that it begins with. */
  readonly knownHosts: string;
  /** The public keys, a line each: the one that it begins with, and the one it may change to. */
  readonly hostKeys: readonly string[];
  readonly #connections: Connection[] = [];
  #closed = 0;

  private constructor(
    private readonly folder: string,
    private readonly server: Server,
    private readonly keys: readonly string[],
  ) {
    this.userKey = makeKey(join(folder, "user"), "ed25519");
    this.knownHosts = join(folder, "known_hosts");
    this.hostKeys = keys.map((key) => readFileSync(`${key}.pub`, "utf8").trim());
    server.on("connection", (connection) => {
      this.#connections.push(connection);
      connection.on("close", () => this.#closed++);
    });
  }

  static async start(onExec: OnExec = runIt): Promise<Ssh2Server> {
    const folder = mkdtempSync(join(tmpdir(), "pmv-ssh2-"));
    const keys = ["first", "second"].map((name) => makeKey(join(folder, name), "ed25519"));
    const [first = ""] = keys;
    const server = new Server({ hostKeys: [readFileSync(first)] }, (connection) => {
      connection.on("error", () => undefined);
      connection.on("authentication", (context) => context.accept());
      connection.on("session", (accept) =>
        accept().on("exec", (take, _reject, { command }) => onExec(command, take)),
      );
    });
    const one = new Ssh2Server(folder, server, keys);
    await new Promise<void>((resolve) => server.listen(0, one.address, resolve));
    writeFileSync(one.knownHosts, `${one.name} ${one.hostKeys[0]}\n`);
    return one;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** As known_hosts has it. */
  get name(): string {
    return `[${this.address}]:${this.port}`;
  }

  /** How many were connected so far. */
  get connections(): number {
    return this.#connections.length;
  }

  /** How many are now. */
  get connected(): number {
    return this.#connections.length - this.#closed;
  }

  /** A new key exchange with everybody who is connected, with the key that it has or with the other. */
  rekey(withOther: boolean): void {
    const parsed = utils.parseKey(readFileSync(this.keys[withOther ? 1 : 0] ?? ""));
    assert.ok(!(parsed instanceof Error));
    for (const connection of this.#connections) {
      (connection as unknown as Inside)._protocol._hostKeys["ssh-ed25519"] = parsed;
      connection.rekey();
    }
  }

  stop(): void {
    for (const connection of this.#connections) connection.end();
    this.server.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
