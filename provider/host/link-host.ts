import { isHostError, outcomeUnknown, type Failure } from "../errors";
import { Places } from "../places";
import { hostIdOf } from "../link/identity";
import { Errno, errnoName } from "../netlink/errno";
import { deleteLink } from "../netlink/requests";
import type { Device } from "../link/causes";
import type { Netns, Tap } from "../link/model";
import type { PlannedStep, Step } from "../link/plan";
import { BulkDeletes } from "./bulk-deletes";
import { DeviceLooks, type Which } from "./device-looks";
import { decodeAnswer } from "./messages";
import { type Handle, type Handles, type Namespace, Namespaces, type Place } from "./namespaces";
import { Openers, type Process, type TapUsers } from "./openers";
import type { Session } from "./session";
import { SharedLooks } from "./shared-looks";
import { isSpoken, nextSequence, speak, type SpokenStep, type Target } from "./step-messages";
import { trace } from "./trace";

/** A step was refused; those before it were taken back, or stay where they had no inverse. */
export class StepRefused extends Error {
  constructor(
    readonly errno: number,
    readonly kernelText: string | undefined,
    readonly step: Step | undefined,
  ) {
    super(`${errnoName(errno)}${kernelText === undefined ? "" : `: ${kernelText}`}`);
    this.name = "StepRefused";
  }
}

export type ToldStep = SpokenStep & {
  readonly step?: Step;
  readonly inverses: readonly SpokenStep[];
};

/** What the agent itself answers when it cannot say how a change came out. */
const LOST: Readonly<Record<number, Pick<Failure, "cause" | "cure">>> = {
  [Errno.ECANCELED]: {
    cause: "this side was silent for too long, and the host took the change back",
    cure: "Run it again; where this machine is busy, with less at a time (--parallel)",
  },
  [Errno.ENOBUFS]: {
    cause: "the kernel's answer did not fit its buffer and was lost",
    cure: "Run it again: what is there is looked at first, and nothing is made twice",
  },
};

export type { Process, TapUsers } from "./openers";

/** So many the agent sends at a time. */
const MOST_FRAMES = 64;

/** As many as can be under way in a session: more of them thought out would only wait, and answers go unread meanwhile. */
const MAKINGS_AT_ONCE = 256;
/** Far more than a link takes. Who waits for its tap device, or for an address, goes on without a place. */
const LONGEST_MAKING_MS = 1000;

/** One host, asked in terms of links. */
export class LinkHost {
  readonly #shared = new SharedLooks();
  readonly #namespaces: Namespaces;
  readonly #looks: DeviceLooks;
  readonly #openers: Openers;
  readonly #deletes = new BulkDeletes(this);
  /** For whoever makes a link. */
  readonly makings = new Places(MAKINGS_AT_ONCE, LONGEST_MAKING_MS);
  /** What tells it from other hosts, as `hostIdOf` gives it; undefined where it has no machine-id. */
  readonly machine: string | undefined;

