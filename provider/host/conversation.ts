/** Frames out and in: a bounded number under way, one timer, and one death for all who wait. */
import { assertFits, encodeFrame, type Frame, FrameParser } from "../agent/frame";
import { AgentFrame, decodeEnd, decodeUndone, type Undone } from "../agent/protocol";
import { connectionBroken, type HostError, messageOf, outcomeUnknown } from "../errors";
import type { Channel, ChannelEnd } from "../transport/transport";
import { type Answer, type Ask, InFlight } from "./in-flight";

const LEAVE_MS = 5000;
const AT_ONCE = 64;

export class Conversation {
  readonly #channel: Channel;
  readonly #host: string;
  readonly #answerMs: number;
  readonly #parser = new FrameParser();
  readonly #inFlight = new InFlight();
  readonly #undoneListeners = new Set<(undone: Undone) => void>();
  readonly #endListeners = new Set<() => void>();
  #death: ChannelEnd | undefined;
  #sending = false;
  #timer: NodeJS.Timeout | undefined;

  /** `answerSeconds`: how long the agent may be silent while it owes an answer. */
  constructor(channel: Channel, host: string, answerSeconds: number) {
    this.#channel = channel;
    this.#host = host;
    this.#answerMs = answerSeconds * 1000;
    channel.onData((bytes) => this.#receive(bytes));
    channel.onEnd((end) => this.#die(withStderr(end, channel.stderrTail())));
    channel.unref();
  }

  get isAlive(): boolean {
    return this.#death === undefined;
  }

  onUndone(listener: (undone: Undone) => void): void {
    this.#undoneListeners.add(listener);
  }

  onEnd(listener: () => void): void {
    if (this.#death === undefined) this.#endListeners.add(listener);
    else listener();
  }

  /** Takes no more questions from now on, and lets the agent leave. Only for one who waits for nothing. */
  retire(reason: string): void {
    this.#die({ reason });
    const impatience = setTimeout(() => this.#channel.destroy(), LEAVE_MS).unref();
    this.#channel.onEnd(() => clearTimeout(impatience));
    this.#channel.close();
  }

  /** The agent undoes what is armed and leaves; resolves when it is gone, or after five seconds. */
  close(): Promise<void> {
    return new Promise((resolve) => {
      const impatience = setTimeout(() => this.#channel.destroy(), LEAVE_MS);
      this.#channel.ref();
      this.#channel.onEnd(() => {
        clearTimeout(impatience);
        resolve();
      });
      this.#channel.close();
    });
  }

  /** Rejects only when the answer can no longer come: the agent's refusals are answers. */
  ask(ask: Ask): Promise<Answer> {
    return new Promise((resolve, reject) => {
      assertFits(ask.payload);
      if (this.#death !== undefined) return reject(this.#error(ask, false, this.#death));
      if (this.#inFlight.isEmpty) this.#channel.ref();
      this.#inFlight.add({ ask, datagrams: [], heard: 0, resolve, reject });
      this.#sendSoon();
    });
  }

  /** What is asked in one turn of the loop goes out in one write, also what one answer makes others ask. */
  #sendSoon(): void {
    // Of thousands that are asked for in one turn the first are worked on while the others are thought out.
    if (this.#inFlight.sendable >= AT_ONCE) return this.#send();
    if (this.#sending) return;
    this.#sending = true;
    setImmediate(() => {
      this.#sending = false;
      this.#send();
    });
  }

  #send(): void {
    const frames: Buffer[] = [];
    for (let next = this.#inFlight.next(); next !== undefined; next = this.#inFlight.next()) {
      frames.push(encodeFrame(next.requestId, next.ask.type, next.ask.payload));
    }
    if (frames.length > 0) this.#channel.write(Buffer.concat(frames));
    this.#watch(this.#answerMs);
  }

  #receive(bytes: Buffer): void {
    try {
      for (const frame of this.#parser.push(bytes)) this.#take(frame);
    } catch (error) {
      this.#die({ reason: `the agent sent ${messageOf(error)}` });
      this.#channel.destroy();
    }
    if (this.#inFlight.isEmpty) this.#channel.unref();
    else this.#sendSoon();
  }

  #take({ requestId, type, payload }: Frame): void {
    if (type === AgentFrame.UNDONE) {
      const undone = decodeUndone(payload);
      for (const listener of this.#undoneListeners) listener(undone);
      return;
    }
    const waiting = this.#inFlight.find(requestId);
    if (waiting === undefined) return;
    waiting.heard = performance.now();
    if (type === AgentFrame.DATA) waiting.datagrams.push(payload);
    if (type !== AgentFrame.END) return;
    this.#inFlight.finish(requestId);
    waiting.resolve({ ...decodeEnd(payload), datagrams: waiting.datagrams });
  }

  /** One timer for all: it looks at whoever waits longest, and sleeps for what is left to that one. */
  #watch(ms: number): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      // After a long computation of ours the answer may lie there unread: read first.
      setImmediate(() => this.#judge());
    }, ms).unref();
  }

  #judge(): void {
    const { oldest } = this.#inFlight;
    if (oldest === undefined || !this.isAlive) return;
    const left = oldest.heard + this.#answerMs - performance.now();
    if (left > 0) return this.#watch(left);
    this.#die({ reason: `the host did not answer for ${this.#answerMs / 1000} seconds` });
    this.#channel.destroy();
  }

  #die(end: ChannelEnd): void {
    if (this.#death !== undefined) return;
    this.#death = end;
    clearTimeout(this.#timer);
    const { sent, unsent } = this.#inFlight.abandon();
    for (const { ask, reject } of sent) reject(this.#error(ask, true, end));
    for (const { ask, reject } of unsent) reject(this.#error(ask, false, end));
    for (const listener of this.#endListeners) listener();
  }

  #error({ operation, changes }: Ask, wasSent: boolean, { reason }: ChannelEnd): HostError {
    const failure = { host: this.#host, operation, cause: reason, sessionDied: true };
    return changes && wasSent ? outcomeUnknown(failure) : connectionBroken(failure);
  }
}

function withStderr(end: ChannelEnd, stderr: string): ChannelEnd {
  return stderr === "" || end.cure !== undefined
    ? end
    : { ...end, reason: `${end.reason}: ${stderr}` };
}
