/** What every channel keeps of its program: the end of its stderr, why it is over, and who is to be told. */
import { type ChannelEnd, Tail } from "./transport";

export abstract class HeardChannel {
  protected readonly stderr = new Tail();
  protected end: ChannelEnd | undefined;
  readonly #onEnd: ((end: ChannelEnd) => void)[] = [];
  #onData: (bytes: Buffer) => void = () => undefined;

  onData(listener: (bytes: Buffer) => void): void {
    this.#onData = listener;
  }

  onEnd(listener: (end: ChannelEnd) => void): void {
    if (this.end === undefined) this.#onEnd.push(listener);
    else listener(this.end);
  }

  onStderr(listener: (bytes: Buffer) => void): void {
    this.stderr.onPush(listener);
  }

  stderrTail(): string {
    return this.stderr.toString();
  }

  protected hear(bytes: Buffer): void {
    this.#onData(bytes);
  }

  /** False where it was over before. */
  protected finish(end: ChannelEnd): boolean {
    if (this.end !== undefined) return false;
    this.end = end;
    this.#onData = () => undefined;
    for (const listener of this.#onEnd.splice(0)) listener(end);
    return true;
  }
}