  constructor(readonly session: Session) {
    const { machineId } = session.hello;
    this.machine = machineId === "" ? undefined : hostIdOf(machineId);
    this.#namespaces = new Namespaces(session, this.#shared);
    this.#looks = new DeviceLooks(session.host, this.#shared, async ({ handle }, message) => {
      trace("to the kernel", [message]);
      return decodeAnswer(await session.request(handle, message));
    });
    this.#openers = new Openers(session);
  }

  /** The host in words, for messages. */
  get label(): string {
    return this.session.host;
  }

  get bootId(): string {
    return this.session.hello.bootId;
  }

  /** An error names the property that leads nowhere, and is of kind "missing" then. */
  place(lowerNetns: Netns | undefined, netns: Netns | undefined): Promise<Place> {
    return this.#namespaces.place(lowerNetns, netns).opened;
  }

  /**
   * Opens a place and looks into it with one round trip: the agent works in order, and what a look
   * needs of a namespace is its handle, which is ours to choose.
   */
  async lookInto<T>(
    lowerNetns: Netns | undefined,
    netns: Netns | undefined,
    look: (place: Handles) => Promise<T>,
  ): Promise<{ readonly place: Place; readonly seen: T }> {
    const { opened, ...handles } = this.#namespaces.place(lowerNetns, netns);
    const looking = look(handles);
    // Without a namespace the look fails too, and says less.
    looking.catch(() => undefined);
    return { place: await opened, seen: await looking };
  }

  /** Throws a `HostError` of kind "missing" where there is no such namespace. */
  namespace(netns: Netns | undefined): Promise<Namespace> {
    return this.#namespaces.open(netns).opened;
  }

  /** Undefined where there is none; an error where there is one that cannot be read. */
  device(namespace: Handle, which: Which): Promise<Device | undefined> {
    return this.#looks.one(namespace, which);
  }

  devices(namespace: Handle): Promise<readonly Device[]> {
    return this.#looks.all(namespace);
  }

  /**
   * Sends steps in one frame, each with its inverse armed before it. The first refusal ends it, and
   * the agent takes the earlier ones back. Throws `StepRefused`.
   */
  async change(
    undo: number,
    planned: readonly PlannedStep[],
    target: Target,
  ): Promise<readonly Device[]> {
    const steps = planned.flatMap(({ step, inverse }) =>
      isSpoken(step)
        ? [
            {
              step,
              ...speak(step, target),
              inverses: [inverse].filter(isSpoken).map((each) => speak(each, target)),
            },
          ]
        : [],
    );
    return steps.length === 0 ? [] : this.carryOut(undo, steps);
  }

  /**
   * The link that the caller has seen there, together with others that are asked for meanwhile; whoever
   * saw it a while ago says so, and it is looked at again. False where it is not there any more, which
   * is as good for who saw it just now. Throws `StepRefused`.
   */
  delete(namespace: Namespace, link: Device, isSeenJustNow = true): Promise<boolean> {
    return this.#deletes.delete(namespace, link, isSeenJustNow);
  }

  async deleteOne(namespace: Namespace, ifindex: number): Promise<void> {
    const message = deleteLink(ifindex, { sequence: nextSequence() });
    const step = { handle: namespace.handle, message, inverses: [] };
    await this.carryOut(this.session.newUndoId(), [step]).catch((error: unknown) => {
      if (!(error instanceof StepRefused && error.errno === Errno.ENODEV)) throw error;
    });
  }

  /** Sets what is given and answers what the node is then. */
  tap(
    namespace: Namespace,
    link: string,
    ifindex: number,
    { owner, group, mode }: Tap = {},
  ): Promise<TapNode> {
    return this.session.file({
      op: "tap",
      handle: namespace.handle,
      link,
      ifindex,
      ...(owner !== undefined && { owner: account(owner) }),
      ...(group !== undefined && { group: account(group) }),
      ...(mode !== undefined && { mode }),
    }) as Promise<TapNode>;
  }

  /** Whether a device is a card of IEEE 802.11. */
  async isWireless({ handle }: Namespace, name: string): Promise<boolean> {
    const path = `/sys/class/net/${name}/phy80211`;
    const answer = await this.session.file({ op: "read", path, handle });
    return (answer as { readonly exists: boolean }).exists;
  }

  /** The processes of a namespace that have one of these names, of which the kernel keeps 15 bytes. */
  processes({ handle }: Namespace, names: readonly string[]): Promise<readonly Process[]> {
    const query = { op: "processes", handle, names } as const;
    return this.session.file(query) as Promise<readonly Process[]>;
  }

  /** What a file of its own says; undefined where there is none, or none that we may read. */
  async text(path: string): Promise<string | undefined> {
    try {
      return ((await this.session.file({ op: "read", path })) as { readonly text: string }).text;
    } catch (error) {
      if (isHostError(error) && error.kind === "refused") return undefined;
      throw error;
    }
  }

  /** Sends frames that tell the network of addresses; the agent sends no others. */
  async announce({ handle }: Namespace, ifindex: number, frames: readonly Buffer[]): Promise<void> {
    for (let at = 0; at < frames.length; at += MOST_FRAMES) {
      const some = frames.slice(at, at + MOST_FRAMES).map((frame) => frame.toString("hex"));
      await this.session.file({ op: "announce", handle, ifindex, frames: some });
    }
  }

  /** The processes that have a character device open, as far as the agent may look. */
  tapUsers(major: number, minor: number): Promise<TapUsers> {
    return this.#openers.of([major, minor]);
  }

  /** Steps as messages, each with what takes it back. Throws `StepRefused`. */
  async carryOut(undo: number, steps: readonly ToldStep[]): Promise<readonly Device[]> {
    this.#looks.send();
    this.#shared.forget();
    for (const { message } of steps) trace("to the kernel", [message]);
    const { deadlineMs } = this.session;
    const { datagrams, done, errno } = await this.session.change(undo, deadlineMs, steps);
    const { devices, kernelText } = decodeAnswer(datagrams);
    if (errno === 0) return devices;
    const lost = LOST[errno];
    if (lost === undefined) throw new StepRefused(errno, kernelText, steps[done]?.step);
    throw outcomeUnknown({ operation: "change a link", host: this.label, errno, ...lost });
  }
}

/** No account's name is all digits; the agent looks up what is text. */
const account = (spelled: string): string | number =>
  /^\d+$/.test(spelled) ? Number(spelled) : spelled;

/** The character device of a macvtap. */
export interface TapNode {
  readonly major: number;
  readonly minor: number;
  /** Null while there is no node, or while the node of that name is another link's. */
  readonly path: string | null;
  readonly mismatch?: boolean;
  readonly uid?: number;
  readonly gid?: number;
  /** Null where the number has no name there. */
  readonly owner?: string | null;
  readonly group?: string | null;
  readonly mode?: string;
}
