import { HostError, isHostError, type Failure } from "../errors";
import { Errno, errnoName } from "../netlink/errno";
import { dumpLinks, deleteLink, getLinkByIndex, getLinkByName } from "../netlink/requests";
import type { Device } from "../link/causes";
import type { Netns, Tap } from "../link/model";
import type { PlannedStep, Step } from "../link/plan";
import { decodeAnswer, type Answer } from "./messages";
import type { Namespace, Place } from "./namespaces";
import type { Session } from "./session";
import { nextSequence, speak, type Target } from "./step-messages";

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

/** One host, asked in terms of links. */
export class LinkHost {
  constructor(readonly session: Session) {}

  /** The host in words, for messages. */
  get label(): string {
    return this.session.host;
  }

  get bootId(): string {
    return this.session.hello.bootId;
  }

  /** Opens the namespaces anew each time: one may have been remade under its name since. */
  async place(lowerNetns: Netns | undefined, netns: Netns | undefined): Promise<Place> {
    const [below, beside] = await Promise.all([
      this.namespace(lowerNetns),
      this.namespace(netns ?? lowerNetns),
    ]);
    return { below, beside };
  }

  /** Throws a `HostError` of kind "missing" where there is no such namespace. */
  async namespace(netns: Netns | undefined): Promise<Namespace> {
    if (netns === undefined) return this.session.open(null);
    try {
      return await this.session.open(
        typeof netns === "string"
          ? { name: netns }
          : "pid" in netns
            ? { pid: netns.pid }
            : { path: netns.path },
      );
    } catch (error) {
      if (!isHostError(error) || error.errno === undefined || !NO_NAMESPACE.includes(error.errno))
        throw error;
      throw new HostError({ ...error.failure, kind: "missing", ...missingNamespace(netns) });
    }
  }

  async device(
    namespace: Namespace,
    which: { readonly name: string } | { readonly ifindex: number },
  ): Promise<Device | undefined> {
    const sequence = nextSequence();
    const message =
      "name" in which
        ? getLinkByName(which.name, { sequence })
        : getLinkByIndex(which.ifindex, { sequence });
    const answer = await this.#ask(namespace, message);
    if (answer.errno === Errno.ENODEV) return undefined;
    const { devices, unreadable } = this.#granted(answer, "read a link");
    // Never "missing": it is there.
    if (unreadable !== undefined) throw unreadable;
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
    const spoken = planned.flatMap(({ step, inverse }) =>
      step.do === "set tap"
        ? []
        : [
            {
              step,
              ...speak(step, target),
              inverses:
                inverse === undefined || inverse.do === "set tap" ? [] : [speak(inverse, target)],
            },
          ],
    );
    if (spoken.length === 0) return [];
    const { datagrams, done, errno } = await this.session.change(
      undo,
      this.session.deadlineMs,
      spoken,
    );
    const answer = decodeAnswer(datagrams);
    if (errno !== 0) throw new StepRefused(errno, answer.kernelText, spoken[done]?.step);
    return answer.devices;
  }

  async delete(namespace: Namespace, ifindex: number): Promise<void> {
    const answer = await this.session
      .change(this.session.newUndoId(), this.session.deadlineMs, [
        {
          handle: namespace.handle,
          message: deleteLink(ifindex, { sequence: nextSequence() }),
          inverses: [],
        },
      ])
      .then(({ datagrams, errno }) => ({ ...decodeAnswer(datagrams), errno }));
    if (answer.errno !== Errno.ENODEV && answer.errno !== 0)
      throw new StepRefused(answer.errno, answer.kernelText, undefined);
  }

  /** Sets what is given and answers what the node is then. */
  tap(namespace: Namespace, link: string, ifindex: number, tap: Tap = {}): Promise<TapNode> {
    return this.session.file({
      op: "tap",
      handle: namespace.handle,
      link,
      ifindex,
      ...tap,
    }) as Promise<TapNode>;
  }

  async #ask(namespace: Namespace, message: Uint8Array): Promise<Answer> {
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

/** The character device of a macvtap. */
export interface TapNode {
  readonly major: number;
  readonly minor: number;
  /** Null while there is no node, or while the node of that name is another link's. */
  readonly path: string | null;
  readonly mismatch?: boolean;
  readonly uid?: number;
  readonly gid?: number;
  readonly owner?: string;
  readonly group?: string;
  readonly mode?: string;
}
