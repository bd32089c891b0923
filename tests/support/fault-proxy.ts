/** A TCP proxy between a client and a real server, which a test makes fail as networks do. */
import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { setImmediate as nextTurn, setTimeout as pause } from "node:timers/promises";

export type Direction = "to the server" | "to the client";
const DIRECTIONS: readonly Direction[] = ["to the server", "to the client"];

export interface Target {
  readonly host: string;
  readonly port: number;
}

interface Trigger {
  readonly direction: Direction;
  left: number;
  readonly strike: () => void;
}

/** How bytes go through, once they may. */
interface Manner {
  /** One way, in milliseconds. */
  readonly delay?: number;
  /** Most bytes in one write. */
  readonly split?: number;
  /** For so many milliseconds after the first byte, what comes is gathered for one write. */
  readonly coalesce?: number;
}

export class FaultProxy {
  /** What went through, over all connections. */
  readonly bytes: Record<Direction, number> = { "to the server": 0, "to the client": 0 };
  /** How many were accepted, those that hang among them. */
  connections = 0;
  manner: Manner = {};
  readonly #server: Server;
  readonly #target: Target;
  readonly #links = new Set<Link>();
  readonly #hanging = new Set<Socket>();
  #triggers: Trigger[] = [];
  #hangs = false;

