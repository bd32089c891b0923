/** What the frames between us and the agent carry. `docs/agent-protocol.md` says what each one promises. */
import { MalformedFrame } from "./frame";

export const PROTOCOL_VERSION = 1;

/** From us to the agent. Each is answered by any number of DATA and one END. */
export const ClientFrame = {
  OPEN: 1,
  REQUEST: 2,
  CHANGE: 3,
  DISARM: 4,
  UNDO: 5,
  FILE: 6,
  PING: 7,
} as const;

/** From the agent to us. */
export const AgentFrame = { HELLO: 65, DATA: 66, END: 67, UNDONE: 68 } as const;

/** How a network namespace is named to the agent; null is the one that the agent was started in. */
export type Netns =
  null | { readonly name: string } | { readonly pid: number } | { readonly path: string };

/** One agent, and no other process of its host. */
export interface AgentProcess {
  readonly pid: number;
  /** When it started, in the kernel's ticks since the boot. */
  readonly started: string;
  /** A name that is taken as long as the agent or its watchdog lives. */
  readonly lock: string;
}

/** The agent's first frame. */
export interface Hello extends AgentProcess {
  readonly protocol: number;
  /** Version of the interpreter. */
  readonly python: string;
  readonly uid: number;
  /** Kernel release. */
  readonly kernel: string;
  /** Empty where the host has none. */
  readonly machineId: string;
  readonly bootId: string;
}

/** A netlink message, and through which opened namespace it goes. */
export interface Addressed {
  readonly handle: number;
  readonly message: Uint8Array;
}

export interface ChangeStep extends Addressed {
  /** What undoes this step. It must do no harm if the step never happened. */
  readonly inverses: readonly Addressed[];
}

export interface Change {
  readonly undoId: number;
  /** Silence after which everything armed in the session is undone. */
  readonly deadlineMs: number;
  readonly steps: readonly ChangeStep[];
}

/** What the agent may be asked about files; it refuses all else with EACCES. */
export type FileQuery =
  | { readonly op: "read"; readonly path: string; readonly handle?: number }
  | { readonly op: "write"; readonly path: string; readonly text: string; readonly handle?: number }
  | { readonly op: "netns-list" }
  | ({ readonly op: "end-agent" } & AgentProcess)
  | { readonly op: "connections" }
  | {
      readonly op: "announce";
      readonly handle: number;
      readonly ifindex: number;
      /** In hexadecimal digits. */
      readonly frames: readonly string[];
    }
  | { readonly op: "processes"; readonly handle: number; readonly names: readonly string[] }
  | {
      readonly op: "openers";
      readonly devices: readonly (readonly [major: number, minor: number])[];
    }
  | TapQuery;

export interface TapQuery {
  readonly op: "tap";
  readonly handle: number;
  readonly link: string;
  readonly ifindex: number;
  /** A name on that host, or a number. */
  readonly owner?: string | number;
  readonly group?: string | number;
  /** Octal: "0660". */
  readonly mode?: string;
}

/** The answer to "connections": what the processes hold that the agent descends from, and itself. */
export interface Connections {
  readonly sockets: readonly TcpSocket[];
  /** Some of them could not be looked at. */
  readonly hidden: boolean;
}

/** A TCP connection that is established. An IPv4 address is written as one, whatever the socket's family is. */
export interface TcpSocket {
  readonly local: string;
  readonly localPort: number;
  readonly remote: string;
  readonly remotePort: number;
  /** Of its network namespace. */
  readonly device: number;
  readonly inode: number;
  /** A process that is in that namespace. */
  readonly pid: number;
}

export interface End {
  /** 0 is success. */
  readonly errno: number;
  /** Steps of a CHANGE that succeeded. */
  readonly done: number;
  readonly payload: Buffer;
}

const undoReasons = { 1: "deadline", 2: "end-of-input", 3: "requested", 4: "refused" } as const;
export type UndoReason = (typeof undoReasons)[keyof typeof undoReasons];

