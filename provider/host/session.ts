/** One agent on one host, asked by many at once. */
import {
  type AgentProcess,
  type ChangeStep,
  ClientFrame,
  decodeSettled,
  encodeChange,
  encodeJson,
  encodePing,
  encodeRequest,
  encodeUndoId,
  type FileQuery,
  type Hello,
  type Netns,
  type Settled,
  type Settlement,
  type Undone,
} from "../agent/protocol";
import { DEADLINE_SECONDS, startAgent, type StartedAgent } from "../agent/start";
import { connectionBroken, HostError } from "../errors";
import { Errno, errnoName } from "../netlink/errno";
import type { Transport } from "../transport/transport";
import { Conversation } from "./conversation";
import type { Answer, Ask } from "./in-flight";

export interface SessionOptions {
  /** How long the start may take, and the agent be silent while it owes an answer; 30 s by default. */
  readonly deadlineSeconds?: number;
  /**
   * How often the agent is pinged, so that nothing on the way forgets an idle connection, and that the
   * agent leaves when the way is cut and nobody tells it. 0, the default, is never.
   */
  readonly keepaliveSeconds?: number;
  /** How many pings may be lost, or be late on a busy machine; 3 by default. */
  readonly keepaliveCount?: number;
  /** Whether a network lies between: what is done there could cut it. */
  readonly isRemote?: boolean;
  /** How long nobody may ask for anything before the session ends by itself. 0, the default, is without end. */
  readonly idleSeconds?: number;
}

const PATIENCE_PINGS = 3;
// How much longer than an undo's deadline the agent waits: a change that cuts the way is taken back
// before that, and the connection goes on.
const PATIENCE_DEADLINES = 1.5;

// What a poll of the agent's can take.
const MOST_PATIENCE_MS = 0x7fffffff;

/** What is looked at where no path says it. */
const ABOUT: Readonly<Record<Exclude<FileQuery["op"], "read" | "write">, string>> = {
  tap: "a tap device",
  connections: "the connections that lead to the agent",
  openers: "the processes that have a device open",
  processes: "the processes of a network namespace",
  announce: "the device that addresses are announced on",
  "netns-list": "the namespaces",
  "end-agent": "the agent of a connection that broke",
};

const LEAST_UNDO_MS = 10_000;

export interface OpenedNamespace {
  /** Names it in later requests. */
  readonly handle: number;
  /** The agent's descriptor of it, as a message wants it in IFLA_NET_NS_FD. */
  readonly fd: number;
  readonly inode: number;
  readonly device: number;
}

export interface Changed {
  /** Echoes and acks, as they came. */
  readonly datagrams: readonly Uint8Array[];
  /** Steps that the kernel accepted, from the first on. */
  readonly done: number;
  /**
   * Of the step after them; 0 when all are done. On a refusal the accepted ones have been undone
   * before this is answered. ENOBUFS: that step may have happened, and everything is still armed.
   * ECANCELED: the undo id was over before, and that step was not sent.
   */
  readonly errno: number;
  /** Of the inverses that ran, newest first. */
  readonly undone: readonly number[];
}

export class Session {
  readonly hello: Hello;
  readonly host: string;
  readonly isRemote: boolean;
  /** After how much silence the host should undo a change: long enough for us to come back to it. */
  readonly deadlineMs: number;
  readonly #conversation: Conversation;
  #handles = 0;
  #undoIds = 0;
  /**
   * Undo ids whose deadline runs on the host: what is asked for one overtakes all that waits. Before
   * its first answer it keeps its turn, so that nothing overtakes the change it belongs to.
   */
  readonly #underWay = new Set<number>();
  readonly #idleMs: number;
  #askers = 0;
  #idleness: NodeJS.Timeout | undefined;

  /** Rejects with a `HostError`. */
  static async start(transport: Transport, options: SessionOptions = {}): Promise<Session> {
    return new Session(await startAgent(transport, options), options);
  }

  constructor({ channel, hello, host, startMs }: StartedAgent, options: SessionOptions = {}) {
    this.hello = hello;
    this.host = host;
    this.isRemote = options.isRemote ?? false;
    this.deadlineMs = Math.max(LEAST_UNDO_MS, Math.ceil(3 * startMs));
    const answerSeconds = options.deadlineSeconds ?? DEADLINE_SECONDS;
    this.#conversation = new Conversation(channel, host, answerSeconds);
    this.#idleMs = (options.idleSeconds ?? 0) * 1000;
    this.#rest();
    const { keepaliveSeconds = 0, keepaliveCount = PATIENCE_PINGS } = options;
    if (keepaliveSeconds > 0) this.#keepAlive(keepaliveSeconds * 1000, keepaliveCount);
  }

  get isAlive(): boolean {
    return this.#conversation.isAlive;
  }

  /** A handle that nothing in this session has used. */
  newHandle(): number {
    return ++this.#handles;
  }