  private constructor(server: Server, target: Target) {
    this.#server = server;
    this.#target = target;
    server.on("connection", (client) => this.#accept(client));
  }

  /** On loopback of the network namespace in which the test runs. */
  static async start(target: Target): Promise<FaultProxy> {
    // A client's end of input is passed on like its bytes, and not answered by closing.
    const server = createServer({ allowHalfOpen: true, noDelay: true });
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject).listen(0, "127.0.0.1", resolve);
    });
    return new FaultProxy(server, target);
  }

  readonly host = "127.0.0.1";

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Connections that are open on both sides now, a blackholed one among them. */
  get open(): number {
    return this.#links.size;
  }

  /** No more faults: what was held goes on, as TCP would repeat it, and new connections are taken. */
  pass(): void {
    this.manner = {};
    this.#triggers = [];
    this.#hangs = false;
    for (const link of this.#links) for (const pipe of link.pipes) pipe.release();
  }

  /** Each byte arrives so much later, in order; as many are on the way at once as come. */
  delay(milliseconds: number): void {
    this.manner = { delay: milliseconds };
  }

  /** At most so many bytes in a write, each of which the reader gets alone. */
  split(size = 1): void {
    this.manner = { split: size };
  }

  coalesce(milliseconds = 20): void {
    this.manner = { coalesce: milliseconds };
  }

  /** Ends the connections that there are, on both sides; what was on the way is lost. */
  cut(how: "reset" | "end" = "reset"): void {
    for (const link of [...this.#links]) link.cut(how);
  }

  /** The connections that there are stay open, and nothing goes through any more until `pass`. */
  blackhole(...directions: readonly Direction[]): void {
    const held = directions.length === 0 ? DIRECTIONS : directions;
    for (const link of this.#links)
      for (const pipe of link.pipes) if (held.includes(pipe.direction)) pipe.hold();
  }

  /** Connections to come are accepted and never answered. */
  hang(): void {
    this.#hangs = true;
  }

  /**
   * Does something, a `cut` perhaps, when so many more bytes went through in that direction, and
   * before the next one does. Resolves when it is done.
   */
  after(direction: Direction, bytes: number, strike: () => void): Promise<void> {
    return new Promise((resolve) => {
      const trigger = { direction, left: bytes, strike: () => (strike(), resolve()) };
      if (bytes === 0) trigger.strike();
      else this.#triggers.push(trigger);
    });
  }

  /** Resets what is open and listens no more. */
  async stop(): Promise<void> {
    this.cut();
    for (const socket of this.#hanging) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** How many of so many bytes may go before somebody strikes. */
  allowed(direction: Direction, wanted: number): number {
    const mine = this.#triggers.filter((each) => each.direction === direction);
    return Math.min(wanted, ...mine.map(({ left }) => left));
  }

  count(direction: Direction, went: number): void {
    this.bytes[direction] += went;
    const due: Trigger[] = [];
    for (const trigger of this.#triggers)
      if (trigger.direction === direction && (trigger.left -= went) <= 0) due.push(trigger);
    this.#triggers = this.#triggers.filter((each) => !due.includes(each));
    for (const { strike } of due) strike();
  }

  #accept(client: Socket): void {
    this.connections++;
    if (this.#hangs) {
      this.#hanging.add(client);
      client.on("error", () => undefined).on("close", () => this.#hanging.delete(client));
      return;
    }
    const server = connect({ ...this.#target, allowHalfOpen: true, noDelay: true });
    const link = new Link(this, client, server, () => this.#links.delete(link));
    this.#links.add(link);
  }
}

/** One connection of a client's, and the one to the server that belongs to it. */
class Link {
  readonly pipes: readonly Pipe[];

  constructor(
    proxy: FaultProxy,
    private readonly client: Socket,
    private readonly server: Socket,
    private readonly over: () => void,
  ) {
    this.pipes = [
      new Pipe(proxy, "to the server", client, server),
      new Pipe(proxy, "to the client", server, client),
    ];
    for (const socket of [client, server]) {
      socket.on("error", () => undefined);
      socket.on("close", () => client.destroyed && server.destroyed && over());
    }
  }

  cut(how: "reset" | "end"): void {
    for (const pipe of this.pipes) pipe.close();
    for (const socket of [this.client, this.server]) {
      if (how === "reset") socket.resetAndDestroy();
      else
        socket
          .end()
          .resume()
          .setTimeout(1000, () => socket.destroy());
    }
    this.over();
  }
}

type End = "end of input" | "reset";

/** One direction of one connection. Holds without a bound what may not go yet: tests send little. */
class Pipe {
  readonly #queue: { what: Buffer | End; since: number }[] = [];
  #held = false;
  #closed = false;
  #isPumping = false;

  constructor(
    private readonly proxy: FaultProxy,
    readonly direction: Direction,
    from: Socket,
    private readonly to: Socket,
  ) {
    from.on("data", (bytes) => this.#take(bytes));
    from.on("end", () => this.#take("end of input"));
    from.on("close", (failed) => failed && this.#take("reset"));
  }

  hold(): void {
    this.#held = true;
  }

  release(): void {
    this.#held = false;
    void this.#pump();
  }

  close(): void {
    this.#closed = true;
  }

  #take(what: Buffer | End): void {
    this.#queue.push({ what, since: performance.now() });
    void this.#pump();
  }

  async #pump(): Promise<void> {
    if (this.#isPumping) return;
    this.#isPumping = true;
    while (this.#queue.length > 0 && this.#mayGo()) {
      const { delay = 0, coalesce = 0 } = this.proxy.manner;
      const early = (this.#queue[0]?.since ?? 0) + delay + coalesce - performance.now();
      if (early > 0) await pause(early);
      if (!this.#mayGo()) break;
      if (coalesce > 0) this.#gather();
      await this.#forward();
    }
    this.#isPumping = false;
  }

  #mayGo(): boolean {
    return !this.#held && !this.#closed;
  }

  /** What has come so far becomes one. */
  #gather(): void {
    const end = this.#queue.findIndex(({ what }) => typeof what === "string");
    const some = this.#queue.splice(0, end < 0 ? this.#queue.length : end);
    const what = Buffer.concat(some.map((each) => each.what as Buffer));
    if (some[0] !== undefined) this.#queue.unshift({ what, since: some[0].since });
  }

  async #forward(): Promise<void> {
    const first = this.#queue.shift();
    if (first === undefined) return;
    const { what, since } = first;
    if (what === "end of input") return void this.to.end();
    if (what === "reset") return void this.to.resetAndDestroy();
    const { split } = this.proxy.manner;
    const size = this.proxy.allowed(this.direction, Math.min(what.length, split ?? what.length));
    if (size < what.length) this.#queue.unshift({ what: what.subarray(size), since });
    if (this.to.writable) this.to.write(what.subarray(0, size));
    this.proxy.count(this.direction, size);
    if (split !== undefined) await nextTurn();
  }
}
