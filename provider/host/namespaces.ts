import { type Failure, HostError, isHostError } from "../errors";
import { BE_ROOT } from "../link/explain";
import type { Netns } from "../link/model";
import { Errno } from "../netlink/errno";
import type { Session } from "./session";
import type { SharedLooks } from "./shared-looks";

/** By which frames to the agent name a namespace, from the frame on that opens it. */
export interface Handle {
  readonly handle: number;
}

/** A network namespace that the agent has open. */
export interface Namespace extends Handle {
  /** The agent's descriptor of it, for IFLA_NET_NS_FD. */
  readonly fd: number;
  readonly inode: number;
  readonly device: number;
}

/** What tells one namespace of a host from another, whoever opened it. */
export type Inode = Pick<Namespace, "device" | "inode">;

export const inodeKey = ({ device, inode }: Inode): string => `${device}:${inode}`;

/** Where a link lives. */
export interface Place {
  /** The namespace of the lower device. */
  readonly below: Namespace;
  /** The link's own. */
  readonly beside: Namespace;
}

/** A place while it is being opened. */
export type Handles = { readonly [K in keyof Place]: Handle };

interface Opening<T> {
  readonly opened: Promise<T>;
}

/** The namespaces of one host. */
export class Namespaces {
  #own: (Handle & Opening<Namespace>) | undefined;
  #home: (Handles & Opening<Place>) | undefined;

  constructor(
    private readonly session: Session,
    private readonly shared: SharedLooks,
  ) {}

  /** Opens named namespaces anew each time: one may have been remade under its name since. */
  open(netns: Netns | undefined): Handle & Opening<Namespace> {
    // The agent's own stays the same while it runs; whoever asks first opens it for all.
    if (netns === undefined) return (this.#own ??= this.#open((h) => this.session.open(null, h)));
    return this.shared.share(`namespace ${JSON.stringify(netns)}`, () =>
      this.#open((handle) => this.#openOther(netns, handle)),
    );
  }

  /** An error names the property that leads nowhere. */
  place(lowerNetns: Netns | undefined, netns: Netns | undefined): Handles & Opening<Place> {
    // Most links are in the agent's own, which stays the same: one place for all of them.
    if (lowerNetns === undefined && netns === undefined)
      return (this.#home ??= this.#place(undefined, undefined));
    return this.#place(lowerNetns, netns);
  }

  #place(lowerNetns: Netns | undefined, netns: Netns | undefined): Handles & Opening<Place> {
    const below = this.open(lowerNetns);
    const beside = netns === undefined ? below : this.open(netns);
    const opening = naming("lowerNetns", below.opened);
    const opened = Promise.all([
      opening,
      netns === undefined ? opening : naming("netns", beside.opened),
    ]).then(([first, second]) => ({ below: first, beside: second }));
    return { below, beside, opened };
  }

  #open(open: (handle: number) => Promise<Namespace>): Handle & Opening<Namespace> {
    const handle = this.session.newHandle();
    return { handle, opened: open(handle) };
  }

  async #openOther(netns: Netns, handle: number): Promise<Namespace> {
    try {
      return await this.session.open(
        typeof netns === "string"
          ? { name: netns }
          : "pid" in netns
            ? { pid: netns.pid }
            : { path: netns.path },
        handle,
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
}

async function naming(property: string, opening: Promise<Namespace>): Promise<Namespace> {
  try {
    return await opening;
  } catch (error) {
    if (!isHostError(error) || error.kind !== "missing") throw error;
    const { failure } = error;
    throw new HostError({ ...failure, cause: `${property}: ${failure.cause}` });
  }
}

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
