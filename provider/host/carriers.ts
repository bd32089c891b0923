/** Through which devices this session's own connection reaches its host. */
import type { Connections, TcpSocket } from "../agent/protocol";
import { isHostError } from "../errors";
import {
  carriedBy,
  type Carried,
  type Carrier,
  type Crossing,
  downFrom,
  isLinkLocal,
  ownAddress,
  type Traced,
  waysOf,
} from "../link/carriers";
import type { Device } from "../link/causes";
import type { Connecting } from "../link/cut-offs";
import type { Way } from "../link/way-changes";
import type { AddressMessage } from "../netlink/address-message";
import type { LinkHost } from "./link-host";
import { type Handle, inodeKey, type Namespace } from "./namespaces";
import { addressesIn, namespaceIdIn, routesOf } from "./route-answers";
import { sameNamespace } from "./step-messages";

/** What holds while the session lives: its sockets, by the namespaces they are in. */
interface Sockets {
  readonly sockets: ReadonlyMap<Namespace, readonly TcpSocket[]>;
  /** Why they do not tell the whole, where they do not. */
  readonly blind: string | undefined;
}

/** What can be told of a namespace without knowing which connections are in it. */
interface Standing {
  readonly addresses: readonly AddressMessage[];
  readonly devices: readonly Device[];
}

interface Seen {
  readonly way: Sockets;
  /** By namespace. */
  readonly carried: ReadonlyMap<Namespace, Carried & { readonly ways: readonly Way[] }>;
}

export interface List {
  /** By the clock of `performance.now()`. */
  readonly askedAt: number;
  readonly devices: readonly Device[];
}

interface Look {
  readonly at: number;
  /** The agent's own namespace, in which a connection ends as a rule; undefined where it cannot be looked at. */
  readonly own: Promise<(Standing & { readonly namespace: Namespace }) | undefined>;
  readonly seen: Promise<Seen>;
  /** What of it concerns a namespace, by each that was asked about. */
  readonly connecting: Map<string, Promise<Connecting>>;
}

// A hundred links that are deleted share one look. Addresses and routes can change, so nothing is
// refused by an old one.
const FRESH_MS = 10_000;

export class Carriers {
  #way: Promise<Sockets> | undefined;
  #look: Look | undefined;

  constructor(readonly host: LinkHost) {}

  /**
   * What a recent look saw in the agent's own namespace, whether or not it carries anything. With it the
   * first look is under way, for who will ask as soon as he has found what he is to delete.
   */
  async ownDevices(): Promise<List> {
    const { at, own } = this.#lookOnce(false);
    return { askedAt: at, devices: (await own)?.devices ?? [] };
  }

  /**
   * What of a namespace carries the connection; undefined where nothing of it does. The first question
   * of a session costs the agent some 30 ms.
   */
  in(namespace: Namespace, fresh: boolean): Promise<Connecting> {
    const { seen, connecting } = this.#lookOnce(fresh);
    const key = inodeKey(namespace);
    const known = connecting.get(key);
    if (known !== undefined) return known;
    const asked = seen.then((all) => this.#connecting(namespace, all));
    connecting.set(key, asked);
    asked.catch(() => connecting.delete(key));
    return asked;
  }

  #lookOnce(fresh: boolean): Look {
    const old = this.#look;
    if (!fresh && old !== undefined && performance.now() - old.at <= FRESH_MS) return old;
    const own = this.#lookAtOwn();
    const look = { at: performance.now(), own, seen: this.#lookAlong(own), connecting: new Map() };
    this.#look = look;
    // Whoever comes later tries again.
    look.seen.catch(() => {
      if (this.#look === look) this.#look = undefined;
    });
    return look;
  }

  async #connecting(namespace: Namespace, { way, carried }: Seen): Promise<Connecting> {
    const carriers = new Map<number, Carrier>();
    for (const [from, { carriers: own, crossings }] of carried) {
      const found = sameNamespace(from, namespace)
        ? own
        : await this.#across(from, crossings, namespace);
      for (const [ifindex, carrier] of found) carriers.set(ifindex, carrier);
    }
    const unknown = [...carried.values()].find((each) => each.unknown !== undefined)?.unknown;
    const ends = [...way.sockets.values()].flat();
    const ipv6 = unknown !== undefined || ends.some(({ remote }) => remote.includes(":"));
    const own = [...carried].find(([from]) => sameNamespace(from, namespace));
    return { carriers, unknown, ipv6, ways: own?.[1].ways ?? [] };
  }

  async #findWay(): Promise<Sockets> {
    const query = { op: "connections" } as const;
    const [answer, own] = await Promise.all([
      this.host.session.file(query),
      this.host.namespace(undefined),
    ]);
    const { sockets, hidden } = answer as Connections;
    const byNamespace = new Map<Namespace, TcpSocket[]>();
    let lost = hidden;
    for (const socket of sockets) {
      const known = [own, ...byNamespace.keys()].find((each) => sameNamespace(each, socket));
      const namespace = known ?? (await this.#namespaceOf(socket));
      if (namespace === undefined) lost = true;
      else byNamespace.set(namespace, [...(byNamespace.get(namespace) ?? []), socket]);
    }
    const blind = lost
      ? "the agent may not look at all of the processes that lead to it"
      : sockets.length === 0
        ? "no process that leads to the agent has a TCP connection"
        : undefined;
    // Nothing else is left to be looked at.
    if (blind !== undefined && !byNamespace.has(own)) byNamespace.set(own, []);
    return { sockets: byNamespace, blind };
  }

  async #namespaceOf({ pid, ...socket }: TcpSocket): Promise<Namespace | undefined> {
    try {
      const opened = await this.host.namespace({ pid });
      return sameNamespace(opened, socket) ? opened : undefined;
    } catch (error) {
      if (isHostError(error) && (error.kind === "missing" || error.kind === "refused"))
        return undefined;
      throw error;
    }
  }

