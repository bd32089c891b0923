/** How devices are looked at: one by one, or all of a namespace. */
import { HostError, type Failure } from "../errors";
import type { Device } from "../link/causes";
import { at, called } from "../link/having";
import { Errno, errnoName } from "../netlink/errno";
import { dumpLinks, getLinkByIndex, getLinkByName } from "../netlink/requests";
import type { Answer } from "./messages";
import type { Handle } from "./namespaces";
import type { SharedLooks } from "./shared-looks";
import { nextSequence } from "./step-messages";

/** A device by any of its names, as the kernel finds it, or by its number. */
export type Which = { readonly name: string } | { readonly ifindex: number };

type Ask = (namespace: Handle, message: Uint8Array) => Promise<Answer>;

interface Look {
  readonly which: Which;
  readonly resolve: (seen: Promise<Device | undefined>) => void;
}

interface Meeting {
  readonly namespace: Handle;
  readonly looks: Look[];
}

// A dump under change is repeated; so many in a row only fail where links come and go without end.
const DUMP_TRIES = 50;

// Measured by bench/looks.bench.ts, here and over SSH: one question costs what one to three devices
// more in a list do.
const LISTED_FOR_ONE = 1.5;
const LEAST_LOOKS = 16;
// What a namespace that was never listed may hold, nobody knows: likely most of what so many ask for.
const LEAST_LOOKS_UNSEEN = 64;

/**
 * Looks into one namespace that meet in one tick are answered from one list of its devices, where that
 * is cheaper than as many questions. Nobody waits for longer than that tick, so nothing that is seen
 * is older than the question.
 */
export class DeviceLooks {
  readonly #meetings = new Map<number, Meeting>();
  /** How many devices the last list of a namespace had. */
  readonly #sizes = new Map<number, number>();

  constructor(
    private readonly host: string,
    private readonly shared: SharedLooks,
    private readonly ask: Ask,
  ) {}

  one(namespace: Handle, which: Which): Promise<Device | undefined> {
    const what = "name" in which ? which.name : which.ifindex;
    return this.shared.share(`link ${namespace.handle} ${JSON.stringify(what)}`, () =>
      this.#meet(namespace, which),
    );
  }

  async all(namespace: Handle): Promise<readonly Device[]> {
    for (let tries = 0; tries < DUMP_TRIES; tries++) {
      const answer = await this.#list(namespace);
      if (!answer.interrupted) return this.#granted(answer, "list the links").devices;
    }
    throw new HostError({
      kind: "refused",
      operation: "list the links",
      host: this.host,
      cause: `the list changed under each of ${DUMP_TRIES} attempts to read it`,
      cure: "Try again when fewer links come and go",
    });
  }

  /** Sends what has met until now: what is called before a change is asked before it. */
  send(): void {
    const all = [...this.#meetings.values()];
    this.#meetings.clear();
    for (const { namespace, looks } of all) {
      const see = this.#isListCheaper(looks.length, this.#sizes.get(namespace.handle))
        ? this.#inList(namespace)
        : (which: Which) => this.#single(namespace, which);
      for (const { which, resolve } of looks) resolve(see(which));
    }
  }

  #meet(namespace: Handle, which: Which): Promise<Device | undefined> {
    return new Promise((resolve) => {
      if (this.#meetings.size === 0) queueMicrotask(() => this.send());
      const meeting = this.#meetings.get(namespace.handle) ?? { namespace, looks: [] };
      this.#meetings.set(namespace.handle, meeting);
      meeting.looks.push({ which, resolve });
    });
  }

  #isListCheaper(looks: number, devices: number | undefined): boolean {
    return devices === undefined
      ? looks >= LEAST_LOOKS_UNSEEN
      : looks >= LEAST_LOOKS && devices <= LISTED_FOR_ONE * looks;
  }

  /** What came in a list was there. What did not is not there, unless the list says that it lacks something. */
  #inList(namespace: Handle): (which: Which) => Promise<Device | undefined> {
    const listing = this.#list(namespace);
    return async (which) => {
      const { devices, errno, interrupted, unreadable } = await listing;
      const seen = "name" in which ? called(devices, which.name) : at(devices, which.ifindex);
      const isWhole = errno === 0 && !interrupted && unreadable === undefined;
      return seen ?? (isWhole ? undefined : this.#single(namespace, which));
    };
  }

  async #single(namespace: Handle, which: Which): Promise<Device | undefined> {
    const sequence = nextSequence();
    const message =
      "name" in which
        ? getLinkByName(which.name, { sequence })
        : getLinkByIndex(which.ifindex, { sequence });
    const answer = await this.ask(namespace, message);
    if (answer.errno === Errno.ENODEV) return undefined;
    const { devices, unreadable } = this.#granted(answer, "read a link");
    // Never "missing": it is there.
    if (unreadable !== undefined)
      throw new HostError({
        kind: "refused",
        operation: `read the link ${"name" in which ? which.name : which.ifindex}`,
        host: this.host,
        cause: `it is there, and the kernel's answer about it cannot be read (${unreadable.message})`,
        cure: "With more than 5,460 source MAC addresses the kernel can list none of them: take some away",
      });
    return devices[0];
  }

  /** One attempt, which others may share. */
  #list(namespace: Handle): Promise<Answer> {
    return this.shared.share(`links ${namespace.handle}`, async () => {
      const answer = await this.ask(namespace, dumpLinks({ sequence: nextSequence() }));
      this.#sizes.set(namespace.handle, answer.devices.length);
      return answer;
    });
  }

  #granted(answer: Answer, operation: string): Answer {
    if (answer.errno === 0) return answer;
    const failure: Failure = {
      kind: "refused",
      operation,
      host: this.host,
      cause: `the kernel answered ${errnoName(answer.errno)}`,
      errno: answer.errno,
      kernelText: answer.kernelText,
    };
    throw new HostError(failure);
  }
}
