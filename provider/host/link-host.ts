import { HostError, isHostError, outcomeUnknown, type Failure } from "../errors";
import { BE_ROOT } from "../link/explain";
import { Errno, errnoName } from "../netlink/errno";
import { dumpLinks, deleteLink, getLinkByIndex, getLinkByName } from "../netlink/requests";
import type { Device } from "../link/causes";
import type { Netns, Tap } from "../link/model";
import type { PlannedStep, Step } from "../link/plan";
import { decodeAnswer, type Answer } from "./messages";
import type { Namespace, Place } from "./namespaces";
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

// A dump under change is repeated; so many in a row only fail where links come and go without end.
const DUMP_TRIES = 50;

type ToldStep = SpokenStep & { readonly step?: Step; readonly inverses: readonly SpokenStep[] };

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

// EINVAL: the file is there and is no network namespace.
const NO_NAMESPACE: readonly number[] = [Errno.ENOENT, Errno.ESRCH, Errno.ENOTDIR, Errno.EINVAL];

function missingNamespace(netns: Netns): Pick<Failure, "cause" | "cure"> {
  if (typeof netns === "string") {
    return {
      cause: `there is no network namespace called "${netns}"`,
      cure: `Make it first ("ip netns add ${netns}"); where another resource of the program does, say so with dependsOn`,
    };
  }
  return "pid" in netns
    ? {
        cause: `there is no process ${netns.pid}`,
        cure: "Give the pid of a process that runs now, in the namespace that is meant",
      }
    : {
        cause: `${netns.path} is no network namespace`,
        cure: "Give the path of a namespace file, as /run/netns/NAME or /proc/PID/ns/net",
      };
}

type Which = { readonly name: string } | { readonly ifindex: number };

/** One host, asked in terms of links. */
export class LinkHost {
  readonly #shared = new SharedLooks();
  #own: Promise<Namespace> | undefined;

  constructor(readonly session: Session) {}

  /** The host in words, for messages. */
  get label(): string {
    return this.session.host;
  }

  get bootId(): string {
    return this.session.hello.bootId;
  }

  /**
   * Opens named namespaces anew each time: one may have been remade under its name since. An error
   * names the property that leads nowhere.
   */
  async place(lowerNetns: Netns | undefined, netns: Netns | undefined): Promise<Place> {
    const opening = this.#namespaceOf("lowerNetns", lowerNetns);
    const [below, beside] = await Promise.all([
      opening,
      netns === undefined ? opening : this.#namespaceOf("netns", netns),
    ]);
    return { below, beside };
  }

  async #namespaceOf(property: string, netns: Netns | undefined): Promise<Namespace> {
    try {
      return await this.namespace(netns);
    } catch (error) {
      if (!isHostError(error) || error.kind !== "missing") throw error;
      const { failure } = error;
      throw new HostError({ ...failure, cause: `${property}: ${failure.cause}` });
    }
  }

  /** Throws a `HostError` of kind "missing" where there is no such namespace. */
  namespace(netns: Netns | undefined): Promise<Namespace> {
    return this.#shared.share(`namespace ${JSON.stringify(netns)}`, () => this.#open(netns));
  }

  async #open(netns: Netns | undefined): Promise<Namespace> {
    // The agent's own stays the same while it runs; whoever asks first opens it for all.
    if (netns === undefined) return (this.#own ??= this.session.open(null));
    try {
      return await this.session.open(
        typeof netns === "string"
          ? { name: netns }
          : "pid" in netns
            ? { pid: netns.pid }
            : { path: netns.path },
      );
    } catch (error) {
      if (!isHostError(error) || error.errno === undefined) throw error;
      const { failure, errno } = error;
      if (NO_NAMESPACE.includes(errno))
        throw new HostError({ ...failure, kind: "missing", ...missingNamespace(netns) });
      throw errno === Errno.EPERM || errno === Errno.EACCES
        ? new HostError({ ...failure, cure: BE_ROOT })
        : error;
    }
  }

  device(namespace: Namespace, which: Which): Promise<Device | undefined> {
    const what = "name" in which ? which.name : which.ifindex;
    const key = `link ${namespace.handle} ${JSON.stringify(what)}`;
    return this.#shared.share(key, () => this.#device(namespace, which));
  }

  async #device(namespace: Namespace, which: Which): Promise<Device | undefined> {
    const sequence = nextSequence();
    const message =
      "name" in which
        ? getLinkByName(which.name, { sequence })
        : getLinkByIndex(which.ifindex, { sequence });
    const answer = await this.#ask(namespace, message);
    if (answer.errno === Errno.ENODEV) return undefined;
    const { devices, unreadable } = this.#granted(answer, "read a link");
    // Never "missing": it is there.
    if (unreadable !== undefined)
      throw new HostError({
        kind: "refused",
        operation: `read the link ${"name" in which ? which.name : which.ifindex}`,
        host: this.label,
        cause: `it is there, and the kernel's answer about it cannot be read (${unreadable.message})`,
        cure: "With more than 5,460 source MAC addresses the kernel can list none of them: take some away",
      });
    return devices[0];
  }

  async devices(namespace: Namespace): Promise<readonly Device[]> {
    for (let tries = 0; tries < DUMP_TRIES; tries++) {
      const answer = await this.#ask(namespace, dumpLinks({ sequence: nextSequence() }));
      if (!answer.interrupted) return this.#granted(answer, "list the links").devices;
    }
    throw new HostError({
      kind: "refused",
      operation: "list the links",
      host: this.label,
      cause: `the list changed under each of ${DUMP_TRIES} attempts to read it`,
      cure: "Try again when fewer links come and go",
    });
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
    return steps.length === 0 ? [] : this.#change(undo, steps);
  }

  /** Of a link that is gone already, that is what was wanted. Throws `StepRefused`. */
  async delete(namespace: Namespace, ifindex: number): Promise<void> {
    const message = deleteLink(ifindex, { sequence: nextSequence() });
    const step = { handle: namespace.handle, message, inverses: [] };
    await this.#change(this.session.newUndoId(), [step]).catch((error: unknown) => {
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

  async #change(undo: number, steps: readonly ToldStep[]): Promise<readonly Device[]> {
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

  async #ask(namespace: Namespace, message: Uint8Array): Promise<Answer> {
    trace("to the kernel", [message]);
    return decodeAnswer(await this.session.request(namespace.handle, message));
  }

  #granted(answer: Answer, operation: string): Answer {
    if (answer.errno === 0) return answer;
    const failure: Failure = {
      kind: "refused",
      operation,
      host: this.label,
      cause: `the kernel answered ${errnoName(answer.errno)}`,
      errno: answer.errno,
      kernelText: answer.kernelText,
    };
    throw new HostError(failure);
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
