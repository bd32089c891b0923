/** The agent of a modelled host, in memory. It answers in bursts, as over a long way, and counts them. */
import { encodeFrame, type Frame, FrameParser } from "../../provider/agent/frame";
import { AgentFrame, ClientFrame } from "../../provider/agent/protocol";
import { LinkHost } from "../../provider/host/link-host";
import { Session } from "../../provider/host/session";
import type { Kind } from "../../provider/link/model";
import { encodeAckBody } from "../../provider/netlink/ack";
import {
  IFF_UP,
  NLM_F_DUMP,
  NLM_F_ECHO,
  NLMSG_ERROR,
  RTM_GETADDR,
  RTM_GETLINK,
  RTM_GETROUTE,
  RTM_NEWLINK,
  RTM_NEWROUTE,
  RTN_UNICAST,
} from "../../provider/netlink/constants";
import { Errno } from "../../provider/netlink/errno";
import { decodeLink, encodeLink, type LinkMessage } from "../../provider/netlink/link-message";
import { decodeRoute, encodeRoute } from "../../provider/netlink/route-message";
import { omitUndefined } from "../../provider/omit-undefined";
import { decodeMessages, encodeMessage, type NetlinkMessage } from "../../provider/netlink/message";
import type { KernelModel } from "./kernel-model";
import { ModelledHost } from "./modelled-host";
import { ScriptedChannel } from "./scripted-channel";

const hello = {
  ...{ protocol: 1, python: "3", kernel: "6", machineId: "", bootId: "b" },
  ...{ uid: 0, pid: 1, started: "1", lock: "pulumi-macvlan-" },
};
const NO_TEXT = Buffer.alloc(0);
const HERE = { inode: 10, device: 4 };

/** What files tell. */
const FILES = {
  tap: { major: 240, minor: 1, path: "/dev/tap3" },
  processes: [],
  openers: { openers: [[]], hidden: false },
  connections: {
    sockets: [
      {
        ...{ local: "192.0.2.1", localPort: 22, remote: "192.0.2.9", remotePort: 4444 },
        ...{ ...HERE, pid: 1 },
      },
    ],
    hidden: false,
  },
} as const;

interface Answer {
  readonly errno: number;
  readonly done?: number;
  readonly payload?: Buffer;
  readonly data?: readonly Uint8Array[];
}

export class ScriptedAgent {
  /** Bursts of questions that were answered: what is asked together counts once. */
  roundTrips = 0;
  /** Questions about links, each a frame. */
  looks = 0;
  /** The only namespaces by name. */
  namespaces: readonly string[] = ["ns"];
  /** Linux before 6.2 shows no link to the one who makes it. */
  echoes = true;
  /** What a message of a change is refused with, before the kernel sees it; 0 lets it through. */
  refusal: (message: NetlinkMessage) => number = () => 0;
  readonly host: LinkHost;
  readonly #model: ModelledHost;
  readonly #channel = new ScriptedChannel();
  readonly #opened = new Set<number>();
  readonly #asked: Frame[] = [];
  /** By undo id, oldest first. */
  readonly #armed = new Map<number, Uint8Array[]>();

  /** `isRemote`: it is reached over a connection that comes by the lower device. */
  constructor(kind: Kind, mark: string, isRemote = false) {
    this.#model = new ModelledHost(kind, mark);
    const parser = new FrameParser();
    this.#channel.onWrite = (bytes) => {
      if (this.#asked.length === 0) setImmediate(() => this.#answer());
      this.#asked.push(...parser.push(bytes));
    };
    const channel = this.#channel;
    const started = { channel, hello, host: "far away", startMs: 1 };
    this.host = new LinkHost(new Session(started, { isRemote }));
  }

  get kernel(): KernelModel {
    return this.#model.kernel;
  }

  get links(): readonly string[] {
    return this.kernel.links.map(({ name }) => name);
  }

  /** The connection breaks. */
  end(): void {
    this.#channel.end({ reason: "the connection was closed" });
  }