  /**
   * Asks anew each time: another namespace may have taken the name. The agent shares what is the same.
   * Requests may name the handle at once: where there is no such namespace, they get EBADF.
   */
  async open(netns: Netns, handle = this.newHandle()): Promise<OpenedNamespace> {
    const where = netns === null ? "its own network namespace" : describe(netns);
    const answer = await this.#granted({
      type: ClientFrame.OPEN,
      payload: encodeJson({ handle, netns }),
      operation: `open ${where}`,
      changes: false,
    });
    return {
      handle,
      ...(JSON.parse(answer.payload.toString()) as Omit<OpenedNamespace, "handle">),
    };
  }

  /** One message that changes nothing, and the datagrams that answer it: an ack's errno is in them. */
  async request(handle: number, message: Uint8Array): Promise<readonly Uint8Array[]> {
    const answer = await this.#granted({
      type: ClientFrame.REQUEST,
      payload: encodeRequest({ handle, message }),
      operation: "ask the kernel",
      changes: false,
    });
    return answer.datagrams;
  }

  /** An undo id that nothing in this session has used; each is good for one plan. */
  newUndoId(): number {
    return (this.#undoIds = (this.#undoIds % 0xffffffff) + 1);
  }

  /**
   * Changes, in order, until one is refused; each one's inverses are armed before it is sent. They
   * run when nobody disarms them within the deadline, or when this session ends. Every message needs
   * NLM_F_ACK. More steps under one undo id may follow, together or later.
   */
  async change(undoId: number, deadlineMs: number, steps: readonly ChangeStep[]): Promise<Changed> {
    const { datagrams, done, errno, payload } = await this.#ask({
      type: ClientFrame.CHANGE,
      payload: encodeChange({ undoId, deadlineMs, steps }),
      operation: "change links",
      changes: true,
      first: this.#underWay.has(undoId),
    });
    if (steps.some(({ inverses }) => inverses.length > 0)) this.#underWay.add(undoId);
    // Where the agent itself says no (EBADF, EINVAL), the payload is its words.
    const undone = payload[0] === 1 ? decodeSettled(payload).errnos : [];
    return { datagrams, done, errno, undone };
  }

  /** Keep what was changed; only "disarmed" is a proof that it stays. May be asked before the change is answered. */
  async disarm(undoId: number): Promise<Settlement> {
    return (await this.#settle(ClientFrame.DISARM, undoId, "keep a change")).settlement;
  }

  /** Undo what was changed under this id, newest first. */
  undo(undoId: number): Promise<Settled> {
    return this.#settle(ClientFrame.UNDO, undoId, "undo a change");
  }

  /** Answers the agent's JSON. Rejects with kind "refused" and an errno, ENOENT and EACCES among them. */
  async file(query: FileQuery): Promise<unknown> {
    const what = "path" in query ? query.path : ABOUT[query.op];
    const answer = await this.#granted({
      type: ClientFrame.FILE,
      payload: encodeJson(query),
      operation: `${query.op === "write" ? "write" : "look at"} ${what}`,
      changes: query.op === "write" || query.op === "tap",
    });
    return JSON.parse(answer.payload.toString());
  }

  /** Ends an agent whose session is lost, also one that is stopped; true when its undo is over too. */
  async endAgent({ pid, started, lock }: AgentProcess): Promise<boolean> {
    const answer = await this.#granted({
      type: ClientFrame.FILE,
      payload: encodeJson({ op: "end-agent", pid, started, lock }),
      operation: "end the agent of a connection that broke",
      changes: false,
    });
    return (JSON.parse(answer.payload.toString()) as { readonly gone: boolean }).gone;
  }

  /** Hears of every undo, whoever asked for it. */
  onUndone(listener: (undone: Undone) => void): void {
    this.#conversation.onUndone(listener);
  }

  /** Called once the session is of no more use, at once when it is so already. */
  onEnd(listener: () => void): void {
    this.#conversation.onEnd(listener);
  }

  /** The agent undoes what is armed and leaves; resolves when it is gone, or after five seconds. */
  close(): Promise<void> {
    return this.#conversation.close();
  }

  async #ask(ask: Ask): Promise<Answer> {
    clearTimeout(this.#idleness);
    this.#askers++;
    try {
      return await this.#conversation.ask(ask);
    } finally {
      if (--this.#askers === 0) this.#rest();
    }
  }

  /** What is armed keeps it: whoever armed it comes back to disarm it. */
  #rest(): void {
    if (this.#idleMs === 0 || !this.isAlive) return;
    this.#idleness = setTimeout(() => {
      if (this.#underWay.size > 0) return this.#rest();
      this.#conversation.retire(`it was not used for ${this.#idleMs / 1000} seconds`);
    }, this.#idleMs).unref();
  }

  #keepAlive(everyMs: number, count: number): void {
    const patienceMs = Math.max(count * everyMs, PATIENCE_DEADLINES * this.deadlineMs);
    const payload = encodePing(Math.min(Math.ceil(patienceMs), MOST_PATIENCE_MS));
    const ping = (): void => {
      const ask = {
        type: ClientFrame.PING,
        payload,
        operation: "keep the connection",
        changes: false,
      };
      // Whoever waits for an answer hears of the connection's end; nobody waits for this one.
      this.#conversation.ask({ ...ask, first: true }).catch(() => undefined);
    };
    ping();
    const timer = setInterval(ping, everyMs);
    timer.unref();
    this.onEnd(() => clearInterval(timer));
  }

  async #settle(type: number, undoId: number, operation: string): Promise<Settled> {
    const payload = encodeUndoId(undoId);
    const first = this.#underWay.delete(undoId);
    const ask = { type, payload, operation, changes: true, first };
    return decodeSettled((await this.#granted(ask)).payload);
  }

  /** An answer whose errno is 0. */
  async #granted(ask: Ask): Promise<Answer> {
    const answer = await this.#ask(ask);
    if (answer.errno === 0) return answer;
    const { operation } = ask;
    const text = answer.payload.toString();
    const cause = text === "" ? `the agent answered ${errnoName(answer.errno)}` : text;
    const failure = { host: this.host, operation, cause, errno: answer.errno };
    if (answer.errno === Errno.ENOBUFS) {
      throw connectionBroken({ ...failure, cause: "the kernel's answer did not fit and was lost" });
    }
    throw new HostError({ ...failure, kind: "refused" });
  }
}

function describe(netns: NonNullable<Netns>): string {
  if ("name" in netns) return `the network namespace ${netns.name}`;
  return "pid" in netns
    ? `the network namespace of process ${netns.pid}`
    : `the network namespace ${netns.path}`;
}
