import type { Hello } from "../../provider/agent/protocol";
import type { Channel, ChannelEnd, Transport } from "../../provider/transport/transport";

/** Of an agent that a test plays. */
export const hello: Hello = {
  protocol: 1,
  python: "3",
  uid: 0,
  pid: 1,
  started: "1",
  lock: "",
  kernel: "6",
  machineId: "",
  bootId: "",
};

/** A channel whose other side the test plays. */
export class ScriptedChannel implements Channel {
  readonly written: Buffer[] = [];
  onWrite: (bytes: Buffer) => void = () => undefined;
  stderr = "";
  complain: (bytes: Buffer) => void = () => undefined;
  closed = false;
  destroyed = false;
  held = true;
  #listener: (bytes: Buffer) => void = () => undefined;
  #onEnd: ((end: ChannelEnd) => void)[] = [];
  #end: ChannelEnd | undefined;

  say(bytes: Buffer | string): void {
    this.#listener(Buffer.from(bytes));
  }

  end(end: ChannelEnd): void {
    this.#end = end;
    for (const listener of this.#onEnd.splice(0)) listener(end);
  }

  write(bytes: Uint8Array): void {
    this.written.push(Buffer.from(bytes));
    this.onWrite(Buffer.from(bytes));
  }
  onData(listener: (bytes: Buffer) => void): void {
    this.#listener = listener;
  }
  onEnd(listener: (end: ChannelEnd) => void): void {
    if (this.#end === undefined) this.#onEnd.push(listener);
    else listener(this.#end);
  }
  close(): void {
    this.closed = true;
    this.end({ reason: "the agent exited with status 0", status: 0 });
  }
  destroy(): void {
    this.destroyed = true;
    this.end({ reason: "the connection was closed" });
  }
  onStderr(listener: (bytes: Buffer) => void): void {
    this.complain = listener;
  }
  stderrTail(): string {
    return this.stderr;
  }
  ref(): void {
    this.held = true;
  }
  unref(): void {
    this.held = false;
  }
}

/** Calls `play` with the channel and the marker that the boot program would print. */
export function scriptedTransport(
  play: (channel: ScriptedChannel, marker: string) => void,
): Transport & { channel: ScriptedChannel } {
  const channel = new ScriptedChannel();
  return {
    host: "a scripted host",
    channel,
    start: (program) => {
      const marker = /pulumi-macvlan-[0-9a-f]{32}/.exec(program)?.[0] ?? "";
      setImmediate(() => play(channel, marker));
      return Promise.resolve(channel);
    },
  };
}