  #answer(): void {
    this.roundTrips++;
    for (const { requestId, type, payload } of this.#asked.splice(0)) {
      const { errno, done = 0, payload: more = NO_TEXT, data = [] } = this.#do(type, payload);
      const end = Buffer.alloc(8);
      end.writeInt32BE(errno, 0);
      end.writeUInt32BE(done, 4);
      for (const datagram of data)
        this.#channel.say(encodeFrame(requestId, AgentFrame.DATA, datagram));
      this.#channel.say(encodeFrame(requestId, AgentFrame.END, Buffer.concat([end, more])));
    }
  }

  #do(type: number, payload: Buffer): Answer {
    switch (type) {
      case ClientFrame.OPEN:
        return this.#open(JSON.parse(payload.toString()) as OpenQuestion);
      case ClientFrame.REQUEST:
        return this.#look(payload.readUInt32BE(0), payload.subarray(4));
      case ClientFrame.CHANGE:
        return this.#change(payload);
      case ClientFrame.DISARM:
        return this.#settle(payload.readUInt32BE(0), 0);
      case ClientFrame.UNDO:
        return this.#undo(payload.readUInt32BE(0));
      default: {
        const { op } = JSON.parse(payload.toString()) as { readonly op: keyof typeof FILES };
        return { errno: 0, payload: Buffer.from(JSON.stringify(FILES[op])) };
      }
    }
  }

  #open({ handle, netns }: OpenQuestion): Answer {
    if (netns !== null && !this.namespaces.includes(netns.name))
      return { errno: Errno.ENOENT, payload: Buffer.from("No such file or directory") };
    this.#opened.add(handle);
    return { errno: 0, payload: Buffer.from(JSON.stringify({ fd: 3, ...HERE })) };
  }

  #look(handle: number, bytes: Uint8Array): Answer {
    if (!this.#opened.has(handle)) return { errno: Errno.EBADF, payload: Buffer.from("no handle") };
    const [message] = decodeMessages(bytes);
    if (message?.type === RTM_GETADDR) return { errno: 0, data: [ack(message, 0)] };
    if (message?.type === RTM_GETROUTE) return this.#route(message);
    if (message?.type !== RTM_GETLINK) return { errno: Errno.EOPNOTSUPP };
    this.looks++;
    const { index, attributes } = decodeLink(message.body);
    const { kernel } = this.#model;
    const { lower, links } = kernel;
    const name = attributes.IFLA_IFNAME ?? attributes.IFLA_ALT_IFNAME;
    const named = kernel.link(name ?? "");
    const isList = (message.flags & NLM_F_DUMP) === NLM_F_DUMP;
    const isAsked = (each: { readonly ifindex: number; readonly name: string }): boolean =>
      isList || each.ifindex === index || each.name === name || each === named;
    const shown = links.filter(isAsked).map((link) => this.#model.shown(link));
    const found = isAsked(lower) ? [this.#lower(), ...shown] : shown;
    if (found.length === 0) return { errno: 0, data: [ack(message, Errno.ENODEV)] };
    return this.#shown(message, ...found.map(encodeLink));
  }

  #route(question: NetlinkMessage): Answer {
    const { attributes, ...route } = decodeRoute(question.body);
    const by = { RTA_DST: attributes.RTA_DST, RTA_OIF: this.kernel.lower.ifindex };
    const body = encodeRoute({ ...route, type: RTN_UNICAST, attributes: omitUndefined(by) });
    return { errno: 0, data: [encodeMessage({ ...question, type: RTM_NEWROUTE, flags: 0, body })] };
  }

  #lower(): LinkMessage {
    const { name, ifindex, address, mtu } = this.#model.kernel.lower;
    const attributes = { IFLA_IFNAME: name, IFLA_ADDRESS: address, IFLA_MTU: mtu };
    return { family: 0, type: 1, index: ifindex, flags: IFF_UP, change: 0, attributes };
  }

  #shown(message: NetlinkMessage, ...bodies: readonly Uint8Array[]): Answer {
    const shown = bodies.map((body) =>
      encodeMessage({ ...message, type: RTM_NEWLINK, flags: 0, body }),
    );
    return { errno: 0, data: [...shown, ack(message, 0)] };
  }

  #change(payload: Buffer): Answer {
    const data: Uint8Array[] = [];
    const undoId = payload.readUInt32BE(0);
    const armed = this.#armed.get(undoId) ?? [];
    const steps = stepsOf(payload);
    for (const [done, { message: bytes, inverses }] of steps.entries()) {
      const [message] = decodeMessages(bytes);
      if (message === undefined) return { errno: Errno.EINVAL };
      const errno = this.refusal(message) || this.kernel.send(bytes);
      const isEchoed = this.echoes && (message.flags & NLM_F_ECHO) !== 0;
      const made = isEchoed ? this.kernel.links.at(-1) : undefined;
      if (errno === 0 && made !== undefined)
        data.push(...(this.#shown(message, encodeLink(this.#model.shown(made))).data ?? []));
      else data.push(ack(message, errno));
      if (errno !== 0) return { ...this.#undo(undoId), errno, done, data };
      armed.push(...inverses);
      this.#armed.set(undoId, armed);
    }
    return { errno: 0, done: steps.length, data };
  }

  #undo(undoId: number): Answer {
    for (const inverse of this.#armed.get(undoId)?.reverse() ?? []) this.kernel.send(inverse);
    return this.#settle(undoId, 1);
  }

  #settle(undoId: number, settlement: number): Answer {
    this.#armed.delete(undoId);
    return { errno: 0, payload: Buffer.from([settlement]) };
  }
}

interface OpenQuestion {
  readonly handle: number;
  readonly netns: { readonly name: string } | null;
}

interface Step {
  readonly message: Uint8Array;
  readonly inverses: readonly Uint8Array[];
}

function stepsOf(payload: Buffer): Step[] {
  let at = 10;
  const next = (): Uint8Array => {
    const length = payload.readUInt32BE(at + 4);
    at += 8 + length;
    return payload.subarray(at - length, at);
  };
  return Array.from({ length: payload.readUInt16BE(8) }, () => {
    const message = next();
    const inverses = payload.readUInt16BE(at);
    at += 2;
    return { message, inverses: Array.from({ length: inverses }, next) };
  });
}

function ack(request: NetlinkMessage, errno: number): Uint8Array {
  const { type, flags, sequence, portId, body } = request;
  const header = { length: 16 + body.length, type, flags, sequence, portId };
  const refused = errno === 0 ? {} : { requestBody: body };
  const answer = encodeAckBody({ error: -errno, request: header, ...refused, attributes: {} });
  return encodeMessage({ type: NLMSG_ERROR, flags: 0, sequence, portId, body: answer });
}
