/** How an agent is started and spoken to, whatever lies between. Held to `tests/transport/compliance.ts`. */
import { SUDO_PROMPT } from "./sudo";

export interface Transport {
  /** The host, in words, for errors: "this machine", "hv1.example.net". Never credentials. */
  readonly host: string;

  /**
   * Runs `python3 -I -S -B -c <program>` there, with an interpreter that the transport finds, and
   * resolves as soon as it can be written to. The program is one line without single quotes and
   * exclamation marks, so that every login shell leaves it alone.
   *
   * Rejects with a `HostError` that says what was tried and what to do.
   *
   * @param signal says that nobody waits any more: nothing is dialled from then on
   */
  start(program: string, signal?: AbortSignal): Promise<Channel>;

  /** How often the user wants to hear of a connection there, by what ssh's own files say. */
  readonly keepalive?: Keepalive | undefined;
}

export interface Keepalive {
  /** 0 is never. */
  readonly everySeconds: number;
  /** So many that nobody answers, and the other side is gone. */
  readonly count: number;
}

/** Why a channel is over. */
export interface ChannelEnd {
  /** A clause: "the agent was killed by SIGKILL". */
  readonly reason: string;
  /** The program's exit status, where it is known. */
  readonly status?: number;
  /** What to do about it, where the transport knows; `reason` then holds what stderr said. */
  readonly cure?: string;
}

/** The program's stdin and stdout. Its stderr is always read, or a busy agent would stall on it. */
export interface Channel {
  /** Bytes for the program's stdin, in order. Never throws; after the end they are dropped. */
  write(bytes: Uint8Array): void;
  /** What the program writes goes to the latest listener. Set one before giving up control: nothing is kept. */
  onData(listener: (bytes: Buffer) => void): void;
  /** Called once, also when the channel is over already. Nothing comes after it. */
  onEnd(listener: (end: ChannelEnd) => void): void;
  /** End of input: the agent undoes what is armed and leaves. */
  close(): void;
  /** Lets go at once, without waiting for the other side: it may be stopped, or out of reach. */
  destroy(): void;
  /** What the program writes to stderr, from its beginning, goes to the latest listener, too. */
  onStderr(listener: (bytes: Buffer) => void): void;
  /** The last 4 KiB of stderr. */
  stderrTail(): string;
  /** While held, the channel keeps this process alive. It starts held. */
  ref(): void;
  unref(): void;
}

/** The last bytes of a stream of text that is read only when something went wrong. */
export class Tail {
  static readonly BYTES = 4096;
  #text = Buffer.alloc(0);
  #listener: (bytes: Buffer) => void = () => undefined;

  push(bytes: Buffer): void {
    this.#text = Buffer.concat([this.#text, bytes]).subarray(-Tail.BYTES);
    this.#listener(bytes);
  }

  /** Hears what is there already, and all that comes. */
  onPush(listener: (bytes: Buffer) => void): void {
    this.#listener = listener;
    if (this.#text.length > 0) listener(this.#text);
  }

  toString(): string {
    // sudo's question is ours, and explains nothing.
    return this.#text.toString().replaceAll(SUDO_PROMPT, "").trim();
  }
}