  async #lookAtOwn(): Look["own"] {
    try {
      const { place, seen } = await this.host.lookInto(undefined, undefined, ({ beside }) =>
        this.#standingIn(beside),
      );
      return { ...seen, namespace: place.beside };
    } catch {
      return undefined;
    }
  }

  /** The own namespace is asked about before the sockets, for which the agent takes so long that it is read meanwhile. */
  async #lookAlong(own: Look["own"]): Promise<Seen> {
    const way = await this.#theWay();
    const looks = [...way.sockets].map(async ([namespace, ends]) => {
      const known = await own;
      const { addresses, devices } =
        known !== undefined && sameNamespace(known.namespace, namespace)
          ? known
          : await this.#standingIn(namespace);
      const traced = await Promise.all(ends.map((each) => this.#trace(namespace, each, addresses)));
      const carried = carriedBy({ sockets: traced, addresses, devices, blind: way.blind });
      return [namespace, { ...carried, ways: waysOf(traced) }] as const;
    });
    return { way, carried: new Map(await Promise.all(looks)) };
  }

  #theWay(): Promise<Sockets> {
    return (this.#way ??= this.#findWay().catch((error: unknown) => {
      this.#way = undefined;
      throw error;
    }));
  }

  async #standingIn(namespace: Handle): Promise<Standing> {
    const [addresses, devices] = await Promise.all([
      addressesIn(this.host, namespace),
      this.host.devices(namespace),
    ]);
    return { addresses, devices };
  }

  /** A link-local address is on one link, which the socket's table does not name: whoever has it is asked. */
  async #trace(
    namespace: Namespace,
    { local, localPort, remote, remotePort }: TcpSocket,
    addresses: readonly AddressMessage[],
  ): Promise<Traced> {
    const ends = { local, localPort, remote, remotePort };
    const outputs = isLinkLocal(remote)
      ? addresses.filter((each) => ownAddress(each) === local).map(({ index }) => index)
      : [undefined];
    const routes = outputs.map((index) =>
      routesOf(this.host, namespace, {
        ...ends,
        ...(index !== undefined && { outputIndex: index }),
      }),
    );
    return { ends, routes: (await Promise.all(routes)).flat() };
  }

  /** What carries here because something stands on it in the namespace of the connection. */
  async #across(
    from: Namespace,
    crossings: readonly Crossing[],
    namespace: Namespace,
  ): Promise<ReadonlyMap<number, Carrier>> {
    if (crossings.length === 0) return new Map();
    const id = await namespaceIdIn(this.host, from, namespace);
    const here = crossings.filter(({ netnsId }) => netnsId === id);
    if (here.length === 0) return new Map();
    const devices = await this.host.devices(namespace);
    const starts = here.flatMap(({ ifindex, above }) =>
      devices
        .filter((device) => device.ifindex === ifindex)
        .map((device) => ({
          device,
          why: `${above.device.settings.name}, which ${above.isCertain ? "carries" : "may carry"} it, stands on it in another namespace`,
          isCertain: above.isCertain,
        })),
    );
    return downFrom(starts, devices).carriers;
  }
}