/** The agent has undone something, whoever asked for it. */
export interface Undone {
  readonly undoId: number;
  readonly reason: UndoReason;
  /** One per inverse message, in the order in which they ran. */
  readonly errnos: readonly number[];
}

const settlements = ["disarmed", "undone", "unknown"] as const;
/** What became of an undo id: "unknown" is one under which nothing is armed. */
export type Settlement = (typeof settlements)[number];

export interface Settled {
  readonly settlement: Settlement;
  /** Of the inverses that were run for this answer, newest first. */
  readonly errnos: readonly number[];
}

export function encodeJson(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value));
}

export function encodeRequest({ handle, message }: Addressed): Buffer {
  const payload = Buffer.allocUnsafe(4 + message.length);
  payload.writeUInt32BE(handle, 0);
  payload.set(message, 4);
  return payload;
}

/** `patienceMs`: after so long without a word from us the agent undoes what is armed and leaves; 0 is never. */
export function encodePing(patienceMs: number): Buffer {
  return encodeUint32(patienceMs);
}

export function encodeUndoId(undoId: number): Buffer {
  return encodeUint32(undoId);
}

function encodeUint32(value: number): Buffer {
  const payload = Buffer.allocUnsafe(4);
  payload.writeUInt32BE(value, 0);
  return payload;
}

export function encodeChange({ undoId, deadlineMs, steps }: Change): Buffer {
  const all = steps.flatMap((step) => [step, ...step.inverses]);
  const messages = all.reduce((sum, { message }) => sum + 8 + message.length, 0);
  const payload = Buffer.allocUnsafe(10 + 2 * steps.length + messages);
  let at = payload.writeUInt32BE(undoId, 0);
  at = payload.writeUInt32BE(deadlineMs, at);
  at = payload.writeUInt16BE(steps.length, at);
  const write = ({ handle, message }: Addressed): void => {
    at = payload.writeUInt32BE(handle, at);
    at = payload.writeUInt32BE(message.length, at);
    payload.set(message, at);
    at += message.length;
  };
  for (const step of steps) {
    write(step);
    at = payload.writeUInt16BE(step.inverses.length, at);
    step.inverses.forEach(write);
  }
  return payload;
}

export function decodeHello(payload: Buffer): Hello {
  try {
    return JSON.parse(payload.toString()) as Hello;
  } catch {
    throw new MalformedFrame("a HELLO that is not JSON");
  }
}

export function decodeEnd(payload: Buffer): End {
  if (payload.length < 8) throw new MalformedFrame(`an END of ${payload.length} bytes`);
  return {
    errno: payload.readInt32BE(0),
    done: payload.readUInt32BE(4),
    payload: payload.subarray(8),
  };
}

export function decodeUndone(payload: Buffer): Undone {
  if (payload.length < 5) throw new MalformedFrame(`an UNDONE of ${payload.length} bytes`);
  const reason = undoReasons[payload.readUInt8(4) as keyof typeof undoReasons] ?? "requested";
  return { undoId: payload.readUInt32BE(0), reason, errnos: decodeErrnos(payload.subarray(5)) };
}

/** What END carries for DISARM, for UNDO, and for a CHANGE whose earlier steps were undone. */
export function decodeSettled(payload: Buffer): Settled {
  const settlement = settlements[payload[0] ?? 2];
  if (settlement === undefined) throw new MalformedFrame(`an answer of ${payload[0]} to DISARM`);
  return { settlement, errnos: decodeErrnos(payload.subarray(1)) };
}

function decodeErrnos(bytes: Buffer): number[] {
  if (bytes.length % 4 !== 0) throw new MalformedFrame(`${bytes.length} bytes of errnos`);
  return Array.from({ length: bytes.length / 4 }, (_, index) => bytes.readInt32BE(4 * index));
}
