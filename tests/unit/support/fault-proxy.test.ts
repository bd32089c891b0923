import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { eventually } from "../../support/processes";
import { FaultProxy } from "../../support/fault-proxy";

/** What a socket got, and how it ended. */
class Side {
  readonly reads: Buffer[] = [];
  end: "open" | "end of input" | "ECONNRESET" | "closed" = "open";

  constructor(readonly socket: Socket) {
    socket.on("data", (bytes) => this.reads.push(bytes));
    socket.on("end", () => (this.end = "end of input"));
    socket.on(
      "error",
      ({ message }) => (this.end = /ECONNRESET/.test(message) ? "ECONNRESET" : "closed"),
    );
  }

  get text(): string {
    return Buffer.concat(this.reads).toString();
  }

  async hears(text: string): Promise<void> {
    await eventually(`"${text}" comes`, () => this.text.length >= text.length);
    assert.equal(this.text, text);
  }
}

describe("The proxy that fails", () => {
  let server: Server;
  let proxy: FaultProxy;
  let served: Side[];

  beforeEach(async () => {
    served = [];
    server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) =>
      served.push(new Side(socket)),
    );
    await once(server.listen(0, "127.0.0.1"), "listening");
    proxy = await FaultProxy.start({
      host: "127.0.0.1",
      port: (server.address() as AddressInfo).port,
    });
  });
  afterEach(async () => {
    await proxy.stop();
    for (const { socket } of served) socket.destroy();
    server.close();
  });

  async function dial(): Promise<Side> {
    const socket = connect({
      port: proxy.port,
      host: proxy.host,
      allowHalfOpen: true,
      noDelay: true,
    });
    await once(socket, "connect");
    return new Side(socket);
  }

  async function pair(): Promise<{ client: Side; far: Side }> {
    const before = served.length;
    const client = await dial();
    await eventually("the server has it", () => served.length > before);
    return { client, far: served[before] ?? assert.fail() };
  }

  it("passes both ways, and one end of input without the other; counts", async () => {
    const { client, far } = await pair();
    client.socket.end("hello");
    await far.hears("hello");
    await eventually("its end too", () => far.end === "end of input");
    far.socket.end("and bye");
    await client.hears("and bye");
    await eventually("that end too", () => client.end === "end of input");
    assert.deepEqual(proxy.bytes, { "to the server": 5, "to the client": 7 });
    assert.equal(proxy.connections, 1);
    await eventually("it is over", () => proxy.open === 0);
  });

  it("passes a reset of either side on", async () => {
    const one = await pair();
    one.client.socket.resetAndDestroy();
    await eventually("the server sees it", () => one.far.end === "ECONNRESET");
    const two = await pair();
    two.far.socket.resetAndDestroy();
    await eventually("the client sees it", () => two.client.end === "ECONNRESET");
  });

  it("delays each byte, and not one after the other", async () => {
    proxy.delay(200);
    const { client, far } = await pair();
    const began = performance.now();
    const numbers = Array.from({ length: 20 }, (_, n) => `${n} `);
    for (const number of numbers) {
      client.socket.write(number);
      await pause(2);
    }
    await far.hears(numbers.join(""));
    const took = performance.now() - began;
    assert.ok(took >= 195, `it took ${took} ms`);
    assert.ok(took < 20 * 200, `it took ${took} ms`);
  });

  it("splits at every byte", async () => {
    proxy.split();
    const { client, far } = await pair();
    client.socket.write("one by one");
    await far.hears("one by one");
    assert.ok(far.reads.length > 3, `${far.reads.length} reads`);
  });

  it("coalesces", async () => {
    proxy.coalesce(200);
    const { client, far } = await pair();
    for (const part of ["a", "l", "l"]) {
      client.socket.write(part);
      await pause(5);
    }
    await far.hears("all");
    assert.equal(far.reads.length, 1);
  });

  it("resets both sides", async () => {
    const { client, far } = await pair();
    proxy.cut();
    await eventually("both see it", () => client.end === "ECONNRESET" && far.end === client.end);
  });

  for (const [how, seen] of [
    ["reset", "ECONNRESET"],
    ["end", "end of input"],
  ] as const) {
    it(`cuts both sides (${how}) after the n-th byte, and not the next connection`, async () => {
      const { client, far } = await pair();
      const struck = proxy.after("to the server", 4, () => proxy.cut(how));
      client.socket.write("ab");
      await far.hears("ab");
      assert.equal(client.end, "open");
      client.socket.write("cdef");
      await struck;
      // A reset right behind bytes Node shows as their end.
      await eventually("both see it", () => client.end === seen && far.end !== "open");
      assert.equal(far.text, "abcd");
      assert.equal(proxy.bytes["to the server"], 4);
      const next = await pair();
      next.client.socket.write("again");
      await next.far.hears("again");
      assert.equal(proxy.connections, 2);
    });
  }

  it("blackholes one direction from byte n on, keeps both sockets, and lets go what it held", async () => {
    const { client, far } = await pair();
    const struck = proxy.after("to the client", 2, () => proxy.blackhole("to the client"));
    far.socket.write("abcd");
    await struck;
    client.socket.write("heard");
    await far.hears("heard");
    await pause(50);
    assert.equal(client.text, "ab");
    far.socket.resetAndDestroy();
    await pause(50);
    assert.equal(client.end, "open");
    assert.equal(proxy.open, 1);
    proxy.pass();
    await client.hears("abcd");
    await eventually("the end comes too", () => client.end !== "open");
  });

  it("blackholes both directions, and not the next connection", async () => {
    const { client, far } = await pair();
    proxy.blackhole();
    client.socket.write("x");
    far.socket.write("y");
    const next = await pair();
    next.client.socket.write("again");
    await next.far.hears("again");
    assert.deepEqual([client.text, far.text], ["", ""]);
    assert.deepEqual([client.end, far.end], ["open", "open"]);
  });

  it("hangs: takes connections and never answers them", async () => {
    proxy.hang();
    const client = await dial();
    client.socket.write("anybody?");
    await pause(50);
    assert.deepEqual([served.length, client.text, client.end], [0, "", "open"]);
    assert.equal(proxy.connections, 1);
    proxy.pass();
    const { far } = await pair();
    assert.equal(far.end, "open");
  });
});
